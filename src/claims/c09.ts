// That active-backup may stay on a silent slave.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { can } from './rules.ts';

export const c09: Claim = {
  id: 'C09', source: bonds, phrase: 'may not switch over to the backup link', quantifier: 'can', basis: 'measured',
  population: 'the active slave of an active-backup bond falls silent; miimon watches carrier',
  ...inCells(5, 'active-backup/active'),
  judge: can(({ result }) => result.activeSlave !== null && result.activeSlave.changedMs === null, {
    event: 'the bond stayed with the silent slave as long as it was silent',
    figures: () => 'miimon looks at carrier alone',
  }),
};
