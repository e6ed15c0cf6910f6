import { readdirSync } from 'node:fs';
import test from 'ava';
import { findFault } from '../../src/faults/index.ts';
import { bondModes, type PortsConfig } from '../../src/model/scenario.ts';
import { campaigns, findScenarios, scenarios } from '../../src/scenarios/index.ts';

const short = ({ kind, ...more }: PortsConfig): string => [kind, ...Object.values(more)].join(' ');

test('the scenarios are these', (t) => {
  t.deepEqual(scenarios.map((s) => [s.name, s.bond.mode, s.bond.lacpRate ?? '-', short(s.ports), s.fault, s.target, s.ha, s.detector].join(', ')), [
    'balance-rr, balance-rr, -, static, tx-silent, first, armed, none',
    'active-backup/active, active-backup, -, plain, tx-silent, active, armed, none',
    'active-backup/backup, active-backup, -, plain, tx-silent, backup, armed, unneeded',
    'active-backup/active/arp, active-backup, -, plain, tx-silent, active, armed, none',
    'active-backup/active/arp-validate, active-backup, -, plain, tx-silent, active, armed, arp',
    'active-backup/active/arp-validate-peers, active-backup, -, plain, tx-silent, active, armed, none',
    'balance-xor, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/arp-validate, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/layer2+3, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/layer3+4, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/vlan+srcmac, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/vlan+srcmac/on-vlan, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/encap3+4, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/permanent-neighbours, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/idle, balance-xor, -, static, tx-silent, first, idle, none',
    'balance-xor/none, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/isolated, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/last-node, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/on-bridge, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/second-link-own-nic-first, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/5-nodes, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/2-nodes-qdevice, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/2-nodes-qdevice/last-node, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/2-nodes-qdevice/unreached, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/layer2+3/ipv6, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/layer3+4/ipv6, balance-xor, -, static, tx-silent, first, armed, none',
    'balance-xor/encap3+4/ipv6, balance-xor, -, static, tx-silent, first, armed, none',
    'broadcast, broadcast, -, static, tx-silent, first, armed, unneeded',
    '802.3ad/slow-slow, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-slow, 802.3ad, fast, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-fast, 802.3ad, slow, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/rehearse, 802.3ad, slow, lacp slow, tx-silent, first, rehearse, lacp',
    '802.3ad/slow-slow/idle, 802.3ad, slow, lacp slow, tx-silent, first, idle, lacp',
    '802.3ad/fast-fast/coupled-off, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/min-links, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/coefficient-650, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/8-nodes, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/8-nodes/coefficient-650, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-own-nic, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-same-bond, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-own-nic-first, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-own-nic/active, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-own-nic/rr, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-same-bond/active, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/second-link-same-bond/rr, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/on-bridge, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/on-vlan, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/ipv6, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/two-switches, 802.3ad, slow, lacp slow 2, tx-silent, active, armed, lacp',
    '802.3ad/fast-fast/two-switches, 802.3ad, fast, lacp fast 2, tx-silent, active, armed, lacp',
    '802.3ad/slow-slow/2-nodes-qdevice, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/2-nodes-qdevice, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/two-victims, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/two-victims/opposite, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/two-victims/isolated, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/two-victims, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/two-victims/opposite, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/two-victims/isolated, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/data-only, 802.3ad, fast, lacp fast, tx-data-silent, first, armed, none',
    '802.3ad/fast-fast/lacpdu-only, 802.3ad, fast, lacp fast, tx-lacpdu-silent, first, armed, lacp',
    '802.3ad/fast-fast/switch-rate-slow, 802.3ad, fast, lacp fast, switch-rate-slow, first, armed, unneeded',
    '802.3ad/slow-slow/rx-silent, 802.3ad, slow, lacp slow, rx-silent, first, armed, lacp',
    '802.3ad/slow-fast/rx-silent, 802.3ad, slow, lacp fast, rx-silent, first, armed, lacp',
    '802.3ad/fast-slow/rx-silent, 802.3ad, fast, lacp slow, rx-silent, first, armed, lacp',
    '802.3ad/fast-fast/rx-silent, 802.3ad, fast, lacp fast, rx-silent, first, armed, lacp',
    '802.3ad/slow-slow/switch-tx-silent, 802.3ad, slow, lacp slow, switch-tx-silent, first, armed, lacp',
    '802.3ad/slow-fast/switch-tx-silent, 802.3ad, slow, lacp fast, switch-tx-silent, first, armed, lacp',
    '802.3ad/fast-slow/switch-tx-silent, 802.3ad, fast, lacp slow, switch-tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/switch-tx-silent, 802.3ad, fast, lacp fast, switch-tx-silent, first, armed, lacp',
    'balance-tlb, balance-tlb, -, plain, tx-silent, first, armed, none',
    'balance-tlb/static, balance-tlb, -, plain, tx-silent, first, armed, none',
    'balance-alb, balance-alb, -, plain, tx-silent, first, armed, none',
    'control/none, 802.3ad, fast, lacp fast, none, first, armed, unneeded',
    'control/carrier-down, 802.3ad, fast, lacp fast, carrier-down, first, armed, carrier',
  ]);
});

test('every mode of the kernel has a scenario, and names begin with the mode or with control', (t) => {
  t.deepEqual([...new Set(scenarios.map(({ bond }) => bond.mode))].toSorted(), bondModes.toSorted());
  for (const { name, bond } of scenarios) t.true(name === bond.mode || name.startsWith(`${bond.mode}/`) || name.startsWith('control/'), name);
});

const ofModes = scenarios.filter(({ name }) => campaigns.modes.includes(name));

test('all bonds of the campaign are otherwise as PVE makes them', (t) => {
  for (const { bond, name } of ofModes) t.deepEqual(bond, { mode: bond.mode, ...bond.lacpRate && { lacpRate: bond.lacpRate }, miimonMs: 100, xmitHashPolicy: 'layer2' }, name);
});

test('what else bonds are told stands in their names', (t) => {
  const told = scenarios.map(({ name, bond: { xmitHashPolicy, miimonMs, options } }) => [name, { xmitHashPolicy, miimonMs, ...options && { options } }] as const)
    .filter(([, bond]) => JSON.stringify(bond) !== '{"xmitHashPolicy":"layer2","miimonMs":100}');
  const arp = (targets: string, validate: string): object => ({ xmitHashPolicy: 'layer2', miimonMs: 0, options: { arpMonitor: { intervalMs: 100, targets, validate } } });
  const options = (more: object): object => ({ xmitHashPolicy: 'layer2', miimonMs: 100, options: more });
  t.deepEqual(Object.fromEntries(told), {
    'active-backup/active/arp': arp('switch', 'none'), 'active-backup/active/arp-validate': arp('switch', 'active'), 'active-backup/active/arp-validate-peers': arp('peers', 'active'),
    'balance-xor/arp-validate': arp('peers', 'active'),
    'balance-xor/layer2+3': { xmitHashPolicy: 'layer2+3', miimonMs: 100 }, 'balance-xor/layer3+4': { xmitHashPolicy: 'layer3+4', miimonMs: 100 },
    'balance-xor/vlan+srcmac': { xmitHashPolicy: 'vlan+srcmac', miimonMs: 100 }, 'balance-xor/vlan+srcmac/on-vlan': { xmitHashPolicy: 'vlan+srcmac', miimonMs: 100 }, 'balance-xor/encap3+4': { xmitHashPolicy: 'encap3+4', miimonMs: 100 },
    ...Object.fromEntries(['layer2+3', 'layer3+4', 'encap3+4'].map((xmitHashPolicy) => [`balance-xor/${xmitHashPolicy}/ipv6`, { xmitHashPolicy, miimonMs: 100 }])),
    '802.3ad/fast-fast/coupled-off': options({ coupledControl: 'off' }), '802.3ad/slow-slow/min-links': options({ minLinks: 2 }), 'balance-tlb/static': options({ tlbDynamicLb: 0 }),
  });
});

test('the labs that scenarios are for are these', (t) => {
  t.deepEqual(Object.fromEntries(scenarios.flatMap(({ name, lab }) => (lab === undefined ? [] : [[name, lab] as const]))), {
    'balance-xor/none': { class: 'none' }, 'balance-xor/isolated': { class: 'isolated' }, 'balance-xor/last-node': { nodes: 3, victim: 'pve3' }, 'balance-xor/5-nodes': { nodes: 5, class: 'partial' },
    '802.3ad/fast-fast/coefficient-650': { nodes: 3, tokenCoefficientMs: 650 }, '802.3ad/fast-fast/8-nodes': { nodes: 8 }, '802.3ad/fast-fast/8-nodes/coefficient-650': { nodes: 8, tokenCoefficientMs: 650 },
    '802.3ad/slow-slow/second-link-own-nic': { secondLink: 'own-nic' }, '802.3ad/slow-slow/second-link-same-bond': { secondLink: 'same-bond' }, '802.3ad/slow-slow/second-link-own-nic-first': { secondLink: 'own-nic-first' },
    ...Object.fromEntries((['own-nic', 'same-bond'] as const).flatMap((secondLink) => (['active', 'rr'] as const).map((linkMode) => [`802.3ad/slow-slow/second-link-${secondLink}/${linkMode}`, { secondLink, linkMode }]))),
    'balance-xor/second-link-own-nic-first': { secondLink: 'own-nic-first' },
    '802.3ad/fast-fast/on-bridge': { addressOn: 'bridge' }, '802.3ad/fast-fast/on-vlan': { addressOn: 'vlan' }, 'balance-xor/on-bridge': { addressOn: 'bridge' }, 'balance-xor/vlan+srcmac/on-vlan': { addressOn: 'vlan' },
    ...Object.fromEntries(['802.3ad/fast-fast', 'balance-xor/layer2+3', 'balance-xor/layer3+4', 'balance-xor/encap3+4'].map((name) => [`${name}/ipv6`, { ipVersion: 'ipv6' }])),
    ...Object.fromEntries(['balance-xor', '802.3ad/slow-slow', '802.3ad/fast-fast'].map((name) => [`${name}/2-nodes-qdevice`, { nodes: 2, class: 'isolated', victim: 'pve1', qdevice: 'reached' }])),
    'balance-xor/2-nodes-qdevice/last-node': { nodes: 2, class: 'isolated', victim: 'pve2', qdevice: 'reached' }, 'balance-xor/2-nodes-qdevice/unreached': { nodes: 2, class: 'isolated', victim: 'pve1', qdevice: 'unreached' },
    '802.3ad/slow-slow/two-victims/isolated': { class: 'isolated' }, '802.3ad/fast-fast/two-victims/isolated': { class: 'isolated' },
  });
  t.true(ofModes.every(({ lab }) => lab === undefined));
});

test('a scenario with IPv6 is another one with that alone', (t) => {
  for (const scenario of scenarios.filter(({ lab }) => lab?.ipVersion !== undefined)) {
    const { name, summary } = scenario;
    const of = scenarios.find((each) => each.name === name.replace(/\/ipv6$/, ''))!;
    t.deepEqual(scenario, { ...of, name, summary, lab: { ...of.lab, ipVersion: 'ipv6' } });
  }
});

test('two victims are the first and the one after it', (t) => {
  t.deepEqual(scenarios.flatMap(({ name, also }) => (also === undefined ? [] : [[name, also.placesAfter, also.target].join(' ')])), ['slow-slow', 'fast-fast'].flatMap((rates) =>
    [`802.3ad/${rates}/two-victims 1 first`, `802.3ad/${rates}/two-victims/opposite 1 second`, `802.3ad/${rates}/two-victims/isolated 1 first`]));
});

test('every scenario has a name and a summary of its own, and a fault that exists', (t) => {
  t.is(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  t.is(new Set(scenarios.map(({ summary }) => summary)).size, scenarios.length);
  for (const { fault } of scenarios) t.is(findFault(fault).name, fault);
});

test('every file of scenarios is in the index', (t) => {
  const folder = new URL('../../src/scenarios/', import.meta.url);
  const files = readdirSync(folder).map((name) => name.replace(/\.ts$/, '')).filter((name) => name !== 'index' && name !== 'scenario');
  const covers = (file: string): boolean => scenarios.some(({ name }) => name.startsWith(file === 'lacp' ? '802.3ad' : file));
  t.deepEqual(files.filter((file) => !covers(file)), []);
});

test('the campaign of modes runs every mode, with each pair of LACP rates and the controls, each once', (t) => {
  t.deepEqual(campaigns.modes.toSorted(), [
    '802.3ad/fast-fast', '802.3ad/fast-slow', '802.3ad/slow-fast', '802.3ad/slow-slow', '802.3ad/slow-slow/rehearse', 'active-backup/active', 'active-backup/backup',
    'balance-alb', 'balance-rr', 'balance-tlb', 'balance-xor', 'broadcast', 'control/carrier-down', 'control/none',
  ]);
});

const names = (asked: readonly string[]): readonly string[] => findScenarios(asked).map(({ name }) => name);

test('a scenario is found by its whole name, even where that begins another', (t) => t.deepEqual(names(['802.3ad/slow-slow']), ['802.3ad/slow-slow']));

test('what several names begin with finds them all', (t) => {
  t.deepEqual(names(['control']), ['control/none', 'control/carrier-down']);
  t.deepEqual(names(['802.3ad']), scenarios.map(({ name }) => name).filter((name) => name.startsWith('802.3ad/')));
  t.is(names(['802.3ad']).length, 42);
});

test('scenarios come in the order asked for, each once', (t) =>
  t.deepEqual(names(['control/none', 'balance-rr', 'control']), ['control/none', 'balance-rr', 'control/carrier-down']));

test('part of a word finds nothing, and the Problem says what there is', (t) => {
  t.throws(() => findScenarios(['balance-rr', 'balance']), {
    name: 'Problem',
    message: [
      'scenario "balance": there is none of this name',
      `  right would be: one of ${scenarios.map(({ name }) => name).join(', ')}, or what several of them begin with, like 802.3ad`,
    ].join('\n'),
  });
  t.throws(() => findScenarios(['']), { name: 'Problem' });
});
