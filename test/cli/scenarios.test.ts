import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { chooseScenarios } from '../../src/cli/scenarios.ts';
import { loadLab } from '../../src/labs/lab-file.ts';

const lab = loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] });

const withFiles = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<(name: string) => string> => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Promise.resolve((name) => join(folder, name));
};

const text = (name: string, more = ''): string => `name: ${name}\nsummary: Mine.\nbond: {mode: balance-xor}\nfault: tx-silent\n${more}`;

test('names and files may stand side by side; a file’s lab is the run’s', async (t) => {
  const path = await withFiles(t, { 'a.yaml': text('balance-xor/a', 'lab: {nodes: 4}\n'), 'b': text('balance-xor/b') });
  const { scenarios, lab: { nodes } } = await chooseScenarios(['broadcast', path('a.yaml'), path('b'), 'control'], lab);
  t.deepEqual([scenarios.map(({ name }) => name), nodes.length], [['broadcast', 'balance-xor/a', 'balance-xor/b', 'control/none', 'control/carrier-down'], 4]);
});

test('a scenario of ours is ours, whatever files there are', async (t) => {
  const { scenarios, lab: same } = await chooseScenarios(['802.3ad', '802.3ad/slow-slow'], lab);
  t.deepEqual([scenarios.length, same], [15, lab]);
});

test('what fits nothing, is missing, is there twice, or wants two labs, is a Problem', async (t) => {
  const path = await withFiles(t, { 'a.yaml': text('balance-xor/a', 'lab: {nodes: 4}\n'), 'b.yaml': text('balance-xor/b', 'lab: {nodes: 5}\n'), 'c.yaml': text('balance-xor') });
  const why = async (...names: readonly string[]): Promise<string> => (await t.throwsAsync(chooseScenarios(names, lab), { name: 'Problem' })).message;
  t.regex(await why('balance'), /^scenario "balance": there is none of this name/);
  t.regex(await why(path('none.yaml')), /^read the scenario file .*none\.yaml: there is no such file/);
  t.regex(await why('balance-xor', path('c.yaml')), /two scenarios are named balance-xor/);
  t.regex(await why(path('a.yaml'), path('b.yaml')), /they want different labs/);
});
