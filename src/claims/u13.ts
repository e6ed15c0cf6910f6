// The part that the victim plays in the cluster.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u13: Claim = {
  id: 'U13', source: null, phrase: 'Does it matter which node it is?', quantifier: 'how', basis: 'modelled',
  population: 'a NIC of a balance-xor bond falls silent, of the node with the lowest id or with the highest',
  ...inCells(3, 'balance-xor', 'balance-xor/last-node'),
  judge: how((_, trials) => told(trials)),
};
