import test from 'ava';

import { managementPath, type IpLink } from '../../src/harness/management-path.ts';

const kind = (name: string): Pick<IpLink, 'linkinfo'> => ({ linkinfo: { info_kind: name } });

/** A VLAN on a bridge on a bond, a virtual machine's NIC behind the bridges of a firewall, and what leads out of sight. */
const links: readonly IpLink[] = [
  { ifname: 'lo' }, { ifname: 'eno1', master: 'bond0' }, { ifname: 'eno2', master: 'bond0' }, { ifname: 'eno3' },
  { ifname: 'bond0', master: 'vmbr0', ...kind('bond') }, { ifname: 'vmbr0', ...kind('bridge') }, { ifname: 'vmbr0.5', link: 'vmbr0', ...kind('vlan') },
  { ifname: 'fwpr1', link: 'fwln1', master: 'vmbr0', ...kind('veth') }, { ifname: 'fwln1', link: 'fwpr1', master: 'fwbr1', ...kind('veth') }, { ifname: 'fwbr1', ...kind('bridge') },
  { ifname: 'tap1', master: 'fwbr1', linkinfo: { info_kind: 'tun', info_data: { type: 'tap', vnet_hdr: true } } },
  { ifname: 'vpn0', linkinfo: { info_kind: 'tun', info_data: { type: 'tap', vnet_hdr: false } } }, { ifname: 'wg0', ...kind('wireguard') },
  { ifname: 'vx1', link: 'eno3', ...kind('vxlan') }, { ifname: 'vx2', link: null, ...kind('vxlan') }, { ifname: 'odd0', link: 'eno3', ...kind('odd') },
  { ifname: 'away0', link_index: 7, link_netnsid: 0, ...kind('macvlan') }, { ifname: 'pair0', link: 'pair1', ...kind('veth') }, { ifname: 'pair1', link: 'pair0', ...kind('veth') },
  { ifname: 'trunk0', link: 'trunk1', ...kind('veth') }, { ifname: 'trunk1', link: 'trunk0', ...kind('veth') }, { ifname: 'trunk1.7', link: 'trunk1', master: 'br7', ...kind('vlan') },
  { ifname: 'br7', ...kind('bridge') }, { ifname: 'eno4', master: 'br7' },
];

const table: readonly (readonly [string, readonly string[], RegExp | null])[] = [
  ['eno3', ['eno3'], null],
  ['vmbr0.5', ['bond0', 'eno1', 'eno2', 'fwbr1', 'fwln1', 'fwpr1', 'tap1', 'vmbr0', 'vmbr0.5'], null],
  ['bond0', ['bond0', 'eno1', 'eno2'], null],
  ['eno1', ['eno1'], null],
  ['vx1', ['eno3', 'vx1'], null],
  ['trunk0', ['br7', 'eno4', 'trunk0', 'trunk1', 'trunk1.7'], null],
  ['gone0', ['gone0'], /no interface gone0/],
  ['vpn0', ['vpn0'], /vpn0 \(tun\)/],
  ['wg0', ['wg0'], /wg0 \(wireguard\)/],
  ['vx2', ['vx2'], /vx2 \(vxlan\)/],
  ['odd0', ['eno3', 'odd0'], /odd0 is a odd/],
  ['away0', ['away0'], /away0 \(macvlan\) leads into another network namespace/],
  ['pair0', ['pair0', 'pair1'], null],
];

for (const [device, path, lost] of table) {
  test(`${device} stands on ${path.join(', ')}${lost ? ', and what cannot be seen' : ''}`, (t) => {
    const { devices, unknown } = managementPath(links, [device]);
    t.deepEqual([...devices].sort(), [...path]);
    if (lost === null) t.deepEqual(unknown, []);
    else t.regex(unknown.join('; '), lost);
  });
}

test('several devices are walked from, each once', (t) => {
  t.deepEqual([...managementPath(links, ['eno3', 'bond0', 'eno3']).devices].sort(), ['bond0', 'eno1', 'eno2', 'eno3']);
});

test('links that name each other end the walk', (t) => {
  t.deepEqual([...managementPath([{ ifname: 'a', link: 'b', ...kind('vlan') }, { ifname: 'b', link: 'a', ...kind('vlan') }], ['a']).devices].sort(), ['a', 'b']);
});
