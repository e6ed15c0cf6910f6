// That active-backup is all or nothing.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { isPartial } from './facts.ts';
import { never } from './rules.ts';

export const c08: Claim = {
  id: 'C08', source: bonds, phrase: 'will not cause asymmetric connectivity', quantifier: 'never', basis: 'measured',
  population: 'a slave of an active-backup bond falls silent, the one in use or the other',
  ...inCells(8, 'active-backup/active', 'active-backup/backup'),
  judge: never(isPartial, { event: 'the victim was heard by some of its peers and not by others', least: 16, right: 'Active-backup may cause asymmetric connectivity, too.' }),
};
