// That the node with the silent slave may lose the cluster and be reset.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, victimFenced } from './facts.ts';
import { can } from './rules.ts';

export const c10: Claim = {
  id: 'C10', source: bonds, phrase: 'The node may lose connection to the cluster and, if HA is enabled, fence itself', quantifier: 'can', basis: 'modelled',
  population: 'the active slave of an active-backup bond falls silent, HA armed',
  ...inCells(5, 'active-backup/active'),
  judge: can((trial) => victimFenced(trial) && trial.result.class.measured === 'isolated', { event: 'the victim was out of reach of every peer, and was reset', figures: afterOutage }),
};
