import ava from 'ava';
import { SessionError } from '../../src/model/session.ts';
import { collect, connectTo, long, sh } from './connecting.ts';
import { serveSsh } from './served-ssh.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

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
