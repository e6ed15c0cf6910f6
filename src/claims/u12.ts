// More nodes than three.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u12: Claim = {
  id: 'U12', source: null, phrase: 'What of two nodes with a QDevice, and of more nodes than three?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of a balance-xor bond falls silent, with 3 and 5 nodes; no lab has a QDevice yet',
  ...inCells(2, 'balance-xor', 'balance-xor/5-nodes'),
  judge: how((_, trials) => told(trials)),
};
