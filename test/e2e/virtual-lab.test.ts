// Labs of real machines: that they come up, stay apart, keep their power supply's promises, and leave nothing behind.

import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import type { OpenLab, Session } from '../../src/model/session.ts';
import { watchMachines } from '../../src/worlds/virtual/ask.ts';
import { labsFolder, sweep } from '../../src/worlds/virtual/folder.ts';
import { sshArgv } from '../../src/worlds/virtual/ssh-argv.ts';
import { bringUp, bringUpToStay, findUp, statusOf, takeDown, type VirtualEnv } from '../../src/worlds/virtual/up.ts';
import { openLab, virtualWorld } from '../../src/worlds/virtual/world.ts';
import { labOf } from '../worlds/virtual/lab-of.ts';
import { cpuSecondsOf, ended, holderOf, imageForTests, insideOf, publicFolder, startOwner, untilGone, withEnv } from './virtual-env.ts';
import { whenReady } from './virtual-ready.ts';

const limit = { timeoutMs: 300_000 };
const signal = new AbortController().signal;

const say = async (session: Session, ...argv: readonly string[]): Promise<string> => {
  const { stdout, stderr, exitCode } = await session.run({ argv }, limit);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout.trim();
};

const sayOn = async (open: OpenLab, device: string, ...argv: readonly string[]): Promise<string> => say(await open.session(device, limit), ...argv);

const bootId = ['cat', '/proc/sys/kernel/random/boot_id'];
const interfacesHere = () => execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' });

test.serial('two labs side by side get ready and do not see each other', (t) => withEnv(async (env) => {
  const image = await imageForTests(env);
  const before = interfacesHere();
  const started = performance.now();
  await using one = await bringUp({ lab: labOf(3, { name: 'one' }), image, signal }, env);
  {
    await using two = await bringUp({ lab: labOf(3, { name: 'two' }), image, signal }, env);
    const [first, second] = [openLab(one), openLab(two)];
    await Promise.all([whenReady(first, limit), whenReady(second, limit)]);
    t.log(`two labs of four machines ready after ${((performance.now() - started) / 1000).toFixed(1)} s, ${[one, two].map((lab) => cpuSecondsOf(insideOf(lab)).toFixed(1)).join(' and ')} CPU seconds`);

    // Both have the same names and addresses; whatever crossed over would be found here.
    t.not(await sayOn(first, 'pve1', ...bootId), await sayOn(second, 'pve1', ...bootId));
    await sayOn(first, 'pve2', 'touch', '/root/mark');
    t.is(await sayOn(first, 'pve2', 'ls', '/root'), 'mark');
    t.is(await sayOn(second, 'pve2', 'ls', '/root'), '');
    t.is(await sayOn(first, 'pve2', 'cat', '/etc/hostname'), 'pve2');
    const shared = insideOf(one).namespaces.filter((name) => insideOf(two).namespaces.includes(name));
    t.deepEqual(shared, []);
    t.is(interfacesHere(), before);
    t.deepEqual(Object.values(one.record.hostKeys).filter((key) => Object.values(two.record.hostKeys).includes(key)), []);
    await second[Symbol.asyncDispose]();
  }
  await whenReady(openLab(one), limit);
  t.deepEqual(readdirSync(labsFolder(env)).map((name) => name.split('.')[0]), ['one']);
}));

test.serial('a power cycle gives a new boot_id, keeps what was synced, and ends the session', (t) => withEnv(async (env) => {
  await using lab = await bringUp({ lab: labOf(3), image: await imageForTests(env), signal }, env);
  const inside = () => insideOf(lab);
  const open = openLab(lab);
  const started = performance.now();
  await whenReady(open, limit);
  t.log(`four machines ready after ${((performance.now() - started) / 1000).toFixed(1)} s, ${cpuSecondsOf(inside()).toFixed(1)} CPU seconds`);

  const stop = new AbortController();
  const events = watchMachines(lab.folder, stop.signal);
  const firstEvent = events.next();
  const session = await open.session('pve2', limit);
  const before = await say(session, ...bootId);
  await say(session, 'sh', '-c', 'echo kept > /root/kept; sync');
  await open.power('pve2')!.cycle();
  await session.closed;
  const again = await open.session('pve2', limit);
  t.not(await say(again, ...bootId), before);
  t.is(await say(again, 'cat', '/root/kept'), 'kept');
  t.regex(readFileSync(open.console('pve2')!, 'utf8'), /node is booting[^]*node is booting/);
  await whenReady(open, limit);

  const [died, restarted] = [await firstEvent, await events.next()];
  t.like(died.value, { event: 'died', machine: 'pve2', how: 'SIGKILL', starts: 1 });
  t.like(restarted.value, { event: 'started', machine: 'pve2', starts: 2 });
  t.is((await statusOf(lab)).find(({ name }) => name === 'pve1')?.starts, 1);
  await events.return(undefined);
  await open[Symbol.asyncDispose]();
  await untilGone(inside());
  t.false(existsSync(lab.folder));
}));

test.serial('a machine whose kernel panics, or that is rebooted, comes back with a new boot_id and all its NICs', (t) => withEnv(async (env) => {
  await using lab = await bringUp({ lab: labOf(3), image: await imageForTests(env), signal }, env);
  const open = openLab(lab);
  const session = await open.session('pve3', limit);
  const before = await say(session, ...bootId);
  await session.run({ argv: ['sh', '-c', 'echo c > /proc/sysrq-trigger'] }, limit).catch(() => undefined);
  await session.closed;
  t.not(await sayOn(open, 'pve3', ...bootId), before);
  t.is((await statusOf(lab)).find(({ name }) => name === 'pve3')?.starts, 2);

  // Its process ends, too: one that started itself again would hold the cables' sockets of the one before.
  const again = await open.session('pve3', limit);
  const panicked = await say(again, ...bootId);
  await again.run({ argv: ['reboot', '-ff'] }, limit).catch(() => undefined);
  await again.closed;
  t.not(await sayOn(open, 'pve3', ...bootId), panicked);
  t.is((await statusOf(lab)).find(({ name }) => name === 'pve3')?.starts, 3);
  await whenReady(open, limit);
  t.is(await sayOn(open, 'pve3', 'sh', '-c', 'cat /sys/class/net/vec1/operstate /sys/class/net/vec2/operstate; ip -br link show up | grep -c "^vec"'), 'unknown\nunknown\n2');
  await open[Symbol.asyncDispose]();
}));

const order = async (env: VirtualEnv, more: object) =>
  ({ lab: labOf(3), image: await imageForTests(env), env: { cacheDir: env.cacheDir, runDir: env.runDir, uid: env.uid, nodeBinary: env.nodeBinary }, stays: false, ...more });

for (const killed of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
  test(`nothing is left of a lab whose owner ends by ${killed}`, (t) => withEnv(async (env) => {
    const before = interfacesHere();
    const { child, lab } = await startOwner(await order(env, {}));
    const inside = insideOf(lab);
    t.true(inside.processes.length >= 4 + 3 && inside.namespaces.length >= 3);
    child.kill(killed);
    await untilGone(inside);
    t.deepEqual(readdirSync(labsFolder(env)), []);
    t.is(interfacesHere(), before);
  }));
}

for (const killed of ['holder', 'unshare', 'shell'] as const) {
  test(`nothing runs any more of a lab whose ${killed} is killed, and its owner tidies up`, (t) => withEnv(async (env) => {
    const lab = await bringUp({ lab: labOf(3), image: await imageForTests(env), signal }, env);
    const inside = insideOf(lab);
    const victim = { holder: holderOf(inside).pid, unshare: lab.record.outer.pid, shell: inside.processes.find(({ name }) => name.startsWith('sh '))!.pid }[killed];
    process.kill(victim, 'SIGKILL');
    await untilGone(inside);
    await lab[Symbol.asyncDispose]();
    t.deepEqual(readdirSync(labsFolder(env)), []);
  }));
}

test.serial('what is left when everybody was killed at once is swept by a later command, and only that', (t) => withEnv(async (env) => {
  await using other = await bringUp({ lab: labOf(3, { name: 'other' }), image: await imageForTests(env), signal }, env);
  const { child, lab } = await startOwner(await order(env, {}));
  const inside = insideOf(lab);
  for (const pid of [holderOf(inside).pid, child.pid!, lab.record.outer.pid]) process.kill(pid, 'SIGSTOP');
  for (const pid of [child.pid!, lab.record.outer.pid, holderOf(inside).pid]) process.kill(pid, 'SIGKILL');
  await ended(child);
  await untilGone(inside);
  t.true(existsSync(lab.folder));
  t.deepEqual(await sweep(labsFolder(env)), [lab.folder]);
  t.false(existsSync(lab.folder));
  t.is((await statusOf(other)).length, 4);
}));

test.serial('a lab that was told to stay outlives its command, can be used and logged in to, and is taken down by name', (t) => withEnv(async (env) => {
  const { child, lab } = await startOwner(await order(env, { stays: true }));
  await ended(child);
  const inside = insideOf(lab);
  t.deepEqual((await findUp(env, 'virtual'))?.folder, lab.folder);
  t.deepEqual((await statusOf(lab)).map(({ name, starts }) => [name, starts]), [['sw1', 1], ['pve1', 1], ['pve2', 1], ['pve3', 1]]);
  t.deepEqual(await sweep(labsFolder(env)), []);

  const notices: string[] = [];
  {
    await using open = await virtualWorld(env).open(labOf(3), { signal, notice: (text) => notices.push(text) });
    t.true(open.lasting);
    await sayOn(open, 'pve2', ...bootId);
  }
  t.deepEqual(notices, ['using lab virtual, which is up']);
  const [, ...args] = [...sshArgv({ folder: lab.folder, device: 'pve2', nodeBinary: env.nodeBinary }), 'hostname; exit 7'];
  const loggedIn = spawnSync('ssh', args, { encoding: 'utf8' });
  t.deepEqual([loggedIn.stdout, loggedIn.stderr, loggedIn.status], ['pve2\n', '', 7]);

  const again = await t.throwsAsync(bringUpToStay({ lab: labOf(3), image: await imageForTests(env), signal }, env), { instanceOf: Problem });
  t.deepEqual(again.parts, { asked: 'bring up lab virtual', found: `a lab of this name is up, in ${lab.folder}`, todo: 'bondproof down virtual', exitCode: exitCodes.busy });
  await takeDown(env, 'virtual');
  await untilGone(inside);
  t.deepEqual(readdirSync(labsFolder(env)), []);
  const gone = await t.throwsAsync(takeDown(env, 'virtual'), { instanceOf: Problem });
  t.deepEqual(gone.parts, { asked: 'take down lab virtual', found: 'no lab is up', exitCode: exitCodes.usage });
}));

test.serial('a lab that stays is taken down although its holder hangs', (t) => withEnv(async (env) => {
  const { child, lab } = await startOwner(await order(env, { stays: true }));
  await ended(child);
  const inside = insideOf(lab);
  process.kill(holderOf(inside).pid, 'SIGSTOP');
  await takeDown(env, 'virtual');
  await untilGone(inside);
  t.deepEqual(readdirSync(labsFolder(env)), []);
}));

test.serial('a lab whose folder was removed goes down by itself', (t) => withEnv(async (env) => {
  const { child, lab } = await startOwner(await order(env, { stays: true }));
  await ended(child);
  const inside = insideOf(lab);
  // Its name goes first, and at once: machines that come up still make files in it, which rm would find behind itself.
  renameSync(lab.folder, `${lab.folder}-removed`);
  rmSync(`${lab.folder}-removed`, { recursive: true });
  await untilGone(inside);
  t.pass();
}));

test.serial('interrupting a lab that comes up leaves nothing', (t) => withEnv(async (env) => {
  const image = await imageForTests(env);
  for (const afterMs of [0, 50, 150, 250]) {
    const stop = new AbortController();
    const reason = new Error('stopped');
    setTimeout(() => stop.abort(reason), afterMs);
    await bringUp({ lab: labOf(3), image, signal: stop.signal }, env).then((lab) => lab[Symbol.asyncDispose](), (error: unknown) => t.is(error, reason));
    t.deepEqual(readdirSync(labsFolder(env)), []);
  }
}));

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

(process.getuid!() === 0 ? test : test.skip)('a lab comes up for a user who is not root', (t) => withEnv(async (env) => {
  const image = await imageForTests(env);
  const root = publicFolder();
  try {
    // The clone and the cache may lie where only root can read.
    for (const part of ['src', 'test', 'package.json']) execFileSync('cp', ['-r', join(import.meta.dirname, '../..', part), root]);
    execFileSync('cp', ['-r', '--sparse=always', image.folder, join(root, 'image')]);
    execFileSync('cp', [process.execPath, join(root, 'node')]);
    const runDir = join(root, 'run');
    mkdirSync(runDir);
    chownSync(runDir, 65534, 65534);
    const copied = { ...image, folder: join(root, 'image'), kernel: image.kernel.replace(image.folder, join(root, 'image')), disk: image.disk.replace(image.folder, join(root, 'image')) };
    const nobodysEnv = { cacheDir: env.cacheDir, runDir, uid: 65534, nodeBinary: join(root, 'node') };
    const started = startOwner(await order(env, { image: copied, env: nobodysEnv }), { before: asNobody, root, node: join(root, 'node') });
    if (spawnSync(asNobody[0]!, [...asNobody.slice(1), 'unshare', '--user', '--map-root-user', '--net', 'true']).status !== 0) {
      await t.throwsAsync(started);
      t.log('this host lets nobody but root make namespaces');
      return;
    }
    const { child, lab } = await started;
    const inside = insideOf(lab);
    const open = openLab(lab);
    await whenReady(open, limit);
    await open[Symbol.asyncDispose]();
    child.kill('SIGKILL');
    await untilGone(inside);
    t.deepEqual(readdirSync(join(runDir, 'bondproof-65534')), []);
  } finally {
    execFileSync('rm', ['-rf', root]);
  }
}));
