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
    'balance-xor, balance-xor, -, static, tx-silent, first, armed, none',
    'broadcast, broadcast, -, static, tx-silent, first, armed, unneeded',
    '802.3ad/slow-slow, 802.3ad, slow, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/fast-slow, 802.3ad, fast, lacp slow, tx-silent, first, armed, lacp',
    '802.3ad/slow-fast, 802.3ad, slow, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/fast-fast, 802.3ad, fast, lacp fast, tx-silent, first, armed, lacp',
    '802.3ad/slow-slow/rehearse, 802.3ad, slow, lacp slow, tx-silent, first, rehearse, lacp',
    '802.3ad/fast-fast/data-only, 802.3ad, fast, lacp fast, tx-data-silent, first, armed, none',
    '802.3ad/fast-fast/lacpdu-only, 802.3ad, fast, lacp fast, tx-lacpdu-silent, first, armed, lacp',
    '802.3ad/slow-slow/rx-silent, 802.3ad, slow, lacp slow, rx-silent, first, armed, lacp',
    '802.3ad/slow-fast/rx-silent, 802.3ad, slow, lacp fast, rx-silent, first, armed, lacp',
    '802.3ad/fast-slow/rx-silent, 802.3ad, fast, lacp slow, rx-silent, first, armed, lacp',
    '802.3ad/fast-fast/rx-silent, 802.3ad, fast, lacp fast, rx-silent, first, armed, lacp',
    '802.3ad/slow-slow/switch-tx-silent, 802.3ad, slow, lacp slow, switch-tx-silent, first, armed, lacp',
    '802.3ad/slow-fast/switch-tx-silent, 802.3ad, slow, lacp fast, switch-tx-silent, first, armed, lacp',
    '802.3ad/fast-slow/switch-tx-silent, 802.3ad, fast, lacp slow, switch-tx-silent, first, armed, lacp',
    '802.3ad/fast-fast/switch-tx-silent, 802.3ad, fast, lacp fast, switch-tx-silent, first, armed, lacp',
    'balance-tlb, balance-tlb, -, plain, tx-silent, first, armed, none',
    'balance-alb, balance-alb, -, plain, tx-silent, first, armed, none',
    'control/none, 802.3ad, fast, lacp fast, none, first, armed, unneeded',
    'control/carrier-down, 802.3ad, fast, lacp fast, carrier-down, first, armed, carrier',
  ]);
});

test('every mode of the kernel has a scenario, and names begin with the mode or with control', (t) => {
  t.deepEqual([...new Set(scenarios.map(({ bond }) => bond.mode))].toSorted(), bondModes.toSorted());
  for (const { name, bond } of scenarios) t.true(name === bond.mode || name.startsWith(`${bond.mode}/`) || name.startsWith('control/'), name);
});

test('all bonds are otherwise as PVE makes them', (t) => {
  for (const { bond, name } of scenarios) t.like(bond, { miimonMs: 100, xmitHashPolicy: 'layer2' }, name);
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

test('the campaign of modes runs every scenario once, but for those of other faults on a slave', (t) => {
  const wanted = scenarios.filter(({ fault }) => ['tx-silent', 'none', 'carrier-down'].includes(fault)).map(({ name }) => name);
  t.deepEqual(campaigns.modes.toSorted(), wanted.toSorted());
});

const names = (asked: readonly string[]): readonly string[] => findScenarios(asked).map(({ name }) => name);

test('a scenario is found by its whole name, even where that begins another', (t) => t.deepEqual(names(['802.3ad/slow-slow']), ['802.3ad/slow-slow']));

test('what several names begin with finds them all', (t) => {
  t.deepEqual(names(['control']), ['control/none', 'control/carrier-down']);
  t.deepEqual(names(['802.3ad']), scenarios.map(({ name }) => name).filter((name) => name.startsWith('802.3ad/')));
  t.is(names(['802.3ad']).length, 15);
});

test('scenarios come in the order asked for, each once', (t) =>
  t.deepEqual(names(['control/none', 'balance-rr', 'control']), ['control/none', 'balance-rr', 'control/carrier-down']));

test('part of a word finds nothing, and the Problem says what there is', (t) => {
  t.throws(() => findScenarios(['balance-rr', 'balance']), {
    name: 'Problem',
    message: [
      'scenario "balance": there is none of this name',
      '  right would be: one of balance-rr, active-backup/active, active-backup/backup, balance-xor, broadcast, 802.3ad/slow-slow, 802.3ad/fast-slow, 802.3ad/slow-fast, '
      + '802.3ad/fast-fast, 802.3ad/slow-slow/rehearse, 802.3ad/fast-fast/data-only, 802.3ad/fast-fast/lacpdu-only, '
      + '802.3ad/slow-slow/rx-silent, 802.3ad/slow-fast/rx-silent, 802.3ad/fast-slow/rx-silent, 802.3ad/fast-fast/rx-silent, '
      + '802.3ad/slow-slow/switch-tx-silent, 802.3ad/slow-fast/switch-tx-silent, 802.3ad/fast-slow/switch-tx-silent, 802.3ad/fast-fast/switch-tx-silent, '
      + 'balance-tlb, balance-alb, control/none, control/carrier-down, or what several of them begin with, like 802.3ad',
    ].join('\n'),
  });
  t.throws(() => findScenarios(['']), { name: 'Problem' });
});
