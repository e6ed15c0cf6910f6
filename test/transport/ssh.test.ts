import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { SessionError } from '../../src/model/session.ts';
import { connect } from '../../src/transport/ssh.ts';
import { connectTo, long } from './connecting.ts';
import { serveAgent } from './served-agent.ts';
import { generateKey, serveSsh } from './served-ssh.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

test('shows nothing to a host with another key, and says which one it has', async (t) => {
  await using device = await serveSsh();
  await using other = await serveSsh();
  const error = await t.throwsAsync(connectTo(device, { login: { ...device.login, hostKey: other.hostKey } }), { instanceOf: Problem });
  t.is(error.parts.asked, `connect to pve1 (root@127.0.0.1:${device.port})`);
  t.is(error.parts.found, `its host key is ${device.hostKey} (ssh-ed25519); nothing was sent to it`);
  t.is(error.parts.right, other.hostKey);
  t.truthy(error.parts.todo);
  t.is(error.parts.exitCode, exitCodes.device);
  t.is(device.seen.authentications, 0);
});

test('does not try again with a key that is refused', async (t) => {
  await using device = await serveSsh();
  const error = await t.throwsAsync(connectTo(device, { privateKey: generateKey() }), { instanceOf: Problem });
  t.is(error.parts.found, 'it accepts none of the offered keys');
  t.is(error.parts.todo, 'add the public key to authorized_keys of root on pve1');
});

test('asks the ssh agent where there is no key file', async (t) => {
  await using device = await serveSsh();
  await using agent = await serveAgent([generateKey(), device.userKey]);
  await using session = await connectTo(device, { privateKey: null, agentSocket: agent.path });
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('says that the device refused the keys of the ssh agent', async (t) => {
  await using device = await serveSsh();
  await using agent = await serveAgent([generateKey()]);
  const error = await t.throwsAsync(connectTo(device, { privateKey: null, agentSocket: agent.path }), { instanceOf: Problem });
  t.is(error.parts.found, 'it accepts none of the offered keys');
});

test('says that there is no ssh agent where one should be', async (t) => {
  await using device = await serveSsh();
  const error = await t.throwsAsync(connectTo(device, { privateKey: null, agentSocket: '/nonexistent/agent' }), { instanceOf: Problem });
  t.regex(error.parts.found, /^the ssh agent at \/nonexistent\/agent is of no help: /);
  t.is(error.parts.exitCode, exitCodes.setup);
});

test('refuses to connect with a key that it cannot use, or with none', async (t) => {
  await using device = await serveSsh();
  const encrypted = await t.throwsAsync(connectTo(device, { privateKey: generateKey('secret') }), { instanceOf: Problem });
  t.is(encrypted.parts.found, 'the private key cannot be used: it is encrypted with a passphrase');
  t.is(encrypted.parts.exitCode, exitCodes.setup);
  const none = await t.throwsAsync(connectTo(device, { privateKey: null }), { instanceOf: Problem });
  t.is(none.parts.found, 'there is neither a private key nor an ssh agent');
  t.is(device.seen.connections, 0);
});

test('a device that refuses the connection may be asked again', async (t) => {
  const device = await serveSsh();
  await device[Symbol.asyncDispose]();
  const error = await t.throwsAsync(connectTo(device), { instanceOf: SessionError, message: 'pve1 does not answer: connection refused' });
  t.false(error.sent);
});

test('a device that accepts and says nothing may be asked again', async (t) => {
  await using device = await serveSsh();
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as AddressInfo;
  const trial = connectTo(device, { login: { ...device.login, port }, connectTimeoutMs: 50 });
  await t.throwsAsync(trial, { instanceOf: SessionError, message: 'pve1 does not answer: no session within 50 ms' });
  mute.close();
});

test('a device that hangs up before the handshake may be asked again', async (t) => {
  await using device = await serveSsh();
  const rude = createServer((socket) => socket.on('error', () => undefined).end());
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const { port } = rude.address() as AddressInfo;
  const message = /^pve1 does not answer: (it closed the connection before the handshake|connection reset)$/;
  await t.throwsAsync(connectTo(device, { login: { ...device.login, port } }), { instanceOf: SessionError, message });
  rude.close();
});

test('an aborted attempt ends with the reason of the abort', async (t) => {
  await using device = await serveSsh();
  const abort = new AbortController();
  const trial = connectTo(device, { socket: () => new Promise(() => undefined), signal: abort.signal });
  abort.abort(new Error('interrupted'));
  await t.throwsAsync(trial, { message: 'interrupted' });
});

test('speaks over another socket than that of the login', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-'));
  const socketPath = join(folder, 'ssh.sock');
  {
    await using device = await serveSsh({ socketPath });
    await using session = await connectTo(device, { socket: () => connectTcp(socketPath) });
    t.like(await session.run({ argv: ['echo', 'hello'] }, long), { stdout: 'hello\n' });
  }
  await t.throwsAsync(connect({ device: 'pve1', login: { host: '', port: 0, user: 'root', hostKey: '' }, privateKey: generateKey(), agentSocket: null, socket: () => connectTcp(socketPath) }), {
    instanceOf: SessionError,
    message: 'pve1 does not answer: its socket does not exist',
  });
  await rm(folder, { recursive: true });
});
