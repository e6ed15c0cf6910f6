// That LACP recovers.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { allHeardAgain, isFenced, isPartial, stoppedMs } from './facts.ts';
import { can, range } from './rules.ts';

export const c12: Claim = {
  id: 'C12', source: bonds, phrase: 'can cause asymmetric connectivity … but it can recover', quantifier: 'can', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates fast',
  ...inCells(5, '802.3ad/fast-fast'),
  judge: can((trial) => isPartial(trial) && allHeardAgain(trial) && !isFenced(trial), {
    event: 'peers did not hear the victim, and heard it again while the NIC was silent',
    figures: (shown) => `LACP took the NIC out of use after ${range(shown.map(stoppedMs).filter((ms) => ms !== null).sort((a, b) => a - b))}`,
  }),
};
