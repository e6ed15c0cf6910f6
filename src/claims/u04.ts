// min_links.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u04: Claim = {
  id: 'U04', source: null, phrase: 'Does min_links help?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond with min_links falls silent, rates slow',
  ...inCells(3, '802.3ad/slow-slow/min-links'),
  judge: how((_, trials) => told(trials)),
};
