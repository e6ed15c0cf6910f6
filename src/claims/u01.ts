// Broadcast, which the documentation does not speak of.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u01: Claim = {
  id: 'U01', source: null, phrase: 'What does broadcast do when a NIC falls silent?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of a broadcast bond falls silent',
  ...inCells(5, 'broadcast'),
  judge: how((_, trials) => told(trials)),
};
