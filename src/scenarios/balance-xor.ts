// balance-xor: the hash decides, per peer, who is cut off.

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

export const balanceXor: Scenario = {
  name: 'balance-xor',
  summary: 'A hash picks the slave for each peer: the peers on the silent one hear nothing more, for good.',
  bond: { mode: 'balance-xor', ...pveBond },
  ports: { kind: 'static' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'none',
};
