// The scenario itself: that a card can fall silent and the link stay up.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { can } from './rules.ts';

/** Each valid trial has it proven: analysis/fault-proof.ts. */
export const c01: Claim = {
  id: 'C01', source: bonds, phrase: 'stops transmitting packets, but its link state stays up', quantifier: 'can', basis: 'measured',
  population: 'trials in which a NIC was silenced',
  ...inCells(1, '802.3ad/fast-fast'), covers: ({ fault }) => fault === 'tx-silent',
  judge: can(({ result }) => result.proof.length > 0 && result.proof.every(({ held }) => held), { event: 'every frame that the NIC sent was lost, and its carrier stayed' }),
};
