import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { lock } from '../../../src/worlds/building/lock.ts';

const inFolder = async (work: (file: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-test-'));
  try {
    await work(join(folder, 'lock'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const never = new AbortController().signal;

test('the second builder waits, says so, and gets its turn when the first is done', (t) => inFolder(async (file) => {
  const seen: string[] = [];
  const first = await lock(file, { signal: never, waiting: () => t.fail('nobody has it') });
  const said = Promise.withResolvers<undefined>();
  const second = lock(file, { signal: never, waiting: () => { seen.push('waiting'); said.resolve(undefined); } }).then((held) => { seen.push('second'); return held; });
  await said.promise;
  seen.push('first done');
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
  t.deepEqual(seen, ['waiting', 'first done', 'second']);
}));

test('a builder that waits can be interrupted, and the lock is free afterwards', (t) => inFolder(async (file) => {
  const first = await lock(file, { signal: never, waiting: () => t.fail('nobody has it') });
  const stop = new AbortController();
  await t.throwsAsync(lock(file, { signal: stop.signal, waiting: () => setImmediate(() => stop.abort(new Error('interrupted'))) }), { message: 'interrupted' });
  await first[Symbol.asyncDispose]();
  const third = await lock(file, { signal: never, waiting: () => t.fail('the interrupted one has it') });
  await third[Symbol.asyncDispose]();
}));
