// Two nodes with a third vote, and more nodes than three.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u12: Claim = {
  id: 'U12', source: null, phrase: 'What of two nodes with a QDevice, and of more nodes than three?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of a balance-xor bond falls silent, with 3 and 5 nodes; one of a balance-xor or LACP bond with 2 nodes and a QDevice, of which the victim is that with the lower or the higher id, and cut off from the QDevice’s host or not',
  ...inCells(2, 'balance-xor', 'balance-xor/5-nodes', 'balance-xor/2-nodes-qdevice', 'balance-xor/2-nodes-qdevice/last-node', 'balance-xor/2-nodes-qdevice/unreached', '802.3ad/fast-fast/2-nodes-qdevice', '802.3ad/slow-slow/2-nodes-qdevice'),
  judge: how((_, trials) => told(trials)),
};
