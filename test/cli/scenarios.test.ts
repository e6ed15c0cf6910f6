import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { chooseScenarios } from '../../src/cli/scenarios.ts';
import { isPossible } from '../../src/cli/verify.ts';
import { loadLab } from '../../src/labs/lab-file.ts';

const lab = loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] });

const withFiles = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<(name: string) => string> => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Promise.resolve((name) => join(folder, name));
};

const text = (name: string, more = ''): string => `name: ${name}\nsummary: Mine.\nbond: {mode: balance-xor}\nfault: tx-silent\n${more}`;

const nothing = (): void => undefined;

test('names and files may stand side by side, each for a lab of its own', async (t) => {
  const path = await withFiles(t, { 'a.yaml': text('balance-xor/a', 'lab: {nodes: 4}\n'), 'b': text('balance-xor/b') });
  const scenarios = await chooseScenarios(['broadcast', path('a.yaml'), path('b'), 'control'], lab, nothing);
  t.deepEqual(scenarios.map(({ name, lab: shape }) => [name, shape]), [['broadcast', undefined], ['balance-xor/a', { nodes: 4 }], ['balance-xor/b', undefined], ['control/none', undefined], ['control/carrier-down', undefined]]);
});

test('a scenario of ours is ours, whatever files there are', async (t) => {
  const scenarios = await chooseScenarios(['802.3ad', '802.3ad/slow-slow'], lab, nothing);
  t.is(scenarios.filter(({ name }) => name === '802.3ad/slow-slow').length, 1);
});

test('what a lab’s switch cannot have is not wanted of it', (t) => {
  const by = (engine: string) => loadLab(`{name: x, world: virtual, switch: ${engine}}`, { file: 'x', home: '/', dialects: [] });
  t.deepEqual(['linux', 'openvswitch', 'teamd'].map((engine) => isPossible(by(engine), '802.3ad/fast-fast/switch-rate-slow')), [true, true, false]);
  t.true(isPossible(by('teamd'), '802.3ad/fast-fast'));
});

test('nobody is asked by ARP for an address of IPv6', async (t) => {
  const ofIpv6 = loadLab('{name: x, world: timewarp, ipVersion: ipv6}', { file: 'x', home: '/', dialects: [] });
  for (const name of ['active-backup/active/arp-validate', 'balance-xor/arp-validate']) {
    await t.throwsAsync(chooseScenarios([name], ofIpv6, nothing), {
      name: 'Problem', message: `run ${name} on lab x: its bonds are to ask by ARP, and its addresses are of IPv6\n  right would be: IPv4 addresses, or a scenario without an ARP monitor`,
    });
    t.deepEqual([isPossible(ofIpv6, name), isPossible(lab, name)], [false, true]);
  }
  const path = await withFiles(t, { 'a.yaml': text('balance-xor/a', 'lab: {ipVersion: ipv4}\n') });
  t.is((await chooseScenarios([path('a.yaml'), '802.3ad/fast-fast/ipv6'], ofIpv6, nothing)).length, 2);
});

test('a switch that bonds are to ask must have an address', async (t) => {
  const asked = async (one: typeof lab): Promise<unknown> => chooseScenarios(['active-backup/active/arp-validate'], one, nothing);
  await t.notThrowsAsync(asked(lab));
  const { name, dialect, login } = lab.switch;
  await t.throwsAsync(asked({ ...lab, switch: { name, dialect, login } }), { name: 'Problem', message: /^run active-backup\/active\/arp-validate on lab x: its bonds are to ask sw1 by ARP, and nobody knows its address\n/ });
});

test('what fits nothing, is missing, is there twice, or wants a lab that cannot be, is a Problem', async (t) => {
  const path = await withFiles(t, { 'a.yaml': text('balance-xor/a', 'lab: {nodes: 4}\n'), 'b.yaml': text('balance-xor/b', 'lab: {nodes: 9}\n'), 'c.yaml': text('balance-xor') });
  const why = async (...names: readonly string[]): Promise<string> => (await t.throwsAsync(chooseScenarios(names, lab, nothing), { name: 'Problem' })).message;
  t.regex(await why('balance'), /^scenario "balance": there is none of this name/);
  t.regex(await why(path('none.yaml')), /^read the scenario file .*none\.yaml: there is no such file/);
  t.regex(await why('balance-xor', path('c.yaml')), /two scenarios are named balance-xor/);
  t.regex(await why(path('a.yaml'), path('b.yaml')), /^lab x with 9 nodes for scenario balance-xor\/b: the virtual world takes up to 8/);
});

test('of a passive switch scenarios for its ports are taken, and faults that only nodes make', async (t) => {
  const fast = { ...lab, switch: { ...lab.switch, dialect: 'passive', ports: { kind: 'lacp', rate: 'fast' } as const } };
  const said: string[] = [];
  const scenarios = await chooseScenarios(['802.3ad', 'balance-xor'], fast, (sentence) => said.push(sentence));
  t.true(scenarios.length > 0 && scenarios.every(({ ports, fault }) => ports.kind === 'lacp' && ports.rate === 'fast' && fault !== 'switch-tx-silent'));
  t.true(said.some((sentence) => /the ports of sw1, which is passive, are not static: balance-xor/.test(sentence)));
  t.true(said.some((sentence) => /cannot have the fault switch-tx-silent: .*802.3ad\/fast-fast\/switch-tx-silent/.test(sentence)));
});

test('what the switch cannot have is left out and named; where nothing is left, that is a Problem', async (t) => {
  const without = { ...lab, switch: { ...lab.switch, dialect: 'openvswitch' } };
  const said: string[] = [];
  const scenarios = await chooseScenarios(['broadcast', 'control'], without, (sentence) => said.push(sentence));
  t.true(scenarios.length > 0 && scenarios.every(({ name }) => name.startsWith('control/')));
  t.deepEqual(said, ['left out, for a switch of dialect openvswitch has no ports of form static: broadcast']);
  await t.throwsAsync(chooseScenarios(['broadcast'], without, nothing), { name: 'Problem', message: /no ports of form static/ });
});
