import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { recordLine } from '../../src/harness/record-text.ts';
import { beginVerification, gather, planDigest, writeVerification } from '../../src/harness/verification.ts';
import { Problem } from '../../src/model/problem.ts';
import { findScenarios } from '../../src/scenarios/index.ts';
import { recordOf, type Story } from '../analysis/timeline-builder.ts';

const folderOf = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'verification-'));
  t.teardown(async () => { await rm(folder, { recursive: true }); });
  await beginVerification(folder);
  return folder;
};

const about = { plan: planDigest(), kernel: '7.2', corosync: '3.1.9' };

const keep = async (folder: string, run: string, trial: string, story: Story): Promise<void> => {
  const path = join(folder, 'runs', run, 'trials', trial);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'events.ndjson'), recordOf({ revertS: 60, endS: 70, ...story }).map((event, at) => recordLine(event, at + 1)).join(''));
};

const [balanceXor] = findScenarios(['balance-xor']);
const dark: Story = { scenario: balanceXor!, trial: { about, number: 1 }, dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 60 }], predicted: { class: 'partial', darkPeers: ['pve3'] } };

test('the plan is written down before the first trial, and without one every claim is open or untested', async (t) => {
  const folder = await folderOf(t);
  t.true((JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')) as { readonly claims: readonly unknown[] }).claims.length > 40);
  t.deepEqual([...new Set((await writeVerification(folder)).verdicts.map(({ outcome }) => outcome))].sort(), ['inconclusive', 'untested']);
});

test('trials of all runs count, the last attempt of each, and the same trials give the same bytes', async (t) => {
  const folder = await folderOf(t);
  await keep(folder, 'a', '01-balance-xor', { ...dark, canaryPasses: () => true });
  await keep(folder, 'a', '01-balance-xor-again', { ...dark, trial: { ...dark.trial, attempt: 2 } });
  await keep(folder, 'b', '02-balance-xor', { ...dark, trial: { ...dark.trial, number: 2 } });
  const { verdicts, evidence } = await writeVerification(folder);
  t.deepEqual(evidence.map(({ run, result }) => [run, result.attempt, result.valid]), [['a', 2, true], ['b', 1, true]]);
  const c03 = verdicts.find(({ claim }) => claim.id === 'C03');
  t.like(c03, { outcome: 'upheld', trials: 2 });
  const texts = async (): Promise<readonly string[]> => Promise.all(['verdicts.json', 'verification.html', 'verification.md'].map(async (name) => readFile(join(folder, name), 'utf8')));
  const first = await texts();
  await writeVerification(folder);
  t.deepEqual(await texts(), first);
  t.true(first.every((text) => text.includes('3.1.9')));
});

test('trials of another plan do not count, and are told', async (t) => {
  const folder = await folderOf(t);
  await keep(folder, 'a', '01-balance-xor', { ...dark, trial: { about: { ...about, plan: 'SHA256:another' } } });
  const { evidence, ofOtherPlans } = await gather(folder);
  t.deepEqual([evidence.length, ofOtherPlans], [0, 1]);
  await writeVerification(folder);
  t.regex(await readFile(join(folder, 'verification.html'), 'utf8'), /Not counted: one trial of another plan/);
});

test('a trial of an earlier plan counts for the claims that were the same in it, and no others', async (t) => {
  const folder = await folderOf(t);
  const plan = await readFile(join(folder, 'plan.json'), 'utf8');
  // C03 was worded otherwise then; all else was the same.
  const changed = JSON.parse(plan) as { claims: { id: string; population: string }[] };
  changed.claims.find(({ id }) => id === 'C03')!.population = 'something else';
  const earlier = `${JSON.stringify(changed, null, 2)}\n`;
  await writeFile(join(folder, 'plan.json'), earlier);
  await keep(folder, 'a', '01-balance-xor', { ...dark, trial: { about: { ...about, plan: `SHA256:${createHash('sha256').update(earlier).digest('base64').replace(/=+$/, '')}` } } });
  await beginVerification(folder);
  t.is(await readFile(join(folder, 'plan.json'), 'utf8'), plan);
  const { evidence: [trial], ofOtherPlans } = await gather(folder);
  t.is(ofOtherPlans, 0);
  t.true(trial?.countsFor?.includes('C01') === true && !trial.countsFor.includes('C03'));
  const { verdicts } = await writeVerification(folder);
  t.is(verdicts.find(({ claim }) => claim.id === 'C03')?.trials, 0);
  t.true(verdicts.some(({ trials }) => trials === 1));
});

test('a folder that is no verification is a mistake of the user’s', async (t) => {
  await t.throwsAsync(gather('/nonexistent'), { instanceOf: Problem });
});

test('a trial that was interrupted is as if it had never been begun', async (t) => {
  const folder = await folderOf(t);
  await keep(folder, 'a', '01-balance-xor', { ...dark, also: [[5, 'harness', { type: 'trial-broken', step: 'observe', because: 'SIGINT', interrupted: true }]] });
  t.deepEqual((await gather(folder)).evidence, []);
});
