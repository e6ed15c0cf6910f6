// That all nodes may be reset.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, allFenced } from './facts.ts';
import { balancing } from './modes.ts';
import { can } from './rules.ts';

export const c07: Claim = {
  id: 'C07', source: bonds, phrase: 'In the worst case, the whole cluster may fence itself', quantifier: 'can', basis: 'modelled',
  population: 'a NIC of a balancing bond falls silent, HA armed',
  ...inCells(5, ...balancing),
  judge: can(allFenced, { event: 'every node was reset', figures: afterOutage }),
};
