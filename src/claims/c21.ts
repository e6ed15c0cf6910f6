// That the fast rate prevents resets.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, isFenced } from './facts.ts';
import { never } from './rules.ts';

export const c21: Claim = {
  id: 'C21', source: bonds, phrase: '… and thus prevent fencing', quantifier: 'never', basis: 'modelled',
  population: 'a NIC of an 802.3ad bond falls silent, rates fast, HA armed',
  ...inCells(16, '802.3ad/fast-fast'),
  judge: (trials) => {
    const found = never(isFenced, { event: 'a node was reset', figures: afterOutage, least: 16, right: 'This makes fencing unlikely, and does not prevent it.' })(trials);
    return found.outcome === 'upheld' ? { ...found, sentence: `${found.sentence} It does disturb: ${afterOutage(trials)}.` } : found;
  },
};
