// Juniper Junos, against a scripted device: its outputs are synthetic, written by hand from the Junos OS CLI Reference (show lacp interfaces, show lacp
// statistics interfaces, show interfaces terse, show lldp neighbors, show system commit) and its chapter on the mapping of XML to JSON.

import test from 'ava';

import { juniperJunos } from '../../src/switches/juniper-junos.ts';
import { unknownBits } from '../../src/model/switch-facts.ts';
import { testDialect } from './conformance.ts';
import { serveScripted, type Entry, type ScriptedKind, type State } from './scripted.ts';

/** Junos has a list for each element, and `data` for its text. */
const xml = (element: unknown): unknown => {
  if (Array.isArray(element)) return element.map((each) => (typeof each === 'string' ? { data: each } : xml(each)));
  if (typeof element !== 'object' || element === null || 'data' in element) return element;
  return Object.fromEntries(Object.entries(element).map(([name, value]) => [name, xml(Array.isArray(value) ? value : [value])]));
};
/** As a member of a virtual chassis shows it, but for narrower indents: this is read a byte at a time, too. */
const shown = (element: unknown): string => `${JSON.stringify(xml(element), null, 1)}\n\n{master:0}`;

const healthy = { 'lacp-expired': 'No', 'lacp-defaulted': 'No', 'lacp-distributing': 'Yes', 'lacp-collecting': 'Yes', 'lacp-synchronization': 'Yes', 'lacp-aggregation': 'Yes', 'lacp-timeout': 'Fast', 'lacp-activity': 'Active' };
const gone = { ...healthy, 'lacp-expired': 'Yes', 'lacp-distributing': 'No', 'lacp-collecting': 'No' };
const port = (name: string, oper: string, aggregate?: string) => ({
  'name': name, 'admin-status': 'up', 'oper-status': oper,
  ...aggregate !== undefined && { 'logical-interface': { 'name': `${name}.0`, 'address-family': { 'address-family-name': 'aenet', 'ae-bundle-name': `${aggregate}.0` } } },
});

const kind: ScriptedKind = {
  prompt: ({ mode }) => `admin@sw1${mode === 'exec' ? '>' : '#'} `,
  noPaging: /^set cli screen-length 0$/,
  pager: { shows: '---(more)---', every: 5 },
  refuse: () => '              ^\nunknown command.',
  before: [
    { where: '', line: 'set system host-name sw1' },
    { where: '', line: 'set interfaces xe-0/0/1 ether-options 802.3ad ae11' },
    { where: '', line: 'set interfaces xe-0/0/2 ether-options 802.3ad ae11' },
    { where: '', line: 'set interfaces ae11 aggregated-ether-options lacp active' },
    { where: '', line: 'set interfaces ae11 aggregated-ether-options lacp periodic slow' },
    { where: '', line: 'set interfaces ae11 unit 0 family ethernet-switching vlan members 20' },
  ],
  shows: {
    'show version | display json': shown({ 'multi-routing-engine-results': { 'multi-routing-engine-item': {
      're-name': 'fpc0', 'software-information': { 'host-name': 'sw1', 'product-model': 'qfx5120-48y-8c', 'junos-version': '22.4R3.25' },
    } } }),
    'show chassis hardware | display json': shown({ 'chassis-inventory': { chassis: { 'name': 'Chassis', 'serial-number': 'SYN00000002' } } }),
    'show interfaces terse | display json': shown({ 'interface-information': { 'physical-interface': [
      port('xe-0/0/1', 'up', 'ae11'), port('xe-0/0/2', 'up', 'ae11'), port('xe-0/0/3', 'up', 'ae12'), port('xe-0/0/9', 'down'), port('ae11', 'up'), port('ae12', 'up'), port('ae13', 'down'),
    ] } }),
    'show lacp interfaces | display json': shown({ 'lacp-interface-information-list': { 'lacp-interface-information': {
      'lag-lacp-header': { 'aggregate-name': 'ae11' },
      'lag-lacp-state': [
        { 'name': 'xe-0/0/1', 'lacp-role': 'Actor', ...healthy }, { 'name': 'xe-0/0/1', 'lacp-role': 'Partner', ...healthy },
        { 'name': 'xe-0/0/2', 'lacp-role': 'Actor', ...gone }, { 'name': 'xe-0/0/2', 'lacp-role': 'Partner', ...healthy, 'lacp-timeout': 'Slow' },
      ],
      'lag-lacp-protocol': [
        { 'name': 'xe-0/0/1', 'lacp-receive-state': 'Current', 'lacp-transmit-state': 'Fast periodic', 'lacp-mux-state': 'Collecting distributing' },
        { 'name': 'xe-0/0/2', 'lacp-receive-state': 'Expired', 'lacp-transmit-state': 'Slow periodic', 'lacp-mux-state': 'Attached' },
      ],
    } } }),
    'show lacp statistics interfaces | display json': shown({ 'lacp-interface-statistics-list': { 'lacp-interface-statistics': {
      'lag-lacp-header': { 'aggregate-name': 'ae11' },
      'lag-lacp-statistics': [{ 'name': 'xe-0/0/1', 'lacp-rx-packets': '120', 'lacp-tx-packets': '118', 'unknown-rx-packets': '0', 'illegal-rx-packets': '0' }],
    } } }),
    'show lldp neighbors | display json': shown({ 'lldp-neighbors-information': { 'lldp-neighbor-information': [
      { 'lldp-local-port-id': 'xe-0/0/1', 'lldp-remote-chassis-id': '52:54:00:00:00:01', 'lldp-remote-port-id': 'eth1', 'lldp-remote-system-name': 'pve1' },
      { 'lldp-local-interface': 'xe-0/0/2.0', 'lldp-remote-chassis-id': '52:54:00:00:00:01', 'lldp-remote-port-description': 'eth2' },
    ] } }),
    'show ethernet-switching table | display json': shown({ 'l2ng-l2ald-rtb-macdb': { 'l2ng-l2ald-mac-entry-vlan': {
      'l2ng-mac-entry': { 'l2ng-l2-mac-vlan-name': 'cluster', 'l2ng-l2-mac-address': '52:54:00:00:00:01', 'l2ng-l2-mac-logical-interface': 'ae11.0' },
    } } }),
    'show interfaces detail | display json': shown({ 'interface-information': { 'physical-interface': [
      { 'name': 'xe-0/0/1', 'traffic-statistics': { 'input-bytes': '18446744073709551615', 'output-bytes': '2000' } }, { name: 'vtep' },
    ] } }),
    'show system uptime | display json': shown({ 'system-uptime-information': { 'current-time': { 'date-time': [{ data: '2026-11-30 10:00:00 CET', attributes: { 'junos:seconds': '1796029200' } }] } } }),
    'show configuration | display set': ({ running }) => ['## Last commit: {clock}', 'set version 22.4R3.25', ...running.map(({ line }) => line), '', '{master:0}'].join('\n'),
    'show system commit': (state) => `0   2026-11-30 10:00:00 CET by admin via cli${state.deadMan === null ? '' : ' commit confirmed, rollback in 1mins\n    rollback pending'}\n1   2026-11-29 10:00:00 CET by root via other\n\n{master:0}`,
    'show system uptime': 'Current time: 2026-11-30 10:00:30 CET\nTime Source:  NTP CLOCK \n\n{master:0}',
    'run show system commit | match "rollback pending" | count': ({ deadMan }) => `Count: ${deadMan === null ? 0 : 1} lines`,
  },
  act(line, state) {
    if (/^set cli (?:complete-on-space off|screen-width 1024)$/.test(line)) return 'Screen width set to 1024';
    if (line === 'configure exclusive') return state.mode === 'exec' ? say(state, 'warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n\n{master:0}[edit]', { mode: 'edit', candidate: state.running }) : null;
    const { candidate } = state;
    if (candidate === null) return null;
    const timer = /^commit confirmed (\d+)$/.exec(line);
    if (timer !== null) {
      state.saved.set('changed', candidate);
      return say(state, `commit confirmed will be automatically rolled back in ${timer[1]} minutes unless confirmed\ncommit complete\n\n[edit]`,
        { running: candidate, deadMan: { before: state.running, atS: state.nowS + Number(timer[1]) * 60 } });
    }
    if (line === 'commit') return say(state, 'commit complete\n\n[edit]', { running: candidate, deadMan: null });
    if (line === 'rollback 0') return say(state, 'load complete\n\n[edit]', { candidate: state.running });
    // The commit before the newest: after the device has rolled back by itself, that is the change.
    if (line === 'rollback 1') return say(state, 'load complete\n\n[edit]', { candidate: state.deadMan?.before ?? state.saved.get('changed') ?? state.running });
    if (line === 'exit configuration-mode') return say(state, 'Exiting configuration mode', { mode: 'exec', candidate: null });
    const [verb, , what] = /^(set|delete) (interfaces .+)$/.exec(line)?.slice(0, 3).map((word, at) => (at === 0 ? line.split(' ')[0] : word)) ?? [];
    if (what === undefined) return null;
    const setting = `set ${what}`;
    if (verb === 'delete') {
      const left = candidate.filter((entry) => entry.line !== setting && !entry.line.startsWith(`${setting} `));
      return say(state, left.length === candidate.length ? 'warning: statement not found' : '', { candidate: left });
    }
    const key = / (?:periodic|802\.3ad) \S+$/.test(setting) ? setting.slice(0, setting.lastIndexOf(' ') + 1) : null;
    return say(state, '', { candidate: [...candidate.filter((entry: Entry) => entry.line !== setting && (key === null || !entry.line.startsWith(key))), { where: '', line: setting }] });
  },
};

const say = (state: State, answer: string, change: Partial<State>): string => {
  Object.assign(state, change);
  return answer;
};

const bits = { ...unknownBits, activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false };
const silent = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: null };

testDialect(juniperJunos, {
  kind,
  facts: {
    identity: { vendor: 'Juniper', model: 'qfx5120-48y-8c', version: '22.4R3.25', serial: 'SYN00000002' },
    aggregates: [
      { name: 'ae11', mode: 'lacp', rate: 'fast', members: [
        { port: 'xe-0/0/1', actor: bits, partner: bits, receive: 'current', partnerSystem: null, lacpdus: { sent: 118, received: 120, illegal: 0 }, inUse: true },
        { port: 'xe-0/0/2', actor: { ...bits, collecting: false, distributing: false, expired: true }, partner: { ...bits, timeout: false }, receive: 'expired', partnerSystem: null, lacpdus: null, inUse: false },
      ] },
      { name: 'ae12', mode: 'static', rate: null, members: [{ port: 'xe-0/0/3', ...silent }] },
    ],
    neighbours: [
      { port: 'xe-0/0/1', system: 'pve1', chassis: '52:54:00:00:00:01', theirPort: 'eth1' },
      { port: 'xe-0/0/2', system: null, chassis: '52:54:00:00:00:01', theirPort: 'eth2' },
    ],
    learned: [{ mac: '52:54:00:00:00:01', port: 'ae11', vlan: null }],
    counters: [{ port: 'xe-0/0/1', unit: 'octets', received: 18446744073709551615n, sent: 2000n }],
    clock: { shown: '2026-11-30 10:00:00 CET', utc: '2026-11-30T09:00:00.000Z' },
    links: [
      ...['xe-0/0/1', 'xe-0/0/2', 'xe-0/0/3'].map((name) => ({ port: name, up: true })), { port: 'xe-0/0/9', up: false },
      { port: 'ae11', up: true }, { port: 'ae12', up: true }, { port: 'ae13', up: false },
    ],
  },
  groups: [{ name: 'pve1', ports: ['xe-0/0/1', 'xe-0/0/2'], aggregate: 'ae11', vlan: 20 }],
  lacpFast: [
    'set interfaces ae11 aggregated-ether-options lacp active', 'set interfaces ae11 aggregated-ether-options lacp periodic fast',
    'delete interfaces ae11 unit 0 family ethernet-switching vlan', 'set interfaces ae11 unit 0 family ethernet-switching vlan members 20',
    'delete interfaces xe-0/0/1 unit 0', 'set interfaces xe-0/0/1 ether-options 802.3ad ae11',
    'delete interfaces xe-0/0/2 unit 0', 'set interfaces xe-0/0/2 ether-options 802.3ad ae11',
  ],
  secret: [
    'set system root-authentication encrypted-password "hunter2"', 'set system login user admin authentication ssh-ed25519 "ssh-ed25519 hunter2 admin"',
    'set snmp community hunter2 authorization read-only', 'set system radius-server 192.0.2.1 secret "hunter2"', 'set protocols ospf area 0 interface ae0.0 authentication md5 1 key "hunter2"',
  ].join('\n'),
});

test('juniper-junos: once it has rolled back by itself, revert and keep do nothing', async (t) => {
  const { conversation, deadMan } = juniperJunos;
  await using device = await serveScripted(kind);
  const session = await device.session(conversation!);
  for (const command of deadMan!.arm(juniperJunos.form([{ name: 'pve1', ports: ['xe-0/0/1'] }], { kind: 'plain' }), 60)) t.is((await session.run(command, { timeoutMs: 60_000 })).exitCode, 0);
  device.pass(61);
  for (const command of [...deadMan!.revert!, ...deadMan!.keep]) t.is((await session.run(command, { timeoutMs: 60_000 })).exitCode, 1);
  t.deepEqual(device.state.running, kind.before);
  t.is(device.state.mode, 'exec');
});

test('juniper-junos: a release that says nothing of a pending rollback has its time looked at', (t) => {
  const pending = (now: string, first: string): boolean => juniperJunos.deadMan!.pending!.parse([`0   2026-11-30 10:00:00 CET by root via ${first}\n`, `Current time: 2026-11-30 ${now} CET\n`]);
  t.true(pending('10:00:59', 'cli commit confirmed, rollback in 1mins'));
  t.false(pending('10:01:00', 'cli commit confirmed, rollback in 1mins'));
  t.false(pending('10:00:59', 'other'));
});
