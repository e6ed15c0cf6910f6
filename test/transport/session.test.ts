import { execPath } from 'node:process';
import ava from 'ava';
import { SessionError } from '../../src/model/session.ts';
import { connectTo, failureOf, long, sh } from './connecting.ts';
import { serveSsh } from './served-ssh.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

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
  t.deepEqual(device.seen.lines, ['LC_ALL=C exec cat -u']);
  holder.end();
});

test('says of a command for which the device opens no channel that it was not sent', async (t) => {
  await using device = await serveSsh({ maxSessions: 1 });
  await using session = await connectTo(device);
  await using holder = await session.open({ argv: ['cat'] });
  const error = await t.throwsAsync(session.run({ argv: ['true'] }, long), { instanceOf: SessionError });
  t.is(error.message, 'pve1: "true" was not run: the device opens no more channels on this connection');
  t.false(error.sent);
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
  await t.throwsAsync(session.run(sh('trap "" TERM; while :; do sleep 0.05; done'), { timeoutMs: 1500 }), { instanceOf: SessionError });
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

test('two sessions do not share their channels', async (t) => {
  await using device = await serveSsh();
  await using one = await connectTo(device, { limits: { channels: 1 } });
  await using other = await connectTo(device, { limits: { channels: 1 } });
  await using holder = await one.open({ argv: ['cat'] });
  t.is((await other.run({ argv: [execPath, '--version'] }, long)).exitCode, 0);
  holder.end();
});
