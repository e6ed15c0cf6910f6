import test from 'ava';
import fc from 'fast-check';
import { bondStanza, withBond } from '../../src/model/interfaces.ts';
import { bondModes, type BondConfig } from '../../src/model/scenario.ts';

const pve = `auto lo
iface lo inet loopback

iface eth1 inet manual

auto bond0
iface bond0 inet static
\taddress 10.10.10.1/24
\tbond-slaves eth1 eth2
\tbond-miimon 100
\tbond-mode active-backup
\tbond-primary eth1
# the ring
\tmtu 1500

auto vmbr0
iface vmbr0 inet static
\taddress 192.0.2.11/24
\tbridge-ports bond1
\tbond-mode balance-rr

source /etc/network/interfaces.d/*
`;

const config = (more: Partial<BondConfig>): BondConfig => ({ mode: 'active-backup', xmitHashPolicy: 'layer2', miimonMs: 100, ...more });

/** The bond's options in PVE's file after the change, as they stand there. */
const optionsIn = (text: string): readonly string[] => text.slice(text.indexOf('iface bond0'), text.indexOf('auto vmbr0')).split('\n').filter((line) => line.includes('bond-')).map((line) => line.trim());

const modes: readonly (readonly [bond: BondConfig, options: readonly string[]])[] = [
  [config({ mode: 'balance-rr' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode balance-rr']],
  [config({ mode: 'active-backup' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode active-backup', 'bond-primary eth1']],
  [config({ mode: 'balance-xor', xmitHashPolicy: 'layer3+4' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode balance-xor', 'bond-xmit-hash-policy layer3+4']],
  [config({ mode: 'broadcast', miimonMs: 50 }), ['bond-slaves eth1 eth2', 'bond-miimon 50', 'bond-mode broadcast']],
  [config({ mode: '802.3ad' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode 802.3ad', 'bond-xmit-hash-policy layer2', 'bond-lacp-rate slow']],
  [config({ mode: '802.3ad', lacpRate: 'fast' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode 802.3ad', 'bond-xmit-hash-policy layer2', 'bond-lacp-rate fast']],
  [config({ mode: 'balance-tlb' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode balance-tlb']],
  [config({ mode: 'balance-alb' }), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode balance-alb']],
];

for (const [bond, options] of modes) {
  test(`a bond becomes ${bond.mode} ${bond.lacpRate ?? bond.xmitHashPolicy} with the options that PVE writes, and no others`, (t) => t.deepEqual(optionsIn(withBond(pve, 'bond0', bond)), options));
}

test('everything but the options that change stays byte for byte', (t) => {
  t.is(withBond(pve, 'bond0', config({ mode: '802.3ad', lacpRate: 'fast' })), pve.replace('bond-mode active-backup\n\tbond-primary eth1', 'bond-mode 802.3ad\n\tbond-xmit-hash-policy layer2\n\tbond-lacp-rate fast'));
});

test('a hash policy that has no option of its own takes the place of one that has', (t) => {
  const xor = withBond(pve, 'bond0', config({ mode: 'balance-xor', xmitHashPolicy: 'layer3+4' }));
  t.deepEqual(optionsIn(withBond(xor, 'bond0', config({ mode: 'balance-xor', xmitHashPolicy: 'vlan+srcmac' }))), ['bond-slaves eth1 eth2', 'bond-miimon 100', 'bond-mode balance-xor']);
});

test('a text that is right already stays as it is, however it is spelled', (t) => {
  t.is(withBond(pve, 'bond0', config({})), pve);
  const spelled = 'iface b0\n  bond_mode   active-backup  \n\tbond-miimon \\\n   100\n\n';
  t.is(withBond(spelled, 'b0', config({})), spelled);
});

const edits: readonly (readonly [what: string, before: string, bond: BondConfig, after: string])[] = [
  ['options that exclude miimon or belong to 802.3ad go',
    'iface b0\n bond-slaves a b\n bond-arp-interval 100\n bond-arp-ip-target 10.0.0.9\n bond-min-links 1\n bond-ad-sys-priority 7\n bond-mode 4\n bond-miimon 100\n', config({}),
    'iface b0\n bond-slaves a b\n bond-mode active-backup\n bond-miimon 100\n'],
  ['of a repeated option the first is set and the others go', 'iface b0\n bond-mode 0\n bond-mode 1\n bond-miimon 100\n', config({}), 'iface b0\n bond-mode active-backup\n bond-miimon 100\n'],
  ['a stanza without options gets them behind its first line', 'iface b0\niface b1\n', config({}), 'iface b0\n\tbond-miimon 100\n\tbond-mode active-backup\niface b1\n'],
  ['a last line without newline gets one when something follows', 'iface b0\n  bond-slaves a b', config({}), 'iface b0\n  bond-slaves a b\n  bond-miimon 100\n  bond-mode active-backup'],
  ['a last line without newline stays without one when it changes', 'iface b0\n  bond-miimon 100\n  bond-mode 5', config({}), 'iface b0\n  bond-miimon 100\n  bond-mode active-backup'],
  ['line ends of DOS are kept', 'iface b0\r\n bond-mode 0\r\n', config({}), 'iface b0\r\n bond-mode active-backup\r\n bond-miimon 100\r\n'],
  ['continued lines are one', 'iface b0\n bond-mode \\\n   balance-rr\n bond-slaves a \\\n   b\n', config({}), 'iface b0\n bond-mode active-backup\n bond-slaves a \\\n   b\n bond-miimon 100\n'],
  ['a comment that ends in a backslash takes the next line with it', 'iface b0\n # off: \\\n bond-mode 0\n bond-miimon 100\n', config({}), 'iface b0\n # off: \\\n bond-mode 0\n bond-miimon 100\n bond-mode active-backup\n'],
  ['of two stanzas the one with the slaves is set', 'iface b0 inet6 static\n bond-mode 0\n address fe80::1\niface b0 inet manual\n bond-slaves a b\n', config({}), 'iface b0 inet6 static\n address fe80::1\niface b0 inet manual\n bond-slaves a b\n bond-miimon 100\n bond-mode active-backup\n'],
  ['a stanza ends where the next thing begins', 'iface b0\n bond-slaves a\nallow-hotplug b0\n bond-mode 3\n', config({}), 'iface b0\n bond-slaves a\n bond-miimon 100\n bond-mode active-backup\nallow-hotplug b0\n bond-mode 3\n'],
];

for (const [what, before, bond, after] of edits) test(what, (t) => t.is(withBond(before, 'b0', bond), after));

const off = 'pre-up ip link set b0 type bond coupled_control off';

const hooked: readonly (readonly [what: string, before: string, hooks: readonly string[], after: string])[] = [
  ['lines of hooks come behind the options', 'iface b0\n bond-mode 1\n bond-miimon 100\n mtu 1500\n', [off], `iface b0\n bond-mode active-backup\n bond-miimon 100\n ${off}\n mtu 1500\n`],
  ['those that are there stay, once', `iface b0\n bond-mode 1\n ${off}\n bond-miimon 100\n ${off}\n`, [off], `iface b0\n bond-mode active-backup\n ${off}\n bond-miimon 100\n`],
  ['those of their kind that are not wanted go, and no others', `iface b0\n bond-mode 1\n bond-miimon 100\n ${off}\n pre-up ip link set b0 type bond arp_interval 100 arp_validate all arp_ip_target 10.0.0.9\n pre-up ip link set b0 mtu 9000\niface b0 inet6 auto\n ${off}\n`, [], 'iface b0\n bond-mode active-backup\n bond-miimon 100\n pre-up ip link set b0 mtu 9000\niface b0 inet6 auto\n'],
];

for (const [what, before, hooks, after] of hooked) test(what, (t) => t.is(withBond(before, 'b0', config({}), hooks), after));

test('a bond with an ARP monitor has no miimon, for the kernel has no bond with both', (t) => {
  t.is(withBond('iface b0\n bond-miimon 100\n bond-mode 1\n', 'b0', config({ miimonMs: 0, options: { arpMonitor: { intervalMs: 100, targets: 'peers', validate: 'none' } } })), 'iface b0\n bond-mode active-backup\n');
});

test('a bond gets the links that it wants', (t) => {
  t.is(withBond('iface b0\n bond-min-links 1\n bond-mode 802.3ad\n bond-lacp-rate slow\n bond-xmit-hash-policy layer2\n bond-miimon 100\n', 'b0', config({ mode: '802.3ad', options: { minLinks: 2 } })),
    'iface b0\n bond-min-links 2\n bond-mode 802.3ad\n bond-lacp-rate slow\n bond-xmit-hash-policy layer2\n bond-miimon 100\n');
});

test('a bond that is not there is a Problem that names what is', (t) => {
  t.throws(() => withBond(pve, 'bond1', config({})), {
    name: 'Problem',
    message: [
      'bond bond1 in /etc/network/interfaces: only lo, eth1, bond0, vmbr0 are configured there',
      '  right would be: a stanza that begins with "iface bond1", in this file itself and not in one that it names as source',
    ].join('\n'),
  });
  t.throws(() => withBond('# iface bond1\n', 'bond1', config({})), { message: /^bond bond1 in \/etc\/network\/interfaces: no interface is configured there\n/ });
});

const stanzas: readonly (readonly [what: string, text: string, bond: string, read: ReturnType<typeof bondStanza>])[] = [
  ['as PVE writes it', pve, 'bond0', { slaves: ['eth1', 'eth2'], mode: 'active-backup', address: '10.10.10.1/24' }],
  ['with a mode by number', 'iface b\n bond-slaves a  b\n bond-mode 4\n', 'b', { slaves: ['a', 'b'], mode: '802.3ad', address: null }],
  ['without slaves', 'iface b\n bond-slaves none\n bond-mode 9\n', 'b', { slaves: [], mode: null, address: null }],
  ['over continued lines', 'iface b inet static\n bond_slaves a \\\n  b\n address 10.0.0.1\n', 'b', { slaves: ['a', 'b'], mode: null, address: '10.0.0.1' }],
  ['in two stanzas', 'iface b inet6 static\n address fe80::1/64\niface b inet static\n address 10.0.0.1/24\n bond-ports a b\n', 'b', { slaves: ['a', 'b'], mode: null, address: '10.0.0.1/24' }],
  ['that is not there', pve, 'bond', null],
];

for (const [what, text, bond, read] of stanzas) test(`a bond ${what} is read`, (t) => t.deepEqual(bondStanza(text, bond), read));

const anyConfig: fc.Arbitrary<BondConfig> = fc.record({
  mode: fc.constantFrom(...bondModes), xmitHashPolicy: fc.constantFrom('layer2', 'layer2+3', 'layer3+4'), miimonMs: fc.nat(255), lacpRate: fc.constantFrom('slow', 'fast'),
});

const optionLine = fc.constantFrom('bond-slaves eth1 eth2', 'bond-mode 802.3ad', 'bond_mode 1', 'bond-miimon 100', 'bond-lacp-rate fast', 'bond-primary eth1', 'bond-min-links 1', 'address 10.0.0.1/24',
  '# a comment', '', 'mtu 9000', 'bond-downdelay 200', 'up ip route add 10.9.0.0/16 via \\\n\t10.0.0.9', 'bond-arp-interval 10', 'bond-xmit-hash-policy layer2');
const headLine = fc.constantFrom('auto bond0', 'iface bond0 inet static', 'iface bond0 inet6 static', 'iface bond1 inet manual', 'iface vmbr0', 'allow-hotplug bond0', 'source /etc/network/interfaces.d/*');
const anyFile = fc.tuple(
  fc.array(fc.oneof(headLine, fc.tuple(fc.constantFrom('\t', '  ', ''), optionLine).map((parts) => parts.join('')))),
  fc.array(fc.tuple(fc.constantFrom('\t', '  '), optionLine).map((parts) => parts.join(''))),
  fc.constantFrom('\n', '\r\n'), fc.boolean(),
).map(([around, own, eol, last]) => [...around, 'iface bond0 inet static', ...own].join(eol) + (last ? eol : ''));

test('setting a bond twice is setting it once', (t) => {
  fc.assert(fc.property(anyFile, anyConfig, (text, bond) => {
    const once = withBond(text, 'bond0', bond);
    return withBond(once, 'bond0', bond) === once;
  }));
  t.pass();
});

test('what is set is read, and the slaves and the address stay', (t) => {
  fc.assert(fc.property(anyFile, anyConfig, (text, bond) => {
    t.deepEqual(bondStanza(withBond(text, 'bond0', bond), 'bond0'), { ...bondStanza(text, 'bond0')!, mode: bond.mode });
  }));
});

test('lines that are no option of a bond stay, in order, and what stands outside the stanza too', (t) => {
  const others = (text: string): readonly string[] => text.split(/\r?\n/).filter((line) => !/^\s*bond[-_]/.test(line) && line !== '');
  fc.assert(fc.property(anyFile, anyConfig, (text, bond) => t.deepEqual(others(withBond(text, 'bond0', bond)), others(text))));
  fc.assert(fc.property(anyFile, anyConfig, (text, bond) => {
    const otherBond = (file: string): ReturnType<typeof bondStanza> => bondStanza(file, 'bond1');
    t.deepEqual(otherBond(withBond(text, 'bond0', bond)), otherBond(text));
  }));
});

test('from any mode through any other the text ends the same', (t) => {
  fc.assert(fc.property(anyConfig, anyConfig, (first, second) => {
    const plain = pve.replace('\tbond-primary eth1\n', '');
    const direct = withBond(plain, 'bond0', second);
    const detour = withBond(withBond(plain, 'bond0', first), 'bond0', second);
    t.deepEqual(optionsIn(detour).toSorted(), optionsIn(direct).toSorted());
  }));
});

test('a file that ends behind backslashes does not join what is added to its last line', (t) => {
  for (const end of ['\\', '\\\n', ' \\\n  ', ' \\\n \\\n\\']) {
    const text = withBond(`iface bond0\n  bond-slaves eth1 eth2${end}`, 'bond0', { mode: 'balance-rr', xmitHashPolicy: 'layer2', miimonMs: 100 });
    t.is(text, 'iface bond0\n  bond-slaves eth1 eth2\n  bond-miimon 100\n  bond-mode balance-rr\n', JSON.stringify(end));
  }
});
