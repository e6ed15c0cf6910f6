import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { lockLab } from '../../src/harness/lock.ts';
import { Problem } from '../../src/model/problem.ts';

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('of many who want a lab one gets it, and the others are told who has it', async (t) => inFolder(async (folder) => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, async () => lockLab(folder, 'paper', 'run r1')));
  const [winner] = tries.filter((each) => each.status === 'fulfilled');
  t.is(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const loser of tries.filter((each) => each.status === 'rejected')) {
    t.true(loser.reason instanceof Problem);
    t.regex(String(loser.reason), new RegExp(`process ${process.pid} is running on it since .*: run r1`));
  }
  await winner!.value[Symbol.asyncDispose]();
  t.deepEqual(await readdir(folder), []);
}));

test('a dead process’s lock, one of a process number that was given anew, and a torn one are no locks', async (t) => inFolder(async (folder) => {
  const dead = [JSON.stringify({ pid: 2 ** 22 + 1, birth: '1', since: '', what: '' }), JSON.stringify({ pid: process.pid, birth: '1', since: '', what: '' }), '{"pid":'];
  for (const text of dead) {
    await writeFile(join(folder, 'paper.lock'), text);
    await using lock = await lockLab(folder, 'paper', 'run r2');
    t.is(lock.path, join(folder, 'paper.lock'));
  }
}));
