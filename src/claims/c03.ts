// That modes make connectivity asymmetric.

import { balancing } from './modes.ts';
import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { isPartial } from './facts.ts';
import { can } from './rules.ts';

export const c03: Claim = {
  id: 'C03', source: bonds, phrase: 'some bond modes may cause a state of asymmetric connectivity', quantifier: 'can', basis: 'measured',
  population: 'a NIC of a balancing bond falls silent',
  ...inCells(3, ...balancing),
  judge: can(isPartial, { event: 'the victim was heard by some of its peers and not by others' }),
};
