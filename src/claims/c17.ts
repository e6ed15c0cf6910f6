// That the slow rate is too long for HA.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, isFenced } from './facts.ts';
import { will } from './rules.ts';

export const c17: Claim = {
  id: 'C17', source: bonds, phrase: 'too long (the failover time of the slow rate)', quantifier: 'will', basis: 'modelled',
  population: 'a NIC of an 802.3ad bond falls silent, the switch’s rate slow, HA armed, some peers are out of reach',
  ...inCells(8, '802.3ad/slow-slow', '802.3ad/fast-slow'),
  judge: will(isFenced, { event: 'a node was reset', figures: afterOutage, least: 16, right: 'This is often too long: nodes with HA resources may fence themselves before the bond has recovered.', direction: (trial) => trial.result.outcome !== 'undisturbed' }),
};
