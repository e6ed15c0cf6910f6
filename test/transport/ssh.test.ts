import { execPath } from 'node:process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { SessionError } from '../../src/model/session.ts';
import type { ConnectOptions } from '../../src/transport/ssh.ts';
import { connect } from '../../src/transport/ssh.ts';
import { serveAgent } from './served-agent.ts';
import type { ServedSsh } from './served-ssh.ts';
import { generateKey, serveSsh } from './served-ssh.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

const long = { timeoutMs: 60_000 };

const optionsOf = (device: ServedSsh): ConnectOptions => ({ device: 'pve1', login: device.login, privateKey: device.userKey, agentSocket: null, connectTimeoutMs: 60_000 });
const connectTo = (device: ServedSsh, more: Partial<ConnectOptions> = {}) => connect({ ...optionsOf(device), ...more });
const sh = (text: string, stdin?: string) => ({ argv: ['sh', '-c', text], ...(stdin === undefined ? {} : { stdin }) });

/** A promise's rejection, caught from the start, so that a test may look at it later. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

const collect = async (lines: AsyncIterable<string>) => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

test('gives output, errors and exit code of a command as values', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  const command = sh('echo out; echo err >&2; exit 3');
  const done = await session.run(command, long);
  t.like(done, { exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  t.is(done.command, command);
  t.true(done.elapsedMs > 0);
});

test('hands arguments over unchanged, in the locale of parsers', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  const done = await session.run({ argv: ['sh', '-c', 'printf "%s|" "$LC_ALL" "$@"', 'sh', "it's", '$HOME', '', 'ä\n'] }, long);
  t.is(done.stdout, "C|it's|$HOME||ä\n|");
});

test('knows no exit code of a command that a signal ended', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  t.is((await session.run(sh('echo last words; kill -9 $$'), long)).exitCode, null);
});

test('gives the end of input to a command that has none', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  t.like(await session.run({ argv: ['cat'] }, long), { exitCode: 0, stdout: '' });
});

test('sends an input that is larger than the window of a channel', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  const stdin = '0123456789'.repeat(600_000);
  t.like(await session.run({ argv: ['wc', '-c'], stdin }, long), { stdout: '6000000\n' });
});

test('does not mind a command that ends without reading its input', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  t.is((await session.run({ argv: ['true'], stdin: 'x'.repeat(1_000_000) }, long)).exitCode, 0);
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('runs ten commands through four channels', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  const numbers = Array.from({ length: 10 }, (_, i) => String(i));
  const done = await Promise.all(numbers.map((number) => session.run(sh(`sleep 0.02; echo ${number}`), long)));
  t.deepEqual(done.map(({ stdout }) => stdout.trim()), numbers);
  t.is(device.seen.mostChannels, 4);
  t.deepEqual(device.seen.lines.map((line) => /echo (\d)/.exec(line)?.[1]), numbers);
});

test('counts a long-lived command among the four', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  await using agent = await session.open({ argv: ['cat'] });
  await Promise.all(Array.from({ length: 6 }, () => session.run({ argv: ['true'] }, long)));
  t.is(device.seen.mostChannels, 4);
  agent.end();
});

test('says of a command that found no channel that it was never sent, and who was in its way', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 1 } });
  await using holder = await session.open({ argv: ['cat', '-u'] });
  const error = await t.throwsAsync(session.run({ argv: ['echo', 'late'] }, { timeoutMs: 20 }), { instanceOf: SessionError });
  t.is(error.message, 'pve1: "echo late" was never sent: waited 20 ms for a channel; in its way: "cat -u"');
  t.is(error.device, 'pve1');
  t.false(error.sent);
  t.deepEqual(device.seen.lines, ['exec env LC_ALL=C cat -u']);
  holder.end();
});

test('gives up a command at its deadline, and stays usable', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 1 } });
  const error = await t.throwsAsync(session.run({ argv: ['sleep', '600'] }, { timeoutMs: 100 }), { instanceOf: SessionError });
  t.is(error.message, 'pve1: "sleep 600" did not end within 100 ms');
  t.true(error.sent);
  t.like(await session.run({ argv: ['echo', 'still here'] }, long), { stdout: 'still here\n' });
});

test('a command that was given up ends on the device, even one that ignores TERM', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  await t.throwsAsync(session.run(sh('trap "" TERM; while :; do sleep 0.05; done'), { timeoutMs: 100 }), { instanceOf: SessionError });
  t.is(await device.ended(0), 'SIGKILL');
});

test('stops a command that writes more than a session takes', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 1, outputBytes: 1_000_000 } });
  const error = await t.throwsAsync(session.run({ argv: ['cat', '/dev/zero'] }, long), { instanceOf: SessionError });
  t.is(error.message, 'pve1: "cat /dev/zero" wrote more than 1000000 bytes');
  t.true(error.sent);
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('takes an output that just fits', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { outputBytes: 1_000_000 } });
  t.is((await session.run({ argv: ['head', '-c', '1000000', '/dev/zero'] }, long)).stdout.length, 1_000_000);
});

test('talks to a long-lived command line by line', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  const command = { argv: ['cat'], stdin: 'first\n' };
  await using channel = await session.open(command);
  const lines = channel.lines[Symbol.asyncIterator]();
  t.is((await lines.next()).value, 'first');
  channel.write('second ä\n\n');
  t.is((await lines.next()).value, 'second ä');
  t.is((await lines.next()).value, '');
  channel.end();
  t.true((await lines.next()).done);
  const ended = await channel.ended;
  t.like(ended, { exitCode: 0, stdout: '', stderr: '' });
  t.is(ended.command, command);
  t.throws(() => channel.write('too late'), { message: /standard input of "cat" was closed before/ });
});

test('puts a character together that arrives in two pieces', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  await using channel = await session.open(sh(String.raw`printf '\303'; read line; printf '\244\n'`));
  channel.write('\n');
  t.deepEqual(await collect(channel.lines), ['ä']);
});

test('keeps what a long-lived command says on standard error, and its exit code', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device);
  await using channel = await session.open(sh('echo trouble >&2; exit 4'));
  t.like(await channel.ended, { exitCode: 4, stderr: 'trouble\n' });
  channel.write('nobody listens\n');
  t.deepEqual(await collect(channel.lines), []);
});

test('loses no line when nobody reads for a while', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { queueBytes: 1000 } });
  await using channel = await session.open({ argv: ['seq', '500000'] });
  await session.run({ argv: ['true'] }, long);
  const lines = await collect(channel.lines);
  t.is(lines.length, 500_000);
  t.is(lines.at(-1), '500000');
});

test('sees the end of a long-lived command whose lines nobody reads', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { queueBytes: 1000 } });
  await using channel = await session.open({ argv: ['seq', '20000'] });
  t.is((await channel.ended).exitCode, 0);
});

test('ends the lines with an error at one that is too long', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 1, lineBytes: 1000 } });
  await using channel = await session.open(sh("echo short; head -c 5000 /dev/zero | tr '\\0' x; cat"));
  const lines = channel.lines[Symbol.asyncIterator]();
  t.is((await lines.next()).value, 'short');
  const error = await t.throwsAsync(lines.next(), { instanceOf: SessionError, message: /^pve1: "sh -c .* wrote a line of more than 1000 bytes$/ });
  t.true(error.sent);
  t.is((await channel.ended).exitCode, null);
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('does not wait for a long-lived command that goes on after the end of its input', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 1 } });
  const channel = await session.open(sh('echo ready; while :; do sleep 0.05; done'));
  t.is((await channel.lines[Symbol.asyncIterator]().next()).value, 'ready');
  await channel[Symbol.asyncDispose]();
  t.is((await channel.ended).exitCode, null);
  t.is((await session.run({ argv: ['true'] }, long)).exitCode, 0);
});

test('a lost connection ends everything, and says what may have reached the device', async (t) => {
  await using device = await serveSsh();
  await using session = await connectTo(device, { limits: { channels: 2 } });
  await using channel = await session.open(sh('echo ready; cat'));
  const lines = channel.lines[Symbol.asyncIterator]();
  await lines.next();
  const running = failureOf(session.run({ argv: ['sleep', '600'] }, long));
  const waiting = failureOf(session.run({ argv: ['echo', 'waiting'] }, long));
  channel.write('half a line');
  device.cut();

  const because = await session.closed;
  t.regex(because, /it closed the connection|connection reset/);
  const lost = await running;
  t.true(lost instanceof SessionError && lost.sent);
  t.is((lost as Error).message, `pve1: the connection was lost while "sleep 600" ran: ${because}`);
  const unsent = await waiting;
  t.true(unsent instanceof SessionError && !unsent.sent);
  t.true((await lines.next()).done);
  t.is((await channel.ended).exitCode, null);
  const later = await t.throwsAsync(session.run({ argv: ['true'] }, long), { instanceOf: SessionError });
  t.false(later.sent);
  t.is(later.message, `pve1: "true" was never sent: the connection is gone: ${because}`);
});

test('what runs when a session is put away is told so', async (t) => {
  await using device = await serveSsh();
  const session = await connectTo(device);
  const running = failureOf(session.run({ argv: ['sleep', '600'] }, long));
  await session.run({ argv: ['true'] }, long); // Now the other one is on its way as well.
  await session[Symbol.asyncDispose]();
  t.is(await session.closed, 'it was closed on this side');
  t.regex(((await running) as Error).message, /it was closed on this side$/);
  await session[Symbol.asyncDispose]();
});

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

test('two sessions do not share their channels', async (t) => {
  await using device = await serveSsh();
  await using one = await connectTo(device, { limits: { channels: 1 } });
  await using other = await connectTo(device, { limits: { channels: 1 } });
  await using holder = await one.open({ argv: ['cat'] });
  t.is((await other.run({ argv: [execPath, '--version'] }, long)).exitCode, 0);
  holder.end();
});
