// That nodes with a healthy bond are reset.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, bystanderFenced } from './facts.ts';
import { balancing } from './modes.ts';
import { can } from './rules.ts';

export const c06: Claim = {
  id: 'C06', source: bonds, phrase: 'even nodes whose bond does not have any issues may fence themselves', quantifier: 'can', basis: 'modelled',
  population: 'a NIC of a balancing bond falls silent, HA armed',
  ...inCells(3, ...balancing),
  judge: can(bystanderFenced, { event: 'a node with a healthy bond was reset', figures: afterOutage }),
};
