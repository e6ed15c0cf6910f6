// balance-xor: the hash decides, per peer, who is cut off.

import type { LabShape } from '../model/lab.ts';
import { detectorOf, type Scenario, type XmitHashPolicy } from '../model/scenario.ts';
import { arpBond, pveBond, twoNodes } from './scenario.ts';

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

const shaped = (name: string, lab: LabShape, summary: string): Scenario => ({ ...balanceXor, name: `balance-xor/${name}`, summary, lab });

/** The same on other labs. */
export const xorLabs: readonly Scenario[] = [
  shaped('none', { class: 'none' }, 'The hash has all peers on the slave that goes on: nobody is cut off.'),
  shaped('isolated', { class: 'isolated' }, 'The hash has all peers on the slave that falls silent: the victim is mute.'),
  shaped('last-node', { nodes: 3, victim: 'pve3' }, 'The hash cuts off a part of the peers of the node with the highest id, where elsewhere it is the one with the lowest.'),
  shaped('on-bridge', { addressOn: 'bridge' }, 'A hash of MACs picks the slave for each peer, the MAC of vmbr0 in place of the bond’s: it is the same.'),
  shaped('second-link-own-nic-first', { secondLink: 'own-nic-first' }, 'A hash cuts off some peers under the second link of corosync for good; its first has a NIC and a network of its own, and goes on over that.'),
  shaped('5-nodes', { nodes: 5, class: 'partial' }, 'The hash cuts off two of four peers: the victim and the two that it reaches are enough for a quorum.'),
  shaped('2-nodes-qdevice', { ...twoNodes, victim: 'pve1', qdevice: 'reached' }, 'Two nodes with a QDevice: the hash cuts the victim off from its one peer, and goes on to the QDevice’s host.'),
  shaped('2-nodes-qdevice/last-node', { ...twoNodes, victim: 'pve2', qdevice: 'reached' }, 'Two nodes with a QDevice: the same, where the victim is not the node of the lowest id, which gets the vote where nothing else decides.'),
  shaped('2-nodes-qdevice/unreached', { ...twoNodes, victim: 'pve1', qdevice: 'unreached' }, 'Two nodes with a QDevice: the hash cuts the victim off from its one peer and from the QDevice’s host.'),
];

const hashedBy = (xmitHashPolicy: XmitHashPolicy, summary: string): Scenario =>
  ({ ...balanceXor, name: `balance-xor/${xmitHashPolicy}`, summary, bond: { ...balanceXor.bond, xmitHashPolicy } });

const monitored = { ...balanceXor, name: 'balance-xor/arp-validate', bond: { mode: 'balance-xor', ...arpBond('peers', 'active') } } as const;

export const xorVariants: readonly Scenario[] = [
  {
    ...monitored,
    summary: 'The bonds ask each other by ARP over each slave, and the switch sends questions and answers on by a hash of its own: to which slave they come is its choice.',
    detector: detectorOf(monitored),
  },
  hashedBy('layer2+3', 'A hash of MACs and addresses picks the slave for each peer.'),
  hashedBy('layer3+4', 'A hash of addresses and ports picks the slave for each peer; corosync’s ports are the same at both ends and say nothing.'),
  hashedBy('vlan+srcmac', 'The node’s own MAC picks one slave for all peers: silent, it cuts off all or nobody.'),
  { ...hashedBy('vlan+srcmac', 'The number of the VLAN that has corosync’s address and the node’s own MAC pick one slave for all peers.'), name: 'balance-xor/vlan+srcmac/on-vlan', lab: { addressOn: 'vlan' } },
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

const withIpv6 = (xmitHashPolicy: XmitHashPolicy, summary: string): Scenario => ({ ...hashedBy(xmitHashPolicy, summary), name: `balance-xor/${xmitHashPolicy}/ipv6`, lab: { ipVersion: 'ipv6' } });

/** What the kernel hashes of IPv6 in another way: the ethertype is odd, an address is four words, and what is sent has a hash of its own, for its flow label. */
export const xorIpv6: readonly Scenario[] = [
  withIpv6('layer2+3', 'A hash of MACs, of the ethertype, which is odd for IPv6, and of addresses folded to a word picks the slave for each peer.'),
  withIpv6('layer3+4', 'A hash of IPv6 addresses folded to a word picks the slave for each peer; corosync’s ports are the same at both ends and say nothing.'),
  withIpv6('encap3+4', 'The hash that the kernel makes IPv6’s flow labels of picks a slave for each flow: another at each boot, foretold by nobody, and corosync’s need not be that of the probes.'),
];
