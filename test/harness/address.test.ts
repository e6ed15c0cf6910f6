import test from 'ava';

import { bondObstacle } from '../../src/harness/configuration.ts';
import { predictSilence } from '../../src/harness/prediction.ts';
import { parseSurvey, type Survey } from '../../src/harness/survey.ts';
import type { BondConfig } from '../../src/model/scenario.ts';
import { paperLab } from './paper-lab.ts';
import { sectionsOf, surveysOf, textOf } from './paper-survey.ts';

const pve1 = paperLab.nodes[0]!;
const bondMac = '02:62:70:00:01:10';

/** What `ip -j -d addr show` says of links above the bond, as far as it is read (iproute2 ip/iplink_vlan.c, ip/iplink_bridge.c). */
const above = {
  vmbr0: [{ ifname: 'bond0', address: bondMac, master: 'vmbr0', linkinfo: { info_kind: 'bond', info_slave_kind: 'bridge' } }, { ifname: 'vmbr0', address: '02:00:00:00:00:09', linkinfo: { info_kind: 'bridge', info_data: { forward_delay: 0 } } }],
  'bond0.51': [{ ifname: 'bond0', address: bondMac, linkinfo: { info_kind: 'bond' } }, { ifname: 'bond0.51', link: 'bond0', address: bondMac, linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 51, flags: ['REORDER_HDR'] } } }],
  'vmbr0.7': [
    { ifname: 'bond0', address: bondMac, master: 'vmbr0', linkinfo: { info_kind: 'bond', info_slave_kind: 'bridge' } }, { ifname: 'vmbr0', address: bondMac, linkinfo: { info_kind: 'bridge' } },
    { ifname: 'vmbr0.7', link: 'vmbr0', address: bondMac, linkinfo: { info_kind: 'vlan', info_data: { id: 7 } } }, { ifname: 'eth9.8', link: 'eth9', linkinfo: { info_kind: 'vlan', info_data: { id: 8 } } },
  ],
  vmbr1: [
    { ifname: 'bond0', address: bondMac, linkinfo: { info_kind: 'bond' } }, { ifname: 'bond0.9', link: 'bond0', master: 'vmbr1', linkinfo: { info_kind: 'vlan', info_data: { id: 9 } } },
    { ifname: 'eth9.8', link: 'eth9', master: 'vmbr1', linkinfo: { info_kind: 'vlan', info_data: { id: 8 } } }, { ifname: 'vmbr1', address: bondMac, linkinfo: { info_kind: 'bridge' } },
  ],
} as const;

/** `zone` is what corosync-cfgtool -s (3.1.9) puts behind an address of IPv6, of whatever interface. */
const seenOn = (device: keyof typeof above | 'bond0' | 'eno9', node = pve1, zone = ''): Survey => parseSurvey(textOf({
  ...sectionsOf(paperLab, node), ...device in above && { links: JSON.stringify(above[device as keyof typeof above]) },
  addresses: JSON.stringify([{ ifname: device, addr_info: [{ family: 'inet', local: node.address }] }]),
  rings: `Local node ID 1, transport knet\nLINK ID 0 udp\n\taddr\t= ${node.address}${zone}\n\tstatus:\n\t\tnodeid:          2:\tconnected\n`,
}), node);

test('where the address is, and with which tag its frames get to the bond', (t) => {
  t.deepEqual(seenOn('vmbr0').node.addressOn, { device: 'vmbr0', kind: 'bridge', mac: '02:00:00:00:00:09', vlan: null });
  t.deepEqual(seenOn('bond0.51').node.addressOn, { device: 'bond0.51', kind: 'vlan', mac: bondMac, vlan: 51 });
  t.deepEqual(seenOn('vmbr0.7').node.addressOn, { device: 'vmbr0.7', kind: 'vlan', mac: bondMac, vlan: 7 });
  t.deepEqual(seenOn('vmbr1').node.addressOn, { device: 'vmbr1', kind: 'bridge', mac: bondMac, vlan: 9 });
  t.deepEqual(seenOn('eno9').node.addressOn, { device: 'eno9', kind: 'nic', mac: '', vlan: null });
});

test('of an address on the bond nothing is said, nor of one that nobody sees', (t) => {
  t.false('addressOn' in seenOn('bond0').node);
  t.false('addressOn' in parseSurvey(textOf({ ...sectionsOf(paperLab, pve1), addresses: '' }), pve1).node);
});

test('corosync’s link lies on the bond, whatever is between them', (t) => {
  for (const device of ['vmbr0', 'bond0.51', 'vmbr0.7', 'vmbr1'] as const) t.deepEqual(seenOn(device).node.corosyncLinks, [{ id: 0, device, below: 'bond0', connected: 1 }]);
});

test('an address elsewhere than the lab file has it is an obstacle: what lies above the bond is made anew by its name', (t) => {
  t.is(bondObstacle(pve1, seenOn('vmbr0')), '10.10.10.1 is on vmbr0, the lab file has it on bond0');
  t.is(bondObstacle({ ...pve1, addressOn: 'vmbr0' }, seenOn('vmbr0')), null);
  t.is(bondObstacle({ ...pve1, addressOn: 'vmbr0' }, seenOn('bond0.51')), '10.10.10.1 is on bond0.51, the lab file has it on vmbr0');
  t.is(bondObstacle(pve1, seenOn('bond0')), null);
});

test('an address of IPv6 is found among the others of its interface', (t) => {
  const node = { ...pve1, address: 'fd00:0:0:1::1' };
  t.like(seenOn('bond0.51', node, '%2').node, { addressOn: { device: 'bond0.51', kind: 'vlan', vlan: 51 }, corosyncLinks: [{ id: 0, device: 'bond0.51', below: 'bond0', connected: 1 }] });
  t.is(bondObstacle(node, seenOn('vmbr0', node)), 'fd00:0:0:1::1 is on vmbr0, the lab file has it on bond0');
});

const macs = { pve1: '02:62:70:00:01:10', pve2: '02:62:70:00:01:21', pve3: '02:62:70:00:01:30' } as const;

/** All nodes with bonds of these MACs, and the victim's address on something else. */
const foretold = (xmitHashPolicy: BondConfig['xmitHashPolicy'], victimOn: { readonly mac: string; readonly vlan: number | null } | null, lab = paperLab): readonly string[] => {
  const surveys = new Map([...surveysOf(paperLab)].map(([name, { node }]) => [name, {
    ...node, bond: { ...node.bond, mac: macs[name as keyof typeof macs] }, ...name === 'pve1' && victimOn && { addressOn: { device: 'x', kind: 'bridge', ...victimOn } },
  }]));
  return predictSilence(lab, { bond: { mode: 'balance-xor', xmitHashPolicy, miimonMs: 100 } }, surveys, { node: 'pve1', nic: 'eth1' })!.darkPeers;
};

test('IPv6 turns round who is cut off where the ethertype is hashed, and not by addresses with the same last octets', (t) => {
  const lab = { ...paperLab, nodes: paperLab.nodes.map((node) => ({ ...node, address: `fd00::${node.id}` })) };
  t.deepEqual([foretold('layer2', null), foretold('layer2', null, lab)], [['pve3'], ['pve2']]);
  for (const policy of ['layer2+3', 'encap2+3'] as const) t.deepEqual([foretold(policy, null), foretold(policy, null, lab)], [['pve2', 'pve3'], []], policy);
  t.deepEqual(foretold('layer3+4', null, lab), foretold('layer3+4', null));
});

test('a bond with one aggregator of two in use reaches all by that one’s slave, and nobody by the other', (t) => {
  const links = (...ids: readonly number[]): string => JSON.stringify([
    { ifname: 'bond0', address: bondMac, linkinfo: { info_kind: 'bond', info_data: { mode: '802.3ad', ad_info: { aggregator: 2, num_ports: 1 } } } },
    ...ids.map((id, at) => ({ ifname: `eth${at + 1}`, master: 'bond0', linkinfo: { info_slave_kind: 'bond', info_slave_data: { ad_aggregator_id: id } } })),
  ]);
  const seen = (...ids: readonly number[]): readonly string[] | undefined => parseSurvey(textOf({ ...sectionsOf(paperLab, pve1), links: links(...ids) }), pve1).node.bond.inUse;
  t.deepEqual([seen(2, 2), seen(1, 2), seen(2, 1)], [undefined, ['eth2'], ['eth1']]);
  const silenced = (nic: string): readonly string[] => predictSilence(paperLab, { bond: { mode: '802.3ad', xmitHashPolicy: 'layer2', miimonMs: 100 } },
    new Map([...surveysOf(paperLab)].map(([name, { node }]) => [name, { ...node, bond: { ...node.bond, mac: macs[name as keyof typeof macs], ...name === 'pve1' && { inUse: ['eth2'] } } }])), { node: 'pve1', nic })!.darkPeers;
  t.deepEqual([silenced('eth1'), silenced('eth2')], [[], ['pve2', 'pve3']]);
});

test('a bridge’s own MAC is hashed, and the tag by vlan+srcmac alone', (t) => {
  t.deepEqual(foretold('layer2', null), ['pve3']);
  t.deepEqual(foretold('layer2', { mac: macs.pve1, vlan: null }), ['pve3']);
  t.deepEqual(foretold('layer2', { mac: '02:62:70:00:01:11', vlan: null }), ['pve2']);
  t.deepEqual(foretold('layer2', { mac: macs.pve1, vlan: 51 }), ['pve3']);
  t.deepEqual(foretold('vlan+srcmac', null), ['pve2', 'pve3']);
  t.deepEqual(foretold('vlan+srcmac', { mac: macs.pve1, vlan: 51 }), []);
});
