// 802.3ad: the switch misses LACPDUs and tells the node, after 3 s with its rate fast, after 90 s with slow (IEEE 802.1AX; the kernel's
// AD_SHORT_TIMEOUT_TIME and AD_LONG_TIMEOUT_TIME of drivers/net/bonding/bond_3ad.c). Names give the node's rate, then the switch's.

import type { AddressOn, LabShape, LinkMode, SecondLink } from '../model/lab.ts';
import { lacpRates as rates, type LacpRate, type Scenario } from '../model/scenario.ts';
import { pveBond, twoNodes } from './scenario.ts';

const lacp = (node: LacpRate, onSwitch: LacpRate, summary: string): Scenario => ({
  name: `802.3ad/${node}-${onSwitch}`,
  summary,
  bond: { mode: '802.3ad', lacpRate: node, ...pveBond },
  ports: { kind: 'lacp', rate: onSwitch },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'lacp',
});

const slowSlow = lacp('slow', 'slow', 'LACP with its default rates: the switch takes up to 90 s to miss the silent slave.');

export const fastFast = lacp('fast', 'fast', 'LACP fast at both ends: the switch misses the silent slave within 3 s.');

export const lacpRates: readonly Scenario[] = [
  slowSlow,
  lacp('fast', 'slow', 'LACP fast on the node alone: the rate that counts is that of the switch, which stays slow.'),
  lacp('slow', 'fast', 'LACP fast on the switch alone: the switch misses the silent slave within 3 s.'),
  fastFast,
];

export const rehearsal: Scenario = {
  ...slowSlow,
  name: '802.3ad/slow-slow/rehearse',
  summary: 'LACP with its default rates, where watchdogs only say that they would have reset the node.',
  ha: 'rehearse',
};

export const lacpIdle: Scenario = {
  ...slowSlow,
  name: '802.3ad/slow-slow/idle',
  summary: 'LACP with its default rates; no LRM is active, so that no watchdog counts.',
  ha: 'idle',
};

const cluster = (nodes: number, shape: LabShape, summary: string): Scenario => ({
  ...fastFast,
  name: ['802.3ad/fast-fast', ...nodes === 3 ? [] : [`${nodes}-nodes`], ...shape.tokenCoefficientMs === undefined ? [] : [`coefficient-${shape.tokenCoefficientMs}`]].join('/'),
  summary,
  lab: { nodes, ...shape },
});

const linked = (secondLink: SecondLink, summary: string): Scenario => ({ ...slowSlow, name: `802.3ad/slow-slow/second-link-${secondLink}`, summary, lab: { secondLink } });

/** The precondition of all others is that corosync has no other link. */
export const lacpLinks: readonly Scenario[] = [
  linked('own-nic', 'LACP with its default rates, and a second link of corosync over a NIC and a network of its own: it goes on over that.'),
  linked('same-bond', 'LACP with its default rates, and a second link of corosync over the same bond: the hash has only MACs to go by, and both links share their fate.'),
  linked('own-nic-first', 'LACP with its default rates under the second link of corosync, whose first has a NIC and a network of its own, as is recommended: it goes on over that.'),
];

const moded = (secondLink: SecondLink, linkMode: LinkMode, summary: string): Scenario =>
  ({ ...slowSlow, name: `802.3ad/slow-slow/second-link-${secondLink}/${linkMode}`, summary, lab: { secondLink, linkMode } });

const apart = (scenario: Scenario, rate: LacpRate, summary: string): Scenario =>
  ({ ...scenario, name: `${scenario.name}/two-switches`, summary, ports: { kind: 'lacp', rate, switches: 2 }, target: 'active' });

/** Each port of a node on a switch of its own, without MLAG: a bond has two aggregators, and uses one. */
export const lacpApart: readonly Scenario[] = [
  apart(slowSlow, 'slow', 'LACP with its default rates over two switches that know nothing of each other: all goes over one of them, until it misses the silent slave.'),
  apart(fastFast, 'fast', 'LACP fast at both ends over two switches that know nothing of each other: all goes over one of them, until it misses the silent slave.'),
];

/** How corosync uses two links, where it is not as Proxmox VE sets it up: passive, the first that is up. */
export const lacpLinkModes: readonly Scenario[] = [
  moded('own-nic', 'active', 'LACP with its default rates, and a second link of corosync over a NIC and a network of its own: all is sent over both.'),
  moded('own-nic', 'rr', 'LACP with its default rates, and a second link of corosync over a NIC and a network of its own: packets take turns between the two.'),
  moded('same-bond', 'active', 'LACP with its default rates, and a second link of corosync over the same bond: all is sent over both, and by the same slave.'),
  moded('same-bond', 'rr', 'LACP with its default rates, and a second link of corosync over the same bond: packets take turns between the two, and go by the same slave.'),
];

const addressed = (addressOn: AddressOn, summary: string): Scenario => ({ ...fastFast, name: `802.3ad/fast-fast/on-${addressOn}`, summary, lab: { addressOn } });

/** Where corosync's address is elsewhere than on the bond itself. */
export const lacpAddresses: readonly Scenario[] = [
  addressed('bridge', 'LACP fast at both ends, with corosync’s address on vmbr0 over the bond, as Proxmox VE’s installer has it.'),
  addressed('vlan', 'LACP fast at both ends, with corosync’s address on a VLAN of the bond.'),
];

const withQdevice = (scenario: Scenario, summary: string): Scenario => ({ ...scenario, name: `${scenario.name}/2-nodes-qdevice`, summary, lab: { ...twoNodes, victim: 'pve1', qdevice: 'reached' } });

/** Where no node is a majority, and a third vote is. */
export const lacpQdevice: readonly Scenario[] = [
  withQdevice(slowSlow, 'LACP with its default rates, on two nodes with a QDevice: the victim is cut off from its one peer, and not from the QDevice’s host.'),
  withQdevice(fastFast, 'LACP fast at both ends, on two nodes with a QDevice: the victim is cut off from its one peer, and not from the QDevice’s host.'),
];

/** The addresses themselves are of IPv6: ARP gives way to neighbour discovery, and the hash has another ethertype to go by. */
export const lacpIpv6: Scenario = { ...fastFast, name: '802.3ad/fast-fast/ipv6', summary: 'LACP fast at both ends, with corosync’s addresses of IPv6.', lab: { ipVersion: 'ipv6' } };

const twoVictims = (scenario: Scenario, rates: string): readonly Scenario[] => {
  const both = (part: string, summary: string, more: Pick<Scenario, 'also' | 'lab'>): Scenario => ({ ...scenario, name: `${scenario.name}/${part}`, summary: `LACP ${rates}, and two nodes at once: ${summary}`, ...more });
  return [
    both('two-victims', 'the first NIC of the victim falls silent, and the first of the node after it.', { also: { placesAfter: 1, target: 'first' } }),
    both('two-victims/opposite', 'the first NIC of the victim falls silent, and the second of the node after it.', { also: { placesAfter: 1, target: 'second' } }),
    both('two-victims/isolated', 'the first NIC of both falls silent, and the hash has all on that: both are mute.', { also: { placesAfter: 1, target: 'first' }, lab: { class: 'isolated' } }),
  ];
};

/** Two NICs at once, as where one fault of a driver or a switch hits several. */
export const lacpVictims: readonly Scenario[] = [...twoVictims(slowSlow, 'with its default rates'), ...twoVictims(fastFast, 'fast at both ends')];

/** How long corosync waits grows with the cluster, and with the coefficient that it was made with: what of a failover does it see? */
export const lacpClusters: readonly Scenario[] = [
  cluster(3, { tokenCoefficientMs: 650 }, 'LACP fast at both ends, on three nodes of an older cluster, whose token waits 3.65 s.'),
  cluster(8, {}, 'LACP fast at both ends, on eight nodes, whose token waits 3.75 s.'),
  cluster(8, { tokenCoefficientMs: 650 }, 'LACP fast at both ends, on eight nodes of an older cluster, whose token waits 6.9 s.'),
];

/** Variations of these that change what bonds are told. */
export const lacpOptions: readonly Scenario[] = [
  {
    ...fastFast,
    name: '802.3ad/fast-fast/coupled-off',
    summary: 'LACP fast at both ends, with ports that stop to distribute as soon as the switch stops to collect.',
    bond: { ...fastFast.bond, options: { coupledControl: 'off' } },
  },
  {
    ...slowSlow,
    name: '802.3ad/slow-slow/min-links',
    summary: 'LACP with its default rates, and a bond that wants both slaves: links that have carrier are counted, silent ones too.',
    bond: { ...slowSlow.bond, options: { minLinks: 2 } },
  },
];

const faultOn = (scenario: Scenario, part: string, more: Pick<Scenario, 'summary' | 'fault' | 'detector' | 'forMs'>): Scenario => ({ ...scenario, name: `${scenario.name}/${part}`, ...more });

/** With each of the rates, for here the node's decides, which goes for nothing where the node falls silent. */
const receptions = [['rx-silent', 'The NIC hears nothing'], ['switch-tx-silent', 'The switch’s port falls silent']].flatMap(([fault = '', what = '']) =>
  rates.flatMap((node) => rates.map((onSwitch) => faultOn(lacp(node, onSwitch, ''), fault, {
    summary: `${what}, LACP ${node} on the node and ${onSwitch} on the switch: the node misses the switch within ${node === 'fast' ? '3 s' : '90 s'}.`, fault, detector: 'lacp',
  }))));

/** What else than silence in all it sends may befall a slave. */
export const lacpFaults: readonly Scenario[] = [
  faultOn(fastFast, 'data-only', { summary: 'LACPDUs still leave by a NIC that loses all else: LACP sees nothing wrong.', fault: 'tx-data-silent', detector: 'none' }),
  faultOn(fastFast, 'lacpdu-only', { summary: 'LACPDUs alone are lost: the switch gives up a port whose data still flows.', fault: 'tx-lacpdu-silent', detector: 'lacp' }),
  faultOn(fastFast, 'switch-rate-slow', { summary: 'Nothing is silent: the switch is told, while all goes on, to ask for slow LACPDUs, and a minute later for fast ones again.', fault: 'switch-rate-slow', detector: 'unneeded', forMs: 60_000 }),
  ...receptions,
];
