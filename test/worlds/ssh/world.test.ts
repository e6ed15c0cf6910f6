import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import type { Lab, Login } from '../../../src/model/lab.ts';
import { exitCodes, Problem } from '../../../src/model/problem.ts';
import type { SshEnv } from '../../../src/worlds/ssh/world.ts';
import { sshWorld } from '../../../src/worlds/ssh/world.ts';
import { serveAgent } from '../../transport/served-agent.ts';
import type { ServedKeys, ServedSsh } from '../../transport/served-ssh.ts';
import { generateKey, serveSsh } from '../../transport/served-ssh.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

const long = { timeoutMs: 60_000 };

const labOf = (logins: { readonly node: Login | null; readonly switch: Login | null }): Lab => ({
  name: 'rack',
  world: 'ssh',
  cluster: 'rack',
  nodes: [{ name: 'pve1', id: 1, address: '10.0.0.1', bond: 'bond0', slaves: ['eth1', 'eth2'], login: logins.node }],
  switch: { name: 'switch', dialect: 'linux', login: logins.switch },
  links: [],
  victim: 'pve1',
  class: null,
  fencing: false,
  injector: 'netem',
  virtual: null,
});

/** Of a lab without gates nobody asks for the name of one. */
const gateOf = (): string => { throw new Error('the name of a gate was asked for'); };
const noAgent: SshEnv = { home: '/nonexistent', sshAuthSock: null, gateOf };
const open = (lab: Lab, env: SshEnv, signal = new AbortController().signal) => sshWorld(env).open(lab, { signal, notice: () => undefined });

/** A folder with a private key in `key`; gone at the end. */
const keyFolder = async (key: string) => {
  const path = await mkdtemp(join(tmpdir(), 'bondproof-'));
  await writeFile(join(path, 'key'), key, { mode: 0o600 });
  return { path, key: join(path, 'key'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
};

/** The keys of a device, and a port at which it does not answer yet. */
const absentDevice = async (): Promise<{ readonly keys: ServedKeys; readonly port: number; readonly login: Login }> => {
  const keys = { host: generateKey(), user: generateKey() };
  await using device: ServedSsh = await serveSsh({ keys });
  return { keys, port: device.port, login: device.login };
};

test('gives sessions to nodes and to the switch, with the key files of their logins', async (t) => {
  await using node = await serveSsh();
  await using sw = await serveSsh();
  await using nodeFolder = await keyFolder(node.userKey);
  await using switchFolder = await keyFolder(sw.userKey);
  const lab = labOf({ node: { ...node.login, keyFile: '~/key' }, switch: { ...sw.login, keyFile: switchFolder.key } });
  await using opened = await open(lab, { ...noAgent, home: nodeFolder.path });
  for (const device of ['pve1', 'switch']) {
    const session = await opened.session(device, long);
    t.is(session.device, device);
    t.like(await session.run({ argv: ['echo', device] }, long), { stdout: `${device}\n` });
  }
  t.is(node.seen.connections, 1);
  t.is(sw.seen.connections, 1);
});

test('asks the ssh agent for logins without a key file', async (t) => {
  await using node = await serveSsh();
  await using agent = await serveAgent([node.userKey]);
  await using opened = await open(labOf({ node: node.login, switch: node.login }), { ...noAgent, sshAuthSock: agent.path });
  const session = await opened.session('pve1', long);
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('has no power switch and no console, lasts, and tells what it runs on', async (t) => {
  await using node = await serveSsh();
  await using folder = await keyFolder(node.userKey);
  const login = { ...node.login, keyFile: folder.key };
  await using opened = await open(labOf({ node: login, switch: login }), noAgent);
  t.is(opened.power('pve1'), null);
  t.is(opened.console('pve1'), null);
  t.true(opened.lasting);
  t.regex(opened.about.host ?? '', /^Linux /);
});

test('closes the sessions that were left open', async (t) => {
  await using node = await serveSsh();
  await using folder = await keyFolder(node.userKey);
  const login = { ...node.login, keyFile: folder.key };
  const opened = await open(labOf({ node: login, switch: login }), noAgent);
  const session = await opened.session('pve1', long);
  await opened[Symbol.asyncDispose]();
  t.is(await session.closed, 'it was closed on this side');
  await t.throwsAsync(opened.session('pve1', long), { message: 'lab rack was closed' });
});

test('waits for a device that is not up yet', async (t) => {
  const { keys, port, login } = await absentDevice();
  await using folder = await keyFolder(keys.user);
  await using opened = await open(labOf({ node: { ...login, keyFile: folder.key }, switch: { ...login, keyFile: folder.key } }), noAgent);
  const waiting = opened.session('pve1', long);
  const early = opened.session('pve1', { timeoutMs: 50 });
  await t.throwsAsync(early, { instanceOf: Problem });
  await using device = await serveSsh({ keys, port });
  t.is((await (await waiting).run({ argv: ['true'] }, long)).exitCode, 0);
  t.is(device.seen.connections, 1);
});

test('tells how long it waited for a device, and what came last', async (t) => {
  const { keys, port, login } = await absentDevice();
  await using folder = await keyFolder(keys.user);
  await using opened = await open(labOf({ node: { ...login, keyFile: folder.key }, switch: { ...login, keyFile: folder.key } }), noAgent);
  const error = await t.throwsAsync(opened.session('pve1', { timeoutMs: 2000 }), { instanceOf: Problem });
  t.is(error.parts.asked, `connect to pve1 (root@127.0.0.1:${port})`);
  t.is(error.parts.found, 'no session within 2000 ms; last: pve1 does not answer: connection refused');
  t.regex(error.parts.todo ?? '', new RegExp(`ssh -p ${port} root@127\\.0\\.0\\.1$`));
  t.is(error.parts.exitCode, exitCodes.device);
});

test('does not wait for a device with another host key', async (t) => {
  await using node = await serveSsh();
  await using other = await serveSsh();
  await using folder = await keyFolder(node.userKey);
  const login = { ...node.login, keyFile: folder.key, hostKey: other.hostKey };
  await using opened = await open(labOf({ node: login, switch: login }), noAgent);
  const error = await t.throwsAsync(opened.session('pve1', long), { instanceOf: Problem });
  t.is(error.parts.right, other.hostKey);
  t.is(node.seen.connections, 1);
  t.is(node.seen.authentications, 0);
});

test('stops waiting when it is told to', async (t) => {
  const { keys, login } = await absentDevice();
  await using folder = await keyFolder(keys.user);
  const world = new AbortController();
  await using opened = await open(labOf({ node: { ...login, keyFile: folder.key }, switch: { ...login, keyFile: folder.key } }), noAgent, world.signal);
  const own = new AbortController();
  const mine = opened.session('pve1', { ...long, signal: own.signal });
  const others = opened.session('switch', long);
  own.abort(new Error('enough'));
  await t.throwsAsync(mine, { message: 'enough' });
  world.abort(new Error('interrupted'));
  await t.throwsAsync(others, { message: 'interrupted' });
});

test('whoever asks after the interruption is answered: he has something to undo', async (t) => {
  await using device = await serveSsh();
  await using folder = await keyFolder(device.userKey);
  const login = { ...device.login, keyFile: folder.key };
  const world = new AbortController();
  await using opened = await open(labOf({ node: login, switch: login }), noAgent, world.signal);
  world.abort(new Error('interrupted'));
  t.is((await (await opened.session('pve1', long)).run({ argv: ['true'] }, long)).exitCode, 0);
});

const bad: readonly (readonly [title: string, login: Partial<Login>, found: RegExp])[] = [
  ['does not exist', { keyFile: '~/absent' }, /^the key file .*absent cannot be used: it does not exist$/],
  ['is a directory', { keyFile: '~/' }, /it is a directory$/],
  ['is encrypted', { keyFile: '~/key' }, /it is encrypted with a passphrase$/],
];
for (const [title, part, found] of bad) {
  test(`says which key file ${title}`, async (t) => {
    const { login } = await absentDevice();
    await using folder = await keyFolder(generateKey('secret'));
    const lab = labOf({ node: { ...login, ...part }, switch: { ...login, ...part } });
    const error = await t.throwsAsync(open(lab, { ...noAgent, home: folder.path }), { instanceOf: Problem });
    t.regex(error.parts.found, found);
    t.is(error.parts.exitCode, exitCodes.setup);
  });
}

test('says which device has no login, or no way to log in', async (t) => {
  const { login } = await absentDevice();
  await using agent = await serveAgent([]);
  const without = await t.throwsAsync(open(labOf({ node: null, switch: login }), { ...noAgent, sshAuthSock: agent.path }), { instanceOf: Problem });
  t.is(without.parts.found, 'pve1 has no login');
  const keyless = await t.throwsAsync(open(labOf({ node: login, switch: login }), noAgent), { instanceOf: Problem });
  t.is(keyless.parts.found, 'the login of switch names no keyFile, and there is no ssh agent');
});

test('a user with sudo is asked for the gate of that device first, and gets no session without it', async (t) => {
  await using node = await serveSsh();
  await using folder = await keyFolder(node.userKey);
  const login = { ...node.login, keyFile: folder.key };
  await using opened = await open(labOf({ node: { ...login, user: 'nobody', sudo: true }, switch: login }), { ...noAgent, gateOf: (_, device) => `gate of ${device}` });
  const error = await t.throwsAsync(opened.session('pve1', long), { instanceOf: Problem });
  t.is(error.parts.asked, `connect to pve1 (nobody@127.0.0.1:${node.port}) and run commands through sudo`);
  t.is(error.parts.right, 'the gate gate of pve1 and its rule');
  t.is(error.parts.exitCode, exitCodes.device);
  t.deepEqual(node.seen.lines, ['LC_ALL=C exec sudo -n -- /usr/local/sbin/bondproof-gate timeout -k 1 11 about']);
  t.is((await (await opened.session('switch', long)).run({ argv: ['true'] }, long)).exitCode, 0, 'the switch’s own user needs none');
});

test('a device that the lab does not have is a mistake of the program', async (t) => {
  await using node = await serveSsh();
  await using folder = await keyFolder(node.userKey);
  const login = { ...node.login, keyFile: folder.key };
  await using opened = await open(labOf({ node: login, switch: login }), noAgent);
  await t.throwsAsync(opened.session('pve9', long), { message: 'lab rack has no device "pve9"; it has switch, pve1' });
});
