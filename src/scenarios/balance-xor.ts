// balance-xor: the hash decides, per peer, who is cut off.

import type { Scenario, XmitHashPolicy } from '../model/scenario.ts';
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

const hashedBy = (xmitHashPolicy: XmitHashPolicy, summary: string): Scenario =>
  ({ ...balanceXor, name: `balance-xor/${xmitHashPolicy}`, summary, bond: { ...balanceXor.bond, xmitHashPolicy } });

export const xorPolicies: readonly Scenario[] = [
  hashedBy('vlan+srcmac', 'The node’s own MAC picks one slave for all peers: silent, it cuts off all or nobody.'),
  hashedBy('encap3+4', 'A hash of addresses and ports picks the slave for each peer, those within a tunnel where there is one.'),
];
