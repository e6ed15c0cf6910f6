// balance-xor: the hash decides, per peer, who is cut off.

import { detectorOf, type Scenario, type XmitHashPolicy } from '../model/scenario.ts';
import { arpBond, pveBond } from './scenario.ts';

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

const monitored = { ...balanceXor, name: 'balance-xor/arp-validate', bond: { mode: 'balance-xor', ...arpBond('active') } } as const;

export const xorVariants: readonly Scenario[] = [
  {
    ...monitored,
    summary: 'The bond asks its peers by ARP over each slave, and the switch sends the answers by a hash of its own: to which slave they come is its choice.',
    detector: detectorOf(monitored),
  },
  hashedBy('layer2+3', 'A hash of MACs and addresses picks the slave for each peer.'),
  hashedBy('layer3+4', 'A hash of addresses and ports picks the slave for each peer; corosync’s ports are the same at both ends and say nothing.'),
  hashedBy('vlan+srcmac', 'The node’s own MAC picks one slave for all peers: silent, it cuts off all or nobody.'),
  hashedBy('encap3+4', 'A hash of addresses and ports picks the slave for each peer, those within a tunnel where there is one.'),
  {
    ...balanceXor,
    name: 'balance-xor/permanent-neighbours',
    summary: 'A hash picks the slave for each peer, and no neighbour entry ages: what changes after the first seconds is not the work of ARP.',
    neighbours: 'permanent',
  },
  {
    ...balanceXor,
    name: 'balance-xor/idle',
    summary: 'A hash picks the slave for each peer; no LRM is active, so that no watchdog counts.',
    ha: 'idle',
  },
];
