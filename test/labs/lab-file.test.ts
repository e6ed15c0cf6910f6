import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { loadLab } from '../../src/labs/lab-file.ts';
import { labSchemaText } from '../../src/labs/schema.ts';
import { deviceIds, findLink } from '../../src/model/lab.ts';
import { Problem } from '../../src/model/problem.ts';
import { bombs } from './bombs.ts';

const load = (text: string, file = 'labs/x.yaml') => loadLab(text, { file, home: '/home/ann', dialects: ['linux', 'eos'] });

const committed = (file: string): string => readFileSync(new URL(`../../labs/${file}`, import.meta.url), 'utf8');

const whyNot = (text: string): string => {
  try {
    load(text);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return 'it loads';
};

test('a virtual lab of a name alone has three nodes, the first of which loses some of its peers', (t) => {
  const lab = load('name: small\nworld: virtual\n');
  t.deepEqual(lab.nodes.map(({ name, id, address, bond, slaves, login }) => ({ name, id, address, bond, slaves, login })), [1, 2, 3].map((id) => (
    { name: `pve${id}`, id, address: `10.10.10.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })));
  t.deepEqual(lab.switch, { name: 'sw1', dialect: 'linux', address: '10.10.10.254', login: null });
  t.deepEqual(lab.links.map(({ id, port }) => [id, port]), [
    ['pve1-eth1', 'swp1'], ['pve1-eth2', 'swp2'], ['pve2-eth1', 'swp3'], ['pve2-eth2', 'swp4'], ['pve3-eth1', 'swp5'], ['pve3-eth2', 'swp6'],
  ]);
  t.deepEqual(findLink(lab, 'pve2', 'eth2'), { id: 'pve2-eth2', node: 'pve2', nic: 'eth2', switch: 'sw1', port: 'swp4', transceiver: 'eth2-phy' });
  t.deepEqual([lab.name, lab.world, lab.cluster, lab.victim, lab.class, lab.fencing], ['small', 'virtual', 'small', 'pve1', 'partial', true]);
  t.deepEqual(lab.virtual, { nodeMemoryMb: 320, switchMemoryMb: 128, kernel: 'debian' });
  t.deepEqual([lab.injector, load('{name: x, world: virtual, injector: lease}').injector], ['netem', 'lease']);
});

test('a virtual lab has what its file says', (t) => {
  const lab = load('{name: big, world: virtual, nodes: 8, victim: pve8, class: none, memoryMb: {node: 300}, kernel: own}');
  t.is(lab.nodes.length, 8);
  t.is(lab.links.at(-1)?.port, 'swp16');
  t.deepEqual([lab.victim, lab.class, lab.virtual], ['pve8', 'none', { nodeMemoryMb: 300, switchMemoryMb: 128, kernel: 'own' }]);
});

test('two nodes do where the class is none or isolated', (t) => {
  t.is(load('{name: two, world: virtual, nodes: 2, class: isolated}').nodes.length, 2);
  t.is(load('{name: two, world: virtual, nodes: 2, class: none}').class, 'none');
});

const fingerprint = (letter: string): string => `SHA256:${letter.repeat(43)}`;

const hardware = `name: rack
world: ssh
cluster: prod
fencing: true
victim: a
user: ops
keyFile: ~/.ssh/lab
nodes:
  - {name: a, id: 1, host: 192.0.2.1, hostKey: "${fingerprint('a')}", address: 10.0.0.1, bond: bond0, slaves: [{nic: eno1, port: swp1}, {nic: eno2, port: swp2}], addressOn: vmbr0}
  - name: b
    id: 2
    host: b.example
    port: 2222
    user: root
    keyFile: /etc/keys/b
    hostKey: ${fingerprint('b')}
    address: 10.0.0.2
    bond: bond1
    slaves:
      - {nic: enp1s0f0np0, port: "3"}
      - {nic: enp1s0f1np1, port: Ethernet1/4}
switch: {name: sw, dialect: eos, host: 192.0.2.9, hostKey: "${fingerprint('c')}"}
`;

test('a lab of real machines has their logins, with the defaults of the whole lab', (t) => {
  const lab = load(hardware);
  t.deepEqual(lab.nodes, [
    {
      name: 'a', id: 1, address: '10.0.0.1', addressOn: 'vmbr0', bond: 'bond0', slaves: ['eno1', 'eno2'],
      login: { host: '192.0.2.1', port: 22, user: 'ops', sudo: false, keyFile: '/home/ann/.ssh/lab', hostKey: fingerprint('a') },
    },
    {
      name: 'b', id: 2, address: '10.0.0.2', bond: 'bond1', slaves: ['enp1s0f0np0', 'enp1s0f1np1'],
      login: { host: 'b.example', port: 2222, user: 'root', sudo: false, keyFile: '/etc/keys/b', hostKey: fingerprint('b') },
    },
  ]);
  t.deepEqual(lab.switch, { name: 'sw', dialect: 'eos', login: { host: '192.0.2.9', port: 22, user: 'ops', sudo: false, keyFile: '/home/ann/.ssh/lab', hostKey: fingerprint('c') } });
  t.deepEqual(lab.links[3], { id: 'b-enp1s0f1np1', node: 'b', nic: 'enp1s0f1np1', switch: 'sw', port: 'Ethernet1/4', transceiver: null });
  t.deepEqual([lab.cluster, lab.fencing, lab.victim, lab.class, lab.virtual], ['prod', true, 'a', null, null]);
});

test('real machines may have addresses of IPv6, which are told apart however they are written', (t) => {
  const withAddresses = (one: string, other: string): string => hardware.replace('10.0.0.1', `"${one}"`).replace('10.0.0.2', `"${other}"`);
  t.deepEqual(load(withAddresses('FD00:0:0:1::0001', 'fd00:0000::1:0:0:0:2')).nodes.map(({ address }) => address), ['fd00:0:0:1::1', 'fd00:0:0:1::2']);
  t.is(whyNot(withAddresses('fd00::1', 'FD00:0::1')), 'labs/x.yaml:17:14: address is "fd00::1", as on line 9\n  right would be: an address of its own');
  for (const address of ['fe80::1', 'FEBF:0::1', 'ff02::1', 'fd00::1%eth0', 'fd00::1/64', 'fd00::1::2', 'fd00:1', '1:2:3:4:5:6:7:8:9', '']) {
    t.is(whyNot(withAddresses('fd00::1', address)), `labs/x.yaml:17:14: address is "${address}"\n  right would be: the node's address on the bond, like 10.10.10.1, or fd00::1 (none that is link-local)`);
  }
});

test('how a switch is asked by SNMP, whatever its dialect, with secrets in files', (t) => {
  const snmpOf = (words: string) => load(hardware.replace(/^switch: .*$/m, `switch: {name: sw, dialect: passive, ports: lacp-fast, snmp: {${words}}}`)).switch.snmp;
  t.deepEqual(snmpOf('host: 192.0.2.9, user: reader, auth: {protocol: sha256, keyFile: ~/.snmp/auth}, privacy: {protocol: aes, keyFile: /etc/snmp-privacy}'),
    { version: 'v3', host: '192.0.2.9', port: 161, user: 'reader', auth: { protocol: 'sha256', keyFile: '/home/ann/.snmp/auth' }, privacy: { protocol: 'aes', keyFile: '/etc/snmp-privacy' } });
  t.deepEqual(snmpOf('version: v2c, host: sw.example, port: 1161, communityFile: ~/.snmp/community'), { version: 'v2c', host: 'sw.example', port: 1161, communityFile: '/home/ann/.snmp/community' });
  t.is(load(hardware).switch.snmp, undefined);
});

test('to a passive switch nobody logs in, and its file says what the ports are', (t) => {
  const lab = load(hardware.replace(/^switch: .*$/m, 'switch: {name: sw, dialect: passive, ports: lacp-fast}'));
  t.deepEqual(lab.switch, { name: 'sw', dialect: 'passive', ports: { kind: 'lacp', rate: 'fast' }, login: null });
  t.deepEqual(deviceIds(lab), ['a', 'b']);
});

test('without a user and a key it is root with the keys of the ssh agent, and fencing is forbidden', (t) => {
  const lab = load(hardware.replace('user: ops\nkeyFile: ~/.ssh/lab\n', '').replace('fencing: true\n', ''));
  t.deepEqual([lab.nodes[0]?.login?.user, lab.nodes[0]?.login?.keyFile, lab.fencing], ['root', null, false]);
});

test('sudo is said of the whole lab, or of one device', (t) => {
  const gated = (text: string): readonly (boolean | undefined)[] => {
    const { nodes, switch: { login } } = load(text);
    return [...nodes.map((node) => node.login?.sudo), login?.sudo];
  };
  t.deepEqual(gated(hardware.replace('user: ops', 'user: ops\nsudo: true').replace('user: root', 'user: root\n    sudo: false')), [true, false, true]);
  t.deepEqual(gated(hardware.replace('user: root', 'user: bondproof\n    sudo: true')), [false, true, false]);
});

test('a home with characters that mean something to String.replace stays as it is', (t) => {
  t.is(loadLab(hardware, { file: 'x', home: '/home/$&', dialects: ['eos'] }).nodes[0]?.login?.keyFile, '/home/$&/.ssh/lab');
});

const nameRule = 'up to 32 lower-case letters, digits and dashes, no dash first';
const worldRule = '"virtual" (bondproof brings the machines up), "timewarp" (the same, on one kernel whose time jumps) or "ssh" (they are there)';

const wholeMessages: readonly (readonly [what: string, text: string, message: string])[] = [
  ['an empty file', '', 'labs/x.yaml:1:1: the file is empty\n  right would be: a map that begins with name and world, like labs/virtual.yaml'],
  ['a list', '- 1\n', 'labs/x.yaml:1:1: the file is a list\n  right would be: a map that begins with name and world, like labs/virtual.yaml'],
  ['no world', '# mine\nname: x\n', `labs/x.yaml:2:1: world is missing\n  right would be: ${worldRule}`],
  ['another world', 'world: virtaul\n', `labs/x.yaml:1:8: world is "virtaul"\n  right would be: ${worldRule}`],
  ['no name', 'world: virtual\n', `labs/x.yaml:1:1: name is missing\n  right would be: the name of the lab: ${nameRule}`],
  ['a capital letter', 'name: Lab\nworld: virtual\n', `labs/x.yaml:1:7: name is "Lab"\n  right would be: the name of the lab: ${nameRule}`],
  ['no value', 'name:\nworld: virtual\n', `labs/x.yaml:1:6: name is empty\n  right would be: the name of the lab: ${nameRule}`],
  ['a number for a name', 'name: 7\nworld: virtual\n', `labs/x.yaml:1:7: name is 7\n  right would be: the name of the lab: ${nameRule}`],
  ['a mistyped key', 'name: x\nworld: virtual\nnodse: 3\n', 'labs/x.yaml:3:1: unknown key "nodse"\n  right would be: nodes'],
  ['a strange key', 'name: x\nworld: virtual\nmemoryMb: {\n  colour: 3 }\n', 'labs/x.yaml:4:3: unknown key "colour"\n  right would be: one of node, switch'],
  ['the key __proto__', 'name: x\nworld: virtual\n__proto__: {nodes: 3}\n', 'labs/x.yaml:3:1: unknown key "__proto__"\n  right would be: one of name, world, nodes, victim, class, switch, tokenCoefficientMs, secondLink, linkMode, qdevice, addressOn, ipVersion, injector, kernel, cables, memoryMb'],
  ['nine nodes', 'name: x\nworld: virtual\nnodes: 9\n', 'labs/x.yaml:3:8: nodes is 9\n  right would be: how many nodes, 2 to 8'],
  ['no number of nodes', 'name: x\nworld: virtual\nnodes: .nan\n', 'labs/x.yaml:3:8: nodes is NaN\n  right would be: how many nodes, 2 to 8'],
  ['a list of nodes', 'name: x\nworld: virtual\nnodes: []\n', 'labs/x.yaml:3:8: nodes is a list\n  right would be: how many nodes, 2 to 8'],
  ['a victim that is not there', 'name: x\nworld: virtual\nvictim: pve4\n', 'labs/x.yaml:3:9: victim is "pve4", which is none of the nodes\n  right would be: one of pve1, pve2, pve3'],
  ['a class that two nodes cannot have', 'name: x\nworld: virtual\nnodes: 2\nclass: partial\n', 'labs/x.yaml:4:8: class is "partial" with 2 nodes\n  right would be: 3 nodes or more, or class none or isolated'],
  ['a default class that two nodes cannot have', 'name: x\nworld: virtual\nnodes: 2\n', 'labs/x.yaml:3:8: class is "partial" (the default) with 2 nodes\n  right would be: 3 nodes or more, or class none or isolated'],
  ['an unknown class', 'name: x\nworld: virtual\nclass: all\n', 'labs/x.yaml:3:8: class is "all"\n  right would be: which of its peers the victim loses with its first slave: partial (some), none or isolated (all)'],
  ['an unknown injector', 'name: x\nworld: virtual\ninjector: drop\n', 'labs/x.yaml:3:11: injector is "drop"\n  right would be: how NICs are silenced: netem; lease, which needs nftables on netdev egress; or cable, which cuts one way of the cable, in virtual labs with cables: relayed'],
  ['a key twice', 'name: x\nworld: virtual\nname: y\n', 'labs/x.yaml:3:1: key "name" is there twice\n  right would be: each key once'],
  ['two documents', 'name: x\n---\nworld: virtual\n', 'labs/x.yaml:2:1: a second document begins\n  right would be: one document in a file'],
  ['a tab', 'name: x\nmemoryMb:\n\tnode: 1\n', 'labs/x.yaml:3:1: the line is indented with a tab\n  right would be: spaces'],
  ['an anchor', 'name: &n x\nworld: virtual\n', 'labs/x.yaml:1:10: the anchor &n\n  right would be: the value without an anchor'],
  ['a tag', 'name: !!str 7\nworld: virtual\n', 'labs/x.yaml:1:13: the tag tag:yaml.org,2002:str\n  right would be: the value without a tag'],
  ['a merge key', '<<: {name: x}\nworld: virtual\n', 'labs/x.yaml:1:1: the merge key <<\n  right would be: the keys themselves'],
  ['a directive', '%YAML 1.1\n---\nname: x\n', 'labs/x.yaml:1:1: the file has a %YAML directive\n  right would be: no directive'],
  ['a map as key', 'name: x\n? {a: 1}\n: 2\n', 'labs/x.yaml:2:3: a key that is a list or a map\n  right would be: a word'],
  ['no YAML', 'name: x\nworld: [virtual\n', 'labs/x.yaml:3:1: this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['a book', `name: x # ${'é'.repeat(40_000)}\n`, 'labs/x.yaml:1:1: the file has 80011 bytes\n  right would be: at most 32768'],
];

for (const [what, text, message] of wholeMessages) {
  test(`of a virtual lab file with ${what} it is told where that is and what would be right`, (t) => t.is(whyNot(text), message));
}

test('brackets nested without end are a mistake in the file', (t) => {
  t.regex(whyNot('['.repeat(30_000)), /^labs\/x\.yaml:1:\d+: the lists and maps go too deep\n {2}right would be: at most four inside each other$/);
});

const hardwareMessages: readonly (readonly [what: string, from: string, to: string, message: string])[] = [
  ['a malformed host key', `hostKey: ${fingerprint('b')}`, 'hostKey: b4:c5', [
    'labs/x.yaml:16:14: hostKey is "b4:c5"',
    '  right would be: the fingerprint of the host key: SHA256: and 43 characters',
    "  what to do: run ssh-keyscan -p 2222 b.example | ssh-keygen -lf - and compare with what the device's own console shows",
  ].join('\n')],
  ['no host key', `, hostKey: "${fingerprint('c')}"`, '', [
    'labs/x.yaml:22:9: hostKey is missing',
    '  right would be: the fingerprint of the host key: SHA256: and 43 characters',
    "  what to do: run ssh-keyscan 192.0.2.9 | ssh-keygen -lf - and compare with what the device's own console shows",
  ].join('\n')],
  ['a host that is an option', 'host: b.example', 'host: -oProxyCommand=x', 'labs/x.yaml:12:11: host is "-oProxyCommand=x"\n  right would be: a host name or an address that does not lead over the bond'],
  ['a port that is a number', 'port: "3"', 'port: 3', "labs/x.yaml:20:34: port is 3\n  right would be: the switch's port that the NIC is wired to, in quotes if it is a number"],
  ['a port twice', 'port: Ethernet1/4', 'port: "3"', 'labs/x.yaml:21:34: port is "3", as on line 20\n  right would be: a port of its own'],
  ['a NIC twice', 'nic: enp1s0f1np1', 'nic: enp1s0f0np0', 'labs/x.yaml:21:15: nic is "enp1s0f0np0", as on line 20\n  right would be: a nic of its own'],
  ['a NIC name with a slash', 'nic: enp1s0f1np1', 'nic: a/b', 'labs/x.yaml:21:15: nic is "a/b"\n  right would be: the name of a NIC in the bond: 1 to 15 letters, digits or one of . _ @ + -, no dash first'],
  ['a NIC name that a shell would read', 'nic: enp1s0f1np1', 'nic: $(id)', 'labs/x.yaml:21:15: nic is "$(id)"\n  right would be: the name of a NIC in the bond: 1 to 15 letters, digits or one of . _ @ + -, no dash first'],
  ['a NIC name that is an option', 'nic: enp1s0f1np1', 'nic: -batch', 'labs/x.yaml:21:15: nic is "-batch"\n  right would be: the name of a NIC in the bond: 1 to 15 letters, digits or one of . _ @ + -, no dash first'],
  ['three slaves', '      - {nic: enp1s0f1np1, port: Ethernet1/4}', '      - {nic: c, port: d}\n      - {nic: e, port: f}', "labs/x.yaml:20:7: slaves is a list\n  right would be: the bond's two NICs, in order of enslavement, each with its port"],
  ['a name twice', 'name: b', 'name: a', 'labs/x.yaml:10:11: name is "a", as on line 9\n  right would be: a name of its own'],
  ['a switch with the name of a node', 'name: sw,', 'name: b,', 'labs/x.yaml:22:16: name is "b", as on line 10\n  right would be: a name of its own'],
  ['an id twice', 'id: 2', 'id: 1', 'labs/x.yaml:11:9: id is 1, as on line 9\n  right would be: an id of its own'],
  ['an address twice', 'address: 10.0.0.2', 'address: 10.0.0.1', 'labs/x.yaml:17:14: address is "10.0.0.1", as on line 9\n  right would be: an address of its own'],
  ['a host twice', 'host: 192.0.2.9', 'host: 192.0.2.1', 'labs/x.yaml:22:40: host is "192.0.2.1", as on line 9\n  right would be: a host of its own'],
  ['an address out of range', 'address: 10.0.0.2', 'address: 10.0.0.256', 'labs/x.yaml:17:14: address is "10.0.0.256"\n  right would be: the node\'s address on the bond, like 10.10.10.1, or fd00::1 (none that is link-local)'],
  ['addresses of two versions', 'address: 10.0.0.2', 'address: fd00::2', 'labs/x.yaml:17:14: address is of IPv6, that on line 9 of IPv4\n  right would be: addresses of one version for all nodes'],
  ['a victim that is not there', 'victim: a', 'victim: c', 'labs/x.yaml:5:9: victim is "c", which is none of the nodes\n  right would be: one of a, b'],
  ['a mistyped dialect', 'dialect: eos', 'dialect: eso', 'labs/x.yaml:22:29: dialect is "eso", which bondproof does not speak\n  right would be: one of linux, eos, passive'],
  ['no login to a switch that is asked', 'host: 192.0.2.9, ', '', 'labs/x.yaml:22:9: host is missing\n  right would be: a host name or an address that does not lead over the bond, or dialect passive'],
  ['SNMP without privacy', 'dialect: eos, ', 'dialect: eos, snmp: {host: h, user: u, auth: {protocol: sha256, keyFile: /a}}, ', 'labs/x.yaml:22:40: privacy is missing\n  right would be: the protocol and the keyFile of privacy'],
  ['a community that no version asks for', 'dialect: eos, ', 'dialect: eos, snmp: {host: h, user: u, auth: {protocol: sha256, keyFile: /a}, privacy: {protocol: aes, keyFile: /b}, communityFile: /c}, ', 'labs/x.yaml:22:152: communityFile with SNMPv3\n  right would be: none, or `version: v2c`'],
  ['a user of SNMPv2c', 'dialect: eos, ', 'dialect: eos, snmp: {version: v2c, host: h, user: u, communityFile: /c}, ', 'labs/x.yaml:22:70: user with SNMPv2c\n  right would be: none, or `version: v3`'],
  ['a secret in the lab file', 'dialect: eos, ', 'dialect: eos, snmp: {version: v2c, host: h, community: public, communityFile: /c}, ', 'labs/x.yaml:22:64: unknown key "community"\n  right would be: communityFile'],
  ['ports of a switch that is asked', 'dialect: eos, ', 'dialect: eos, ports: lacp-fast, ', 'labs/x.yaml:22:41: ports of a switch of dialect "eos"\n  right would be: none: the switch is asked'],
  ['a passive switch that says nothing of its ports', 'dialect: eos, ', 'dialect: passive, ', 'labs/x.yaml: 3 mistakes\n  labs/x.yaml:22:9: ports is missing\n    right would be: what the ports of the switch are: plain, static, lacp-slow or lacp-fast\n  labs/x.yaml:22:44: host of a switch of dialect "passive"\n    right would be: none: nobody logs in to it\n  labs/x.yaml:22:64: hostKey of a switch of dialect "passive"\n    right would be: none: nobody logs in to it'],
  ['a key path from nowhere', 'keyFile: ~/.ssh/lab', 'keyFile: lab', 'labs/x.yaml:7:10: keyFile is "lab"\n  right would be: the path of a private key, from / or ~/'],
  ['a word for fencing', 'fencing: true', 'fencing: "yes"', 'labs/x.yaml:4:10: fencing is "yes"\n  right would be: true or false: may the nodes of this lab be reset by their watchdogs?'],
  ['a word for sudo', 'user: ops', 'user: ops\nsudo: maybe', 'labs/x.yaml:7:7: sudo is "maybe"\n  right would be: true or false: does the user run commands through sudo and the gate, which `bondproof gate` places?'],
  ['sudo for root of one node', 'user: ops', 'user: ops\nsudo: true', 'labs/x.yaml:15:11: sudo is true for user "root"\n  right would be: a plain user, of lower-case letters, digits, _ and -, like bondproof'],
  ['sudo for nobody in particular', 'user: ops', 'sudo: true', 'labs/x.yaml: 2 mistakes\n  labs/x.yaml:6:7: sudo is true for user "root"\n    right would be: a plain user, of lower-case letters, digits, _ and -, like bondproof\n  labs/x.yaml:14:11: sudo is true for user "root"\n    right would be: a plain user, of lower-case letters, digits, _ and -, like bondproof'],
  ['sudo for everybody', '    user: root', '    user: ALL\n    sudo: true', 'labs/x.yaml:14:11: sudo is true for user "ALL"\n  right would be: a plain user, of lower-case letters, digits, _ and -, like bondproof'],
  ['a mistyped key of a node', 'bond: bond1', 'bond: bond1\n    slave: []', 'labs/x.yaml:19:5: unknown key "slave"\n  right would be: slaves'],
];

test('a managed switch: what its user answers for, and what its ports belong to', (t) => {
  const known = { file: 'labs/x.yaml', home: '/home/ann', dialects: ['linux'], managed: ['eos'] };
  const managed = hardware.replace('bond: bond1', 'bond: bond1\n    aggregate: Port-Channel11\n    vlan: 20').replace('dialect: eos, ', 'dialect: eos, allow: [unproven, no-dead-man], ports: lacp-slow, ');
  const lab = loadLab(managed, known);
  t.like(lab.nodes.find(({ bond }) => bond === 'bond1'), { aggregate: 'Port-Channel11', vlan: 20 });
  t.like(lab.switch, { allow: ['unproven', 'no-dead-man'], ports: { kind: 'lacp', rate: 'slow' } });
  const why = (text: string) => t.throws(() => loadLab(text, known), { instanceOf: Problem }).message;
  t.regex(why(managed.replace('ports: lacp-slow, ', '')), /ports is missing\n {2}right would be: what the ports of the switch are/);
  t.regex(why(managed.replace(', no-dead-man', '')), /ports of a switch of dialect "eos"\n {2}right would be: none: the switch is asked/);
  t.regex(why(managed.replace('[unproven, no-dead-man]', '[everything]')), /what you answer for on a managed switch/);
  t.regex(why(hardware.replace('dialect: eos, ', 'dialect: linux, allow: [unproven], ')), /allow of a switch of dialect "linux"\n {2}right would be: none: it is for managed switches/);
  t.regex(why(managed.replace('vlan: 20', 'vlan: 4095')), /vlan is 4095/);
  t.regex(why(managed.replace('Port-Channel11', '"a b"')), /aggregate is "a b"/);
});

for (const [what, from, to, message] of hardwareMessages) {
  test(`of a hardware lab file with ${what} it is told where that is and what would be right`, (t) => {
    t.true(hardware.includes(from));
    t.is(whyNot(hardware.replace(from, to)), message);
  });
}

/** Texts that a program would take for an option, a shell for a command, ssh for a token (ssh_config(5), TOKENS). What of it is shown passes cli/host.ts. */
const injections = ['-oProxyCommand=x', '--', '%h', 'a%h', '$(reboot)', '`id`', 'a;b', 'a|b', "a'b", 'a"b', 'a b', 'a\\nb', 'a\\n', '\\e[2J', '\\u009b31m', '\\u202e', 'a\\0', '../b', '@a', 'root@a', '<script>', 'x'.repeat(10_000)];

for (const [key, value] of [['host', 'b.example'], ['name', 'b'], ['user', 'root'], ['bond', 'bond1'], ['nic', 'enp1s0f1np1'], ['port', 'Ethernet1/4'], ['dialect', 'eos'], ['cluster', 'prod'], ['victim', 'a'], ['address', '10.0.0.2'], ['hostKey', fingerprint('b')], ['name', 'rack']] as const) {
  test(`no ${key} is an option, a command, a token or a word for a terminal, and it is told where (${value})`, (t) => {
    for (const injection of injections) {
      // NICs may be named by any printable letters (net/core/dev.c, dev_valid_name); they are arguments, quoted in one place.
      if (key === 'nic' || key === 'bond') if (/^[!-.0-9;-~]{1,15}$/.test(injection) && !/^-|\\/.test(injection)) continue;
      const from = `${key}: ${value}`;
      const at = hardware.lastIndexOf(from);
      t.true(at >= 0, from);
      const why = whyNot(`${hardware.slice(0, at)}${key}: "${injection.replaceAll('"', '\\"')}"${hardware.slice(at + from.length)}`);
      t.regex(why, /^labs\/x\.yaml(?::\d+:\d+: |: \d+ mistakes\n {2}labs\/x\.yaml:\d+:\d+: )/, `${key}: ${injection}: ${why}`);
      t.true(why.length < 4000, 'nor is it told at length');
    }
  });
}

for (const [what, text] of Object.entries(bombs)) {
  test(`refused with line and column, in few words: ${what}`, (t) => {
    const why = whyNot(text);
    t.regex(why, /labs\/x\.yaml:\d+:\d+: /);
    t.true(why.length < 10_000, `${why.length} letters`);
  });
}

test('all of them are refused by a program that has 64 MB', (t) => {
  // A heap that is full ends the program (node --v8-options, --max-old-space-size).
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--max-old-space-size=64', new URL('bombs.ts', import.meta.url).pathname], { encoding: 'utf8' });
  t.deepEqual([status, stdout.trim()], [0, `${Object.keys(bombs).length} refused`], stderr);
});

test('one host may serve two devices at two ports', (t) => {
  t.is(load(hardware.replace('host: b.example', 'host: 192.0.2.1')).nodes[1]?.login?.host, '192.0.2.1');
});

test('all mistakes are told at once, in the order of the file', (t) => {
  t.is(whyNot('name: X\nworld: virtual\nclas: none\nnodes: many\nvictim: pve9\n'), [
    'labs/x.yaml: 4 mistakes',
    '  labs/x.yaml:1:7: name is "X"',
    `    right would be: the name of the lab: ${nameRule}`,
    '  labs/x.yaml:3:1: unknown key "clas"',
    '    right would be: class',
    '  labs/x.yaml:4:8: nodes is "many"',
    '    right would be: how many nodes, 2 to 8',
    '  labs/x.yaml:5:9: victim is "pve9"',
    '    right would be: the node whose NIC is silenced: pve1 to pve8, as many as there are nodes',
  ].join('\n'));
});

test('the engines of a switch, and how it is configured, where a world has that', (t) => {
  for (const engine of ['linux', 'openvswitch', 'teamd', 'cumulus']) t.is(load(`{name: x, world: virtual, switch: ${engine}}`).switch.dialect, engine);
  t.is(load('{name: x, world: timewarp, switch: teamd}').switch.dialect, 'teamd');
  t.throws(() => load('{name: x, world: timewarp, switch: cumulus}'), { name: 'Problem', message: /^labs\/x\.yaml:1:36: switch is "cumulus"\n {2}right would be: .*linux.*openvswitch.*teamd/ });
});

test('the committed labs load', (t) => {
  t.is(load(committed('virtual.yaml')).nodes.length, 3);
  t.deepEqual([load(committed('timewarp.yaml')).world, load(committed('timewarp.yaml')).virtual], ['timewarp', null]);
  t.is(load('{name: wide, world: timewarp, nodes: 32, victim: pve32}').links.at(-1)?.port, 'swp64');
  const lab = load(committed('example-hardware.yaml'));
  t.deepEqual([lab.nodes.length, lab.links.length, lab.fencing], [3, 6, false]);
});

test('the committed JSON Schema is the one that the schemas give', (t) => t.is(committed('lab.schema.json'), labSchemaText()));

test('whatever a file holds, it loads or is a Problem', (t) => {
  const loadsOrTells = (text: string): void => { whyNot(text); };
  const yamlish = fc.array(fc.constantFrom('name: ', 'world: virtual\n', 'world: ssh\n', 'nodes: ', '- ', '\n', '  ', '{', '}', '[', ']', ': ', '&a ', '*a', '!!x ', '"', "'", '|', '>', '#', '? ', '%', '---\n', '__proto__: ', '\t', '\u0000', '3', '~', 'victim'), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' })), loadsOrTells), { numRuns: 1500 });
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom('virtual', 'ssh'), (value, world) => {
    loadsOrTells(JSON.stringify(typeof value === 'object' && !Array.isArray(value) ? { ...value, world } : { world, nodes: value, switch: value, victim: value }));
  }), { numRuns: 500 });
  t.pass();
});

test('a hardware lab with any one place of its text changed loads or is a Problem', (t) => {
  fc.assert(fc.property(fc.nat(hardware.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, cut, instead) => {
    whyNot(hardware.slice(0, at) + instead + hardware.slice(at + cut));
  }), { numRuns: 500 });
  t.pass();
});
