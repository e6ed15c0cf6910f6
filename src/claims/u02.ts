// What the hash makes of the fault.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u02: Claim = {
  id: 'U02', source: null, phrase: 'What does the transmit hash policy change?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of a balance-xor bond falls silent',
  ...inCells(2, 'balance-xor', 'balance-xor/layer2+3', 'balance-xor/layer3+4', 'balance-xor/vlan+srcmac', 'balance-xor/none', 'balance-xor/isolated'),
  judge: how((_, trials) => told(trials)),
};
