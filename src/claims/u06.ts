// Which rate is whose.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u06: Claim = {
  id: 'U06', source: null, phrase: 'Which side’s rate counts for which fault?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond does not send, or does not receive, in all four pairs of rates',
  ...inCells(2, '802.3ad/slow-slow', '802.3ad/slow-fast', '802.3ad/fast-slow', '802.3ad/fast-fast', '802.3ad/slow-slow/rx-silent', '802.3ad/slow-fast/rx-silent', '802.3ad/fast-slow/rx-silent', '802.3ad/fast-fast/rx-silent'),
  judge: how((_, trials) => told(trials)),
};
