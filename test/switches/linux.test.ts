import { readFileSync } from 'node:fs';
import test from 'ava';
import { Problem } from '../../src/model/problem.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import { linux } from '../../src/switches/linux.ts';

const groups = [{ name: 'pve1', ports: ['swp1', 'swp2'] }, { name: 'pve2', ports: ['swp3', 'swp4'] }];

const captured = (name: string): string => readFileSync(new URL(`../captured/linux/ip-link/${name}.json`, import.meta.url), 'utf8');

const problemOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return 'no problem';
};

const before = [
  'link set dev br0 type bridge stp_state 0',
  'link set dev br0 type bridge forward_delay 0',
  'link set dev br0 up',
  ...['swp1', 'swp2', 'swp3', 'swp4'].flatMap((port) => [`link set dev ${port} down`, `link set dev ${port} nomaster`]),
];
const after = ['link set dev br0 type bridge fdb_flush', ''];
const bonds = (mode: string): readonly string[] => [
  `link add name po1 type bond mode ${mode} xmit_hash_policy layer2+3 miimon 100`,
  'link set dev swp1 master po1', 'link set dev swp1 up', 'link set dev swp2 master po1', 'link set dev swp2 up', 'link set dev po1 master br0', 'link set dev po1 up',
  `link add name po2 type bond mode ${mode} xmit_hash_policy layer2+3 miimon 100`,
  'link set dev swp3 master po2', 'link set dev swp3 up', 'link set dev swp4 master po2', 'link set dev swp4 up', 'link set dev po2 master br0', 'link set dev po2 up',
];

const forms: readonly (readonly [ports: PortsConfig, lines: readonly string[]])[] = [
  [{ kind: 'plain' }, ['swp1', 'swp2', 'swp3', 'swp4'].flatMap((port) => [`link set dev ${port} master br0`, `link set dev ${port} up`])],
  [{ kind: 'static' }, bonds('balance-xor')],
  [{ kind: 'lacp', rate: 'slow' }, bonds('802.3ad lacp_rate slow')],
  [{ kind: 'lacp', rate: 'fast' }, bonds('802.3ad lacp_rate fast')],
];

for (const [ports, lines] of forms) {
  test(`ports become ${Object.values(ports).join(' ')} in one command, whatever they were`, (t) => {
    const [command, ...others] = linux.configure(groups, ports);
    t.deepEqual(others, []);
    t.deepEqual(command?.stdin?.split('\n'), [...before, ...lines, ...after]);
    t.deepEqual(command?.argv.slice(0, 3), ['sh', '-eu', '-c']);
    t.deepEqual(command?.argv.slice(4), ['configure', 'po1', 'swp1', 'swp2', 'po2', 'swp3', 'swp4']);
  });
}

const alone = (po: string, port: string, bridge: string, rate: string): readonly string[] => [
  `link add name ${po} type bond mode 802.3ad lacp_rate ${rate} xmit_hash_policy layer2+3 miimon 100`, `link set dev ${port} master ${po}`, `link set dev ${port} up`, `link set dev ${po} master ${bridge}`, `link set dev ${po} up`,
];

test('as two switches each port has a bond of its own, on one of two bridges that are joined', (t) => {
  const [command, ...others] = linux.configure(groups, { kind: 'lacp', rate: 'slow', switches: 2 });
  t.deepEqual(others, []);
  t.deepEqual(command?.stdin?.split('\n'), [
    ...before,
    'link add name br0-second type bridge stp_state 0 forward_delay 0', 'link set dev br0-second up', 'link add name br0-to-second type veth peer name br0-to-first',
    'link set dev br0-to-second master br0', 'link set dev br0-to-second up', 'link set dev br0-to-first master br0-second', 'link set dev br0-to-first up',
    ...alone('po1-1', 'swp1', 'br0', 'slow'), ...alone('po1-2', 'swp2', 'br0-second', 'slow'), ...alone('po2-1', 'swp3', 'br0', 'slow'), ...alone('po2-2', 'swp4', 'br0-second', 'slow'),
    'link set dev br0 type bridge fdb_flush', 'link set dev br0-second type bridge fdb_flush', '',
  ]);
  t.deepEqual(command?.argv.slice(4), ['configure', 'po1', 'po1-1', 'po1-2', 'swp1', 'swp2', 'po2', 'po2-1', 'po2-2', 'swp3', 'swp4']);
});

test('the script is the same for all forms and names no port itself', (t) => {
  const scripts = new Set(forms.map(([ports]) => linux.configure(groups, ports)[0]?.argv[3]));
  t.is(scripts.size, 1);
  t.notRegex([...scripts].join(), /swp|po\d/);
});

const current: readonly (readonly [file: string, form: PortsConfig])[] = [
  ['plain', { kind: 'plain' }],
  ['static', { kind: 'static' }],
  ['lacp-slow', { kind: 'lacp', rate: 'slow' }],
  ['lacp-fast', { kind: 'lacp', rate: 'fast' }],
  ['port-down', { kind: 'lacp', rate: 'fast' }],
];

for (const [file, form] of current) {
  test(`a switch that shows ${file}.json has the form ${Object.values(form).join(' ')}`, (t) => t.deepEqual(linux.current(groups).parse(captured(file)), form));
}

test('a form that could not be brought back is a Problem', (t) => {
  t.is(problemOf(() => linux.current(groups).parse(captured('mixed'))), [
    'form of the switch ports of pve1 (swp1, swp2): in bondx and br0',
    '  right would be: all ports of the lab alike: in the bridge, or per node in a bond of mode balance-xor or 802.3ad in the bridge',
    '  what to do: give the ports one of these forms, which bondproof can bring back after its trials',
  ].join('\n'));
});

const link = (ifname: string, more: object = {}) => ({ ifname, flags: ['BROADCAST', 'UP', 'LOWER_UP'], ...more });
const bond = (ifname: string, mode: string, more: object = {}) => link(ifname, { master: 'br0', linkinfo: { info_kind: 'bond', info_data: { mode, ...more } } });
const slave = (ifname: string, master: string, data: object) => link(ifname, { master, linkinfo: { info_kind: 'veth', info_slave_kind: 'bond', info_slave_data: data } });
const shown = (...links: readonly object[]): string => JSON.stringify(links);

const aloneBond = (ifname: string, master: string, rate = 'fast'): object => link(ifname, { master, linkinfo: { info_kind: 'bond', info_data: { mode: '802.3ad', ad_lacp_rate: rate } } });
const apart = (...bridges: readonly string[]): readonly object[] => [1, 2, 3, 4].flatMap((at) => [aloneBond(`po${at}`, bridges[at - 1]!), slave(`swp${at}`, `po${at}`, {})]);

test('two switches on one machine are a form that is known, where each node has a port on both', (t) => {
  t.deepEqual(linux.current(groups).parse(shown(...apart('br0', 'br0-second', 'br0', 'br0-second'))), { kind: 'lacp', rate: 'fast', switches: 2 });
  for (const bridges of [['br0', 'br0', 'br0', 'br0'], ['br0-second', 'br0', 'br0', 'br0-second'], ['br0', 'br9', 'br0', 'br9']]) {
    t.regex(problemOf(() => linux.current(groups).parse(shown(...apart(...bridges)))), /^form of the switch ports of pve1 \(swp1, swp2\): in po1 and po2\n/);
  }
});

const strangeForms: readonly (readonly [what: string, text: string, found: string])[] = [
  ['ports in nothing', shown(link('swp1'), link('swp2'), link('swp3'), link('swp4')), 'pve1 (swp1, swp2): in nothing'],
  ['ports in another bridge', shown(...['swp1', 'swp2', 'swp3', 'swp4'].map((port) => link(port, { master: 'br1' })), link('br1', { linkinfo: { info_kind: 'bridge' } })), 'pve1 (swp1, swp2): in br1, which is no bond in br0'],
  ['a bond of another mode', shown(bond('po1', 'active-backup'), slave('swp1', 'po1', {}), slave('swp2', 'po1', {}), link('swp3'), link('swp4')), 'pve1 (swp1, swp2): in po1, a bond of mode active-backup'],
  ['groups of two forms', shown(bond('po1', 'balance-xor'), slave('swp1', 'po1', {}), slave('swp2', 'po1', {}), link('swp3', { master: 'br0' }), link('swp4', { master: 'br0' })), 'pve2 (swp3, swp4): plain, while those of pve1 are static'],
  ['groups of two rates', shown(...[1, 2].map((at) => bond(`po${at}`, '802.3ad', { ad_lacp_rate: at === 1 ? 'slow' : 'fast' })), ...[1, 2, 3, 4].map((at) => slave(`swp${at}`, at < 3 ? 'po1' : 'po2', {}))), 'pve2 (swp3, swp4): lacp fast, while those of pve1 are lacp slow'],
];

for (const [what, text, found] of strangeForms) {
  test(`${what} are not taken for a form that is known`, (t) => t.is(problemOf(() => linux.current(groups).parse(text)).split('\n')[0], `form of the switch ports of ${found}`));
}

for (const file of ['plain', 'static', 'lacp-slow', 'lacp-fast']) {
  test(`all ports of ${file}.json are up and in use`, (t) => {
    t.deepEqual(linux.health(groups).parse(captured(file)), ['swp1', 'swp2', 'swp3', 'swp4'].map((port) => ({ port, up: true, inUse: true })));
  });
}

test('a port that is down is neither up nor in use, and its neighbours are', (t) => {
  t.deepEqual(linux.health(groups).parse(captured('port-down')), ['swp1', 'swp2', 'swp3', 'swp4'].map((port) => ({ port, up: port !== 'swp1', inUse: port !== 'swp1' })));
});

const lacpStates: readonly (readonly [what: string, mii: string, actor: number, partner: number, inUse: boolean])[] = [
  ['both ends in use, rates fast', 'UP', 63, 63, true],
  ['both ends in use, rates slow', 'UP', 61, 61, true],
  ['no partner was ever heard', 'UP', 77, 0, false],
  ['the partner is expired', 'UP', 143, 55, false],
  ['the partner does not distribute', 'UP', 63, 31, false],
  ['the partner is out of sync', 'UP', 63, 55, false],
  ['the bond sees no carrier', 'DOWN', 63, 63, false],
];

for (const [what, mii_status, actor, partner, inUse] of lacpStates) {
  test(`LACP, ${what}: the port is ${inUse ? '' : 'not '}in use`, (t) => {
    const text = shown(slave('swp1', 'po1', { state: 'ACTIVE', mii_status, ad_actor_oper_port_state: actor, ad_partner_oper_port_state: partner }));
    t.deepEqual(linux.health([{ name: 'pve1', ports: ['swp1'] }]).parse(text), [{ port: 'swp1', up: true, inUse }]);
  });
}

test('a port without carrier is not up', (t) => {
  const text = shown({ ifname: 'swp1', flags: ['NO-CARRIER', 'BROADCAST', 'UP'], master: 'br0' });
  t.deepEqual(linux.health([{ name: 'pve1', ports: ['swp1'] }]).parse(text), [{ port: 'swp1', up: false, inUse: true }]);
});

test('a port that the switch does not have is a Problem that names those it has', (t) => {
  t.is(problemOf(() => linux.health([{ name: 'pve1', ports: ['swp9'] }]).parse(shown(link('lo'), link('swp1')))), 'port swp9 of the switch: it has no such port\n  right would be: one of lo, swp1');
});

const garbage: readonly (readonly [text: string, message: string])[] = [
  ['', 'ip -d -j addr show did not print JSON: '],
  ['Device "br0" does not exist.', 'ip -d -j addr show did not print JSON: Device "br0" does not exist.'],
  ['{"ifname":"lo"}', 'ip -d -j addr show did not print a list: {"ifname":"lo"}'],
  ['[{"ifname":"lo"}]', 'ip -d -j addr show printed a link without name or flags: {"ifname":"lo"}'],
  ['[null]', 'ip -d -j addr show printed a link without name or flags: null'],
];

for (const [text, message] of garbage) {
  test(`${JSON.stringify(text)} is not understood, and the error shows it`, (t) => {
    t.throws(() => linux.health(groups).parse(text), { message });
    t.throws(() => linux.current(groups).parse(text), { message });
  });
}

test('a port goes down and up by its own name', (t) => {
  t.deepEqual(linux.portDown('swp1'), { argv: ['ip', 'link', 'set', 'dev', 'swp1', 'down'] });
  t.deepEqual(linux.portUp('swp1'), { argv: ['ip', 'link', 'set', 'dev', 'swp1', 'up'] });
});

test('the version is the kernel release', (t) => {
  t.is(linux.version.parse('6.12.57+deb13-amd64\n'), 'Linux 6.12.57+deb13-amd64');
  t.throws(() => linux.version.parse('sh: uname: not found\n'), { message: 'uname -r said "sh: uname: not found\\n", not one word' });
});
