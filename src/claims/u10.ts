// Token time-outs and the size of the cluster.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u10: Claim = {
  id: 'U10', source: null, phrase: 'What do token_coefficient and the number of nodes change?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates fast',
  ...inCells(2, '802.3ad/fast-fast', '802.3ad/fast-fast/coefficient-650', '802.3ad/fast-fast/8-nodes', '802.3ad/fast-fast/8-nodes/coefficient-650'),
  judge: how((_, trials) => told(trials)),
};
