import { mkdirSync, mkdtempSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { Supervisor, type MachineEvent } from '../../../src/worlds/virtual/supervisor.ts';

/** Supervises `sh -c script` as machine m1 and gives its events one by one. */
const supervise = async (script: string, use: (machine: Supervisor, next: () => Promise<MachineEvent>, folder: string) => Promise<void>, argv = ['/bin/sh', '-c', script]): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  const events: MachineEvent[] = [];
  const machine = new Supervisor(
    { name: 'm1', argv, cwd: folder, scratch: join(folder, 'scratch'), console: join(folder, 'console'), ssh: { host: '127.0.0.1', port: 22 } },
    { env: { PATH: '/usr/bin:/bin' }, resetMs: 1, seen: (event) => events.push(event) },
  );
  const next = async (): Promise<MachineEvent> => {
    while (events.length === 0) await sleep(5);
    return events.shift()!;
  };
  try {
    await use(machine, next, folder);
  } finally {
    machine.end();
    while (machine.state.pid !== null) await sleep(5);
    rmSync(folder, { recursive: true });
  }
};

const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z');
  } catch {
    return false;
  }
};

test('a machine that ended is started again, and each start counts', (t) => supervise('exit 7', async (machine, next) => {
  machine.start();
  const seen = [await next(), await next(), await next()];
  t.deepEqual(seen.map(({ event, how, starts }) => [event, how, starts]), [['started', null, 1], ['died', 'exit 7', 1], ['started', null, 2]]);
  t.true(seen[0]!.atUs <= seen[1]!.atUs && seen[1]!.atUs <= seen[2]!.atUs);
}));

test('a power cycle kills the machine and resolves when it is started again', (t) => supervise('exec sleep 1000', async (machine, next) => {
  machine.start();
  const before = machine.state.pid;
  await machine.cycle();
  t.deepEqual((await Promise.all([next(), next(), next()])).map(({ event, how }) => [event, how]), [['started', null], ['died', 'SIGKILL'], ['started', null]]);
  t.not(machine.state.pid, before);
  t.is(machine.state.starts, 2);
}));

test('helper processes of a machine die with it', (t) => supervise('sleep 1000 & echo $! > helper; wait', async (machine, next, folder) => {
  machine.start();
  await next();
  const helperFile = join(folder, 'helper');
  while (!existsSync(helperFile) || readFileSync(helperFile, 'utf8') === '') await sleep(5);
  const helper = Number(readFileSync(helperFile, 'utf8'));
  t.true(isRunning(helper));
  process.kill(machine.state.pid!, 'SIGKILL');
  await next();
  while (isRunning(helper)) await sleep(5);
  t.pass();
}));

test('the console is appended to from start to start, and scratch is gone at each', (t) => supervise('mkdir scratch && echo hello', async (machine, next, folder) => {
  mkdirSync(join(folder, 'scratch'));
  machine.start();
  for (let seen = 0; seen < 5; seen++) await next();
  machine.end();
  t.regex(readFileSync(join(folder, 'console'), 'utf8'), /^hello\nhello\n(hello\n)*$/);
}));

test('a machine that was ended stays off', (t) => supervise('exec sleep 1000', async (machine, next) => {
  machine.start();
  await next();
  machine.end();
  t.is((await next()).event, 'died');
  await sleep(50);
  t.deepEqual(machine.state, { name: 'm1', pid: null, starts: 1 });
}));

test('a program that cannot be started is a machine that died', (t) => supervise('', async (machine, next) => {
  machine.start();
  const { event, how } = await next();
  t.is(event, 'died');
  t.regex(how!, /ENOENT/);
}, ['/nonexistent/linux']));
