import test from 'ava';

import { managementPath, type IpLink } from '../../src/harness/management-path.ts';

/** A VLAN on a bridge on a bond, and a NIC beside it. */
const links: readonly IpLink[] = [
  { ifname: 'lo' }, { ifname: 'eno1', master: 'bond0' }, { ifname: 'eno2', master: 'bond0' }, { ifname: 'bond0', master: 'vmbr0' }, { ifname: 'vmbr0' },
  { ifname: 'vmbr0.5', link: 'vmbr0' }, { ifname: 'tap100', master: 'vmbr0' }, { ifname: 'eno3' },
];

const table: readonly (readonly [string, readonly string[]])[] = [
  ['eno3', ['eno3']],
  ['vmbr0.5', ['bond0', 'eno1', 'eno2', 'tap100', 'vmbr0', 'vmbr0.5']],
  ['bond0', ['bond0', 'eno1', 'eno2']],
  ['eno1', ['eno1']],
  ['gone0', ['gone0']],
];

for (const [device, path] of table) {
  test(`${device} stands on ${path.join(', ')}`, (t) => {
    t.deepEqual([...managementPath(links, device)].sort(), [...path]);
  });
}

test('links that name each other end the walk', (t) => {
  t.deepEqual([...managementPath([{ ifname: 'a', link: 'b' }, { ifname: 'b', link: 'a' }], 'a')].sort(), ['a', 'b']);
});
