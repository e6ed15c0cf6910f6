// balance-xor: the hash decides, per peer, who is cut off.

import { detectorOf, type Scenario } from '../model/scenario.ts';
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

const monitored = { ...balanceXor, name: 'balance-xor/arp-validate', bond: { mode: 'balance-xor', ...arpBond('active') } } as const;

export const xorVariants: readonly Scenario[] = [
  {
    ...monitored,
    summary: 'The bond asks its peers by ARP over each slave, and the switch sends the answers by a hash of its own: to which slave they come is its choice.',
    detector: detectorOf(monitored),
  },
  {
    ...balanceXor,
    name: 'balance-xor/layer2+3',
    summary: 'A hash of MACs and addresses picks the slave for each peer.',
    bond: { ...balanceXor.bond, xmitHashPolicy: 'layer2+3' },
  },
  {
    ...balanceXor,
    name: 'balance-xor/layer3+4',
    summary: 'A hash of addresses and ports picks the slave for each peer; corosync’s ports are the same at both ends and say nothing.',
    bond: { ...balanceXor.bond, xmitHashPolicy: 'layer3+4' },
  },
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
