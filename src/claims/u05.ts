// Independent control of collecting and distributing (IEEE 802.1AX).

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u05: Claim = {
  id: 'U05', source: null, phrase: 'Does coupled_control off help?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates fast, with and without coupled_control',
  ...inCells(5, '802.3ad/fast-fast/coupled-off', '802.3ad/fast-fast'),
  judge: how((_, trials) => told(trials)),
};
