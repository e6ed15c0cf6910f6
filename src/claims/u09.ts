// The other direction.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u09: Claim = {
  id: 'U09', source: null, phrase: 'What if the NIC does not receive, or the switch does not send?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond receives nothing, or its port sends nothing',
  ...inCells(2, '802.3ad/slow-slow/rx-silent', '802.3ad/fast-fast/rx-silent', '802.3ad/slow-slow/switch-tx-silent', '802.3ad/fast-fast/switch-tx-silent'),
  judge: how((_, trials) => told(trials)),
};
