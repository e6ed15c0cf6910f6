// That each mode without LACP that balances load may lead to resets: a claim for each.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, isFenced, isPartial } from './facts.ts';
import { scenarioOf } from './modes.ts';
import { can } from './rules.ts';

export const c11: readonly Claim[] = (['balance-rr', 'balance-xor', 'balance-tlb', 'balance-alb'] as const).map((mode, at) => ({
  id: `C11${'abcd'[at]}`, source: bonds, phrase: `${mode}: may cause asymmetric connectivity … unexpected fencing`, quantifier: 'can', basis: 'modelled',
  population: `a NIC of a ${mode} bond falls silent, HA armed`,
  ...inCells(5, scenarioOf[mode]),
  judge: can((trial) => isPartial(trial) && isFenced(trial), { event: 'some peers did not hear the victim any more, and a node was reset', figures: afterOutage }),
}));
