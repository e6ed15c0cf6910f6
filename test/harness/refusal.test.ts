import test from 'ava';

import { requireRecord, TrialBroken, waitFor, type Bench } from '../../src/harness/bench.ts';
import { prepareInjection } from '../../src/harness/injection.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { TrialRecord } from '../../src/harness/record.ts';
import { asProblem, faultWords, firstError } from '../../src/harness/refusal.ts';
import type { Change, Command } from '../../src/model/command.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { diskError, failAt, simulatedDisk, type BeforeEffect } from './crashing-disk.ts';
import { paperHold } from './paper-hold.ts';
import { paperLab } from './paper-lab.ts';
import { sleepingClock } from './sleeping-clock.ts';

/** A bench whose devices do what they are told, and say what that was. */
const paperBench = async (before: { readonly record?: BeforeEffect; readonly journal?: BeforeEffect; readonly disarmed?: string }): Promise<{ readonly bench: Bench; readonly done: readonly string[] }> => {
  const done: string[] = [];
  const clock = sleepingClock();
  const record = await TrialRecord.create(simulatedDisk({ folders: ['/run'], ...before.record && { before: before.record } }), '/run/events.ndjson', clock);
  const devices = {
    session: async (device: string) => Promise.resolve(paperHold(device, (what) => { done.push(what); })),
    fence: async () => Promise.resolve((command: Command) => command),
    insist: async ({ command }: { readonly command: { readonly argv: readonly string[] } }) => {
      done.push(command.argv.find((word) => word.startsWith('bondproof-')) ?? command.argv.join(' '));
      return Promise.resolve({ exitCode: 0, stdout: before.disarmed ?? '', stderr: '', elapsedMs: 1 });
    },
  };
  const journal = undoJournal(simulatedDisk({ ...before.journal && { before: before.journal } }), '/undo');
  const bench = { run: 'r', lab: paperLab, record, devices, journal, open: { clock }, signal: new AbortController().signal } as unknown as Bench;
  return { bench, done };
};

const change: Change = { stage: [], apply: [{ device: 'pve1', command: { argv: ['fault'] } }], revert: [{ device: 'pve1', command: { argv: ['undo'] } }], traces: [] };
const plan = { token: 'a', what: 'x', capMs: 1000, injector: null };

test('a trial whose record has a hole stops waiting', async (t) => {
  const { bench } = await paperBench({ record: failAt(2, 'ENOSPC', { lasting: true }) });
  requireRecord(bench);
  bench.record.note({ type: 'fault-staged' });
  await t.throwsAsync(waitFor(bench, 'a miracle', { everyMs: 1, timeoutMs: 1e9 }, () => 'none'), { instanceOf: TrialBroken, message: /record cannot be written: ENOSPC/ });
});

test('a fault is reverted where its record cannot be written', async (t) => {
  const { bench, done } = await paperBench({ record: failAt(2, 'EIO', { lasting: true }) });
  const injection = await prepareInjection(bench, change, plan);
  t.is(faultWords(bench.record.events), 'the fault may still be there: `bondproof recover` takes it away');
  await injection.apply();
  await injection.revert();
  t.deepEqual(done, ['bondproof-hold', 'fault', 'undo', 'bondproof-disarm']);
  t.is(faultWords(bench.record.events), 'the fault was reverted');
});

test('a device that undid the fault by itself makes the trial void', async (t) => {
  const { bench } = await paperBench({ disarmed: 'fired 12.00 12.05\n' });
  const injection = await prepareInjection(bench, change, plan);
  await injection.apply();
  await injection.revert();
  t.like(bench.record.events.find(({ type }) => type === 'trial-broken'), { step: 'revert', because: 'pve1 had undone the fault by itself: it did not hear from us in time' });
});

test('nothing is sent to a device whose undo could not be written down', async (t) => {
  for (let nth = 0; nth < 8; nth += 1) {
    const { bench, done } = await paperBench({ journal: failAt(nth, 'ENOSPC') });
    await t.throwsAsync(prepareInjection(bench, change, plan), { code: 'ENOSPC' });
    t.deepEqual(done, []);
    t.is(faultWords(bench.record.events), 'no fault was made');
  }
});

test('an undo that was carried out and could not be closed is not carried out again, but closed', async (t) => {
  for (const nth of [8, 9]) {
    const { bench, done } = await paperBench({ journal: failAt(nth, 'EROFS') });
    const injection = await prepareInjection(bench, change, plan);
    await injection.apply();
    await t.throwsAsync(injection.revert(), { code: 'EROFS' });
    t.is(faultWords(bench.record.events), 'the fault was reverted');
    await injection.revert();
    t.deepEqual(done, ['bondproof-hold', 'fault', 'undo', 'bondproof-disarm']);
    t.deepEqual((await bench.journal.read()).entries, []);
  }
});

test('what a disk refuses is a Problem of resources, anything else stays what it is', (t) => {
  const problem = asProblem(diskError('EROFS', { kind: 'create', path: '/a' }), 'keep trial x', 'the fault was reverted');
  t.true(problem instanceof Problem && problem.parts.exitCode === exitCodes.resources);
  t.regex((problem as Problem).message, /^keep trial x: EROFS: create '\/a'; the fault was reverted\n/);
  const other = new Error('other');
  t.is(asProblem(other, 'x', 'y'), other);
  t.is(firstError(new SuppressedError(new Error('last'), new SuppressedError(new Error('second'), other))), other);
});
