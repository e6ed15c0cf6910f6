import { readFile } from 'node:fs/promises';
import test from 'ava';
import { runJson, runSchema, runSchemaText } from '../../src/report/run-json.ts';
import { goldenRun } from './golden.ts';
import { node, runOf, smallRun, trialResult } from './small-run.ts';

test('run.json holds the whole result, and the schema takes it', (t) => {
  for (const run of [goldenRun, smallRun, runOf()]) {
    t.deepEqual(JSON.parse(runJson(run)), JSON.parse(JSON.stringify(run)));
    t.deepEqual(runSchema.parse(JSON.parse(runJson(run))), runSchema.parse(run));
  }
});

test('the same result gives the same text, however its records were put together', (t) => {
  const one = trialResult(1, 'm', { nodes: { pve1: node(), pve2: node() } });
  const { reason, ...rest } = trialResult(1, 'm', { nodes: { pve2: node(), pve1: node() } });
  const run = runOf(one);
  t.is(runJson({ ...runOf({ reason, ...rest }), about: { bondproof: '0.1.0', corosync: '3.1.9' } }), runJson(run));
  t.true(runJson(run).startsWith('{\n  "format": 1,\n  "run": "run-1",\n'));
  t.true(runJson(run).endsWith('}\n'));
});

test('a result that is none does not become a file', (t) => {
  t.throws(() => runJson(runOf(trialResult(1, 'm', { faultMs: Number.NaN }))));
});

test('the schema in reports/ is the one that the code writes', async (t) => {
  t.is(await readFile(new URL('../../reports/run.schema.json', import.meta.url), 'utf8'), runSchemaText());
});
