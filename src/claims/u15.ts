// Neighbour entries that age.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u15: Claim = {
  id: 'U15', source: null, phrase: 'Does ARP ageing change who is out of reach?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of a balance-xor bond falls silent, with permanent neighbour entries and without',
  ...inCells(3, 'balance-xor', 'balance-xor/permanent-neighbours'),
  judge: how((_, trials) => told(trials)),
};
