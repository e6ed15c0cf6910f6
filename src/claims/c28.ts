// The note on a single link over a bond.

import { requirements, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { balancing } from './modes.ts';
import { can } from './rules.ts';

const harmed: readonly string[] = ['isolated', 'split', 'fenced', 'fenced-bystander'];

export const c28: Claim = {
  id: 'C28', source: requirements, phrase: 'A single link backed by a bond can be problematic in certain failure scenarios', quantifier: 'can', basis: 'measured',
  population: 'a NIC of a bond falls silent, in any mode',
  ...inCells(1, ...balancing, 'active-backup/active'), covers: ({ fault }) => fault === 'tx-silent',
  judge: can(({ result }) => harmed.includes(result.outcome), { event: 'nodes were out of the cluster, or were reset' }),
};
