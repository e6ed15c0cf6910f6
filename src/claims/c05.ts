// That no stable quorum may form.

import { balancing } from './modes.ts';
import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { memberships } from './facts.ts';
import { can } from './rules.ts';

/** Of memberships at a node: one to part, one to come together again; more than that is no quorum that stands. */
const settledMost = 2;

export const c05: Claim = {
  id: 'C05', source: bonds, phrase: 'Corosync may not be able to form a stable quorum', quantifier: 'can', basis: 'measured',
  population: 'a NIC of a balancing bond falls silent',
  ...inCells(3, ...balancing),
  judge: can((trial) => trial.result.outcome === 'split' || memberships(trial) > settledMost, {
    event: 'memberships did not settle',
    figures: (shown) => `up to ${Math.max(...shown.map(memberships))} memberships at one node while the fault lasted`,
  }),
};
