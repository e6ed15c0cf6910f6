import test from 'ava';
import fc from 'fast-check';
import { loadLab } from '../../../src/labs/lab-file.ts';
import { shapedLab } from '../../../src/labs/virtual-lab.ts';
import { plainAddress } from '../../../src/model/address.ts';
import { predict } from '../../../src/model/hash.ts';
import { addressOns, deviceIds, ipVersions, secondLinks, waysToQDevice, type AddressOn, type FaultClass, type Lab, type LabShape } from '../../../src/model/lab.ts';
import { filesOf, type Secrets } from '../../../src/worlds/virtual/files.ts';
import { newKeyPair } from '../../../src/worlds/virtual/keys.ts';
import { countingBytes, labOf } from './lab-of.ts';

const secretsOf = (lab: Lab): Secrets => {
  const random = countingBytes();
  return {
    login: newKeyPair(random, 'bondproof@virtual'),
    hosts: Object.fromEntries(deviceIds(lab).map((device) => [device, newKeyPair(random, `root@${device}`)])),
    authkey: random(256),
  };
};

const textsOf = (lab: Lab, device: string): Readonly<Record<string, string>> =>
  Object.fromEntries(filesOf(lab, device, secretsOf(lab)).map(({ path, content }) => [path, content.toString()]));

test('a node has what its boot, its network, its cluster and its sshd read', (t) => {
  const lab = labOf(3);
  t.deepEqual(filesOf(lab, 'pve2', secretsOf(lab)).map(({ path, mode }) => `${mode.toString(8)} ${path}`), [
    '644 etc/hostname', '644 etc/hosts', '644 etc/bondproof/machine', '600 etc/ssh/ssh_host_ed25519_key', '644 etc/ssh/ssh_host_ed25519_key.pub',
    '600 root/.ssh/authorized_keys', '644 etc/network/interfaces', '644 etc/corosync/corosync.conf', '400 etc/corosync/authkey',
  ]);
});

test('the switch has links instead of a cluster', (t) => {
  const files = textsOf(labOf(3), 'sw1');
  t.false(Object.keys(files).some((path) => /corosync|interfaces/.test(path)));
  t.is(files['etc/bondproof/links'], `link add br0 type bridge stp_state 0 forward_delay 0
link set br0 up
address add 10.10.10.254/24 dev br0
link set swp1 up master br0
link set swp2 up master br0
link set swp3 up master br0
link set swp4 up master br0
link set swp5 up master br0
link set swp6 up master br0
`);
});

test('a switch of dialect cumulus has stanzas instead of links, with the ports in a file of their own', (t) => {
  const as = (lab: Lab): Lab => ({ ...lab, switch: { ...lab.switch, dialect: 'cumulus' } });
  const files = textsOf(as(labOf(2, { class: 'isolated' })), 'sw1');
  t.false('etc/bondproof/links' in files);
  t.is(files['etc/network/interfaces'], 'source /etc/network/interfaces.d/*.intf\n\nauto lo\niface lo inet loopback\n\nauto br0\niface br0\n    address 10.10.10.254/24\n');
  const ports = [1, 2, 3, 4].map((n) => `auto swp${n}\niface swp${n}\n`).join('\n');
  const options = '    bridge-vlan-aware no\n    bridge-stp off\n    bridge-fd 0\n';
  t.is(files['etc/network/interfaces.d/bondproof.intf'], `# The switch ports of a lab. bondproof writes this file as a whole.\n\n${ports}\nauto br0\niface br0\n    bridge-ports swp1 swp2 swp3 swp4\n${options}`);

  const more = textsOf(as(shapedLab(loadLab('{name: x, world: virtual, nodes: 2, class: isolated, addressOn: vlan}', { file: 'x', home: '/', dialects: [] }), { secondLink: 'own-nic' })), 'sw1');
  t.true(more['etc/network/interfaces']!.endsWith(`auto br0.51\niface br0.51\n    address 10.10.10.254/24\n\nauto swp5\niface swp5\n\nauto swp6\niface swp6\n\nauto br1\niface br1\n    bridge-ports swp5 swp6\n${options}`));
  t.true(more['etc/network/interfaces.d/bondproof.intf']!.endsWith(`    bridge-ports swp1 swp2 swp3 swp4\n${options}`));
});

test('a second link of corosync has a NIC and a bridge of its own', (t) => {
  const lab = shapedLab(loadLab('{name: x, world: virtual, nodes: 2, class: isolated}', { file: 'x', home: '/', dialects: [] }), { secondLink: 'own-nic' });
  const [node, sw] = [textsOf(lab, 'pve2'), textsOf(lab, 'sw1')];
  t.true(node['etc/network/interfaces']!.includes('auto eth3\niface eth3 inet static\n\taddress 10.10.11.2/24\n\nauto bond0\n'));
  t.true(node['etc/corosync/corosync.conf']!.includes('ring0_addr: 10.10.10.2\n    ring1_addr: 10.10.11.2\n') && node['etc/corosync/corosync.conf']!.includes('    linknumber: 1\n'));
  t.true(node['etc/bondproof/machine']!.includes('NIC_3="eth3 02:62:73:00:00:02"\n'));
  t.deepEqual(sw['etc/bondproof/links']!.split('\n').filter((line) => line.includes('swp') || line.includes('br1')), [
    'link add br1 type bridge stp_state 0 forward_delay 0', 'link set br1 up', ...[1, 2, 3, 4].map((port) => `link set swp${port} up master br0`), 'link set swp5 up master br1', 'link set swp6 up master br1',
  ]);
});

test('or that is the first, and the bond’s the second', (t) => {
  const lab = shapedLab(loadLab('{name: x, world: virtual, secondLink: same-bond}', { file: 'x', home: '/', dialects: [] }), { secondLink: 'own-nic-first' });
  t.true(textsOf(lab, 'pve2')['etc/corosync/corosync.conf']!.includes('ring0_addr: 10.10.11.2\n    ring1_addr: 10.10.10.2\n'));
  t.deepEqual(shapedLab(lab, {}), lab);
  const other = shapedLab(lab, { secondLink: 'own-nic' });
  for (const path of ['etc/network/interfaces', 'etc/bondproof/machine']) t.is(textsOf(lab, 'pve2')[path], textsOf(other, 'pve2')[path]);
});

test('or a second address on the bond', (t) => {
  const lab = shapedLab(loadLab('{name: x, world: virtual, secondLink: own-nic}', { file: 'x', home: '/', dialects: [] }), { secondLink: 'same-bond' });
  t.true(textsOf(lab, 'pve2')['etc/network/interfaces']!.includes('iface bond0 inet static\n\taddress 10.10.10.2/24\n\taddress 10.10.11.2/24\n\tbond-slaves eth1 eth2\n'));
  t.is(lab.links.length, 6);
});

test('the interfaces file has the bond as Proxmox VE writes it', (t) => {
  t.is(textsOf(labOf(3), 'pve2')['etc/network/interfaces'], `auto lo
iface lo inet loopback

iface eth1 inet manual

iface eth2 inet manual

auto bond0
iface bond0 inet static
\taddress 10.10.10.2/24
\tbond-slaves eth1 eth2
\tbond-miimon 100
\tbond-mode active-backup
`);
});

test('corosync’s link_mode is passive unless the lab says otherwise', (t) => {
  const lab = labOf(3);
  t.true(textsOf(lab, 'pve2')['etc/corosync/corosync.conf']!.includes('\n  link_mode: passive\n'));
  t.true(textsOf(shapedLab(lab, { linkMode: 'rr' }), 'pve2')['etc/corosync/corosync.conf']!.includes('\n  link_mode: rr\n'));
});

const on = (addressOn: AddressOn): Lab => shapedLab(loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] }), { addressOn, secondLink: 'same-bond' });

test('an address on a bridge over the bond is there as Proxmox VE’s installer has it', (t) => {
  t.true(textsOf(on('bridge'), 'pve2')['etc/network/interfaces']!.endsWith(`
auto bond0
iface bond0 inet manual
\tbond-slaves eth1 eth2
\tbond-miimon 100
\tbond-mode active-backup

auto vmbr0
iface vmbr0 inet static
\taddress 10.10.10.2/24
\taddress 10.10.11.2/24
\tbridge-ports bond0
\tbridge-stp off
\tbridge-fd 0
`));
  t.is(textsOf(on('bridge'), 'sw1')['etc/bondproof/links'], textsOf(on('bond'), 'sw1')['etc/bondproof/links']);
});

test('an address on a VLAN of the bond has the switch’s own in that VLAN', (t) => {
  t.true(textsOf(on('vlan'), 'pve2')['etc/network/interfaces']!.endsWith(`
auto bond0
iface bond0 inet manual
\tbond-slaves eth1 eth2
\tbond-miimon 100
\tbond-mode active-backup

auto bond0.51
iface bond0.51 inet static
\taddress 10.10.10.2/24
\taddress 10.10.11.2/24
`));
  t.deepEqual(textsOf(on('vlan'), 'sw1')['etc/bondproof/links']!.split('\n').filter((line) => line.includes('.51') || line.includes('address')), [
    'link add br0.51 up link br0 type vlan id 51', 'address add 10.10.10.254/24 dev br0.51',
  ]);
});

const withIpv6 = (more: LabShape = {}): Lab => shapedLab(loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] }), { ipVersion: 'ipv6', ...more });

test('addresses of IPv6 are in the same places, of a network of 64 bits', (t) => {
  const same = textsOf(withIpv6({ secondLink: 'same-bond' }), 'pve2');
  t.true(same['etc/network/interfaces']!.includes('auto bond0\niface bond0 inet6 static\n\taddress fd4c:6ea9:d7b2:10::2/64\n\taddress fd4c:6ea9:d7b2:11::2/64\n\tbond-slaves eth1 eth2\n'));
  t.true(same['etc/corosync/corosync.conf']!.includes('ring0_addr: fd4c:6ea9:d7b2:10::2\n    ring1_addr: fd4c:6ea9:d7b2:11::2\n'));
  t.true(same['etc/hosts']!.includes('\nfd4c:6ea9:d7b2:10::3 pve3\n'));
  t.true(textsOf(withIpv6({ secondLink: 'own-nic' }), 'pve2')['etc/network/interfaces']!.includes('auto eth3\niface eth3 inet6 static\n\taddress fd4c:6ea9:d7b2:11::2/64\n'));
  t.true(textsOf(withIpv6({ addressOn: 'bridge' }), 'pve2')['etc/network/interfaces']!.includes('iface bond0 inet manual\n\tbond-slaves eth1 eth2\n'));
  t.true(textsOf(withIpv6({ addressOn: 'bridge' }), 'pve2')['etc/network/interfaces']!.endsWith('auto vmbr0\niface vmbr0 inet6 static\n\taddress fd4c:6ea9:d7b2:10::2/64\n\tbridge-ports bond0\n\tbridge-stp off\n\tbridge-fd 0\n'));
  t.true(textsOf(withIpv6({ addressOn: 'vlan' }), 'pve2')['etc/network/interfaces']!.endsWith('auto bond0.51\niface bond0.51 inet6 static\n\taddress fd4c:6ea9:d7b2:10::2/64\n'));
});

test('the switch has no address then, for nothing asks it by ARP', (t) => {
  for (const addressOn of addressOns) t.notRegex(textsOf(withIpv6({ addressOn }), 'sw1')['etc/bondproof/links']!, /address|\.51/);
});

test('every address of a lab is written as nodes tell it, and is a node’s own', (t) => {
  for (const ipVersion of ipVersions) {
    for (const secondLink of secondLinks) {
      const { nodes } = shapedLab(loadLab('{name: x, world: timewarp, nodes: 32}', { file: 'x', home: '/', dialects: [] }), { ipVersion, secondLink });
      const addresses = nodes.flatMap(({ address, second }) => [address, second!.address]);
      t.deepEqual(addresses.map(plainAddress), addresses);
      t.is(new Set(addresses).size, 64);
    }
  }
});

test('every machine knows all nodes by name', (t) => {
  for (const device of ['sw1', 'pve1', 'pve3']) {
    t.is(textsOf(labOf(3), device)['etc/hosts'], '127.0.0.1 localhost\n10.10.10.1 pve1\n10.10.10.2 pve2\n10.10.10.3 pve3\n');
  }
});

test('the boot script of a node is told its role, its management address and its NICs', (t) => {
  t.regex(textsOf(labOf(3), 'pve2')['etc/bondproof/machine']!, /^ROLE=node\nMGMT_ADDRESS=192\.168\.77\.12\/24\nNIC_1="eth1 ([0-9a-f:]{17})"\nNIC_2="eth2 (?!\1)[0-9a-f:]{17}"\n\[ -e \S+ \] \|\| \{ .*; \}\n$/);
});

test('a node places its marker at its first boot, the switch none', (t) => {
  t.regex(textsOf(labOf(3), 'pve2')['etc/bondproof/machine']!, /\[ -e \/etc\/bondproof\/lab\.json \] \|\| \{ mkdir .*"lab":"virtual","cluster":"virtual","until":"9999-12-31","fencing":true,/);
  t.false(textsOf(labOf(3), 'sw1')['etc/bondproof/machine']!.includes('lab.json'));
});

test('the boot script of the switch is told its ports in the order of the cables', (t) => {
  const text = textsOf(labOf(2, { class: null }), 'sw1')['etc/bondproof/machine']!;
  t.regex(text, /^ROLE=switch\nMGMT_ADDRESS=192\.168\.77\.10\/24\nNIC_1="swp1 \S+"\nNIC_2="swp2 \S+"\nNIC_3="swp3 \S+"\nNIC_4="swp4 \S+"\n$/);
  t.is(new Set(text.match(/02:[0-9a-f:]+/g)).size, 4);
});

const stationOf = (lab: Lab, name: string) => ({
  name, address: lab.nodes.find((node) => node.name === name)!.address, mac: /NIC_1="eth1 (\S+)"/.exec(textsOf(lab, name)['etc/bondproof/machine']!)![1]!,
});

test('the addresses give the class that the lab wants, partial when it does not say', (t) => {
  const wish = fc.record({
    count: fc.integer({ min: 3, max: 8 }), ipVersion: fc.constantFrom(...ipVersions), victim: fc.integer({ min: 1, max: 3 }), class: fc.constantFrom<FaultClass | null>('none', 'partial', 'isolated', null),
  });
  fc.assert(fc.property(wish, ({ count, ipVersion, victim, class: wanted }) => {
    const lab = { ...shapedLab(labOf(count), { ipVersion }), victim: `pve${victim}`, class: wanted };
    const peers = lab.nodes.filter((node) => node.name !== lab.victim).map((node) => stationOf(lab, node.name));
    const found = predict({ mode: 'balance-xor', policy: 'layer2', victim: stationOf(lab, lab.victim), peers, slaves: ['eth1', 'eth2'], hit: 'eth1', active: null });
    t.is(found?.class, wanted ?? 'partial');
  }), { numRuns: 30 });
});

test('no two machines share a host key, and all nodes share the authkey', (t) => {
  const lab = labOf(3);
  const secrets = secretsOf(lab);
  const keyOf = (device: string, path: string) => filesOf(lab, device, secrets).find((file) => file.path === path)?.content.toString('hex');
  t.is(new Set(deviceIds(lab).map((device) => keyOf(device, 'etc/ssh/ssh_host_ed25519_key'))).size, 4);
  t.is(new Set(['pve1', 'pve2', 'pve3'].map((device) => keyOf(device, 'etc/corosync/authkey'))).size, 1);
});

test('a machine without a host key is not made', (t) => {
  t.throws(() => filesOf(labOf(3), 'pve3', { ...secretsOf(labOf(3)), hosts: {} }), { message: 'no host key was made for pve3' });
});

test('a QDevice is asked for on every node, and its host on the switch; nowhere else', (t) => {
  const [without, lab] = [labOf(2, { class: 'isolated' }), labOf(2, { class: 'isolated', qdevice: 'reached' })];
  for (const node of ['pve1', 'pve2']) t.deepEqual(Object.keys(textsOf(lab, node)).filter((path) => !(path in textsOf(without, node))), ['etc/bondproof/qdevice']);
  t.deepEqual(Object.keys(textsOf(lab, 'sw1')).filter((path) => !(path in textsOf(without, 'sw1'))), ['etc/bondproof/qnetd']);
  t.is(textsOf(lab, 'sw1')['etc/bondproof/qnetd'], 'COROSYNC_QNETD_OPTIONS=-s off\n');
});

test('by layer2 the victim reaches the QDevice’s host with its first slave silent, or not, as the lab says, whatever becomes of its peers', (t) => {
  for (const qdevice of waysToQDevice) for (const made of ['none', 'isolated'] as const) for (const nodes of [2, 4, 8]) for (const victim of ['pve1', 'pve2']) {
    const lab = labOf(nodes, { class: made, victim, qdevice });
    const [, mac] = /^link add br0 address (\S+) type bridge /.exec(textsOf(lab, 'sw1')['etc/bondproof/links']!) ?? [];
    const from = /NIC_1="eth1 (\S+)"/.exec(textsOf(lab, victim)['etc/bondproof/machine']!)![1]!;
    const { darkPeers } = predict({ mode: 'balance-xor', policy: 'layer2', victim: { mac: from, address: '10.10.10.1' }, peers: [{ name: 'sw1', mac: mac!, address: '10.10.10.254' }], slaves: ['eth1', 'eth2'], hit: 'eth1', active: null })!;
    t.deepEqual(darkPeers, qdevice === 'reached' ? [] : ['sw1']);
  }
});
