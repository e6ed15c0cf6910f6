// The claim as devices run it: the real program and the real fence, with /run of its own.

import test, { type ExecutionContext } from 'ava';

import { claimCommand, fenced, NotOurs, startClaim, wasRefused, type Claim, type Claimant } from '../../src/agent/claim.ts';
import type { Command } from '../../src/model/command.ts';
import type { Channel, Session } from '../../src/model/session.ts';
import { realClock } from '../../src/worlds/real-clock.ts';
import { openPair } from './local-session.ts';

const claimant = (run: string): Claimant => ({ run, by: 'a test', since: '2026-01-01T00:00:00.000Z' });
const claimAs = async (session: Session, run: string, number: number | null = null): Promise<Claim> => startClaim(session, { ...claimant(run), number }, realClock);
const sh = (script: string): Command => ({ argv: ['sh', '-c', script] });
const limit = { timeoutMs: 10_000 };

const onDevice = test.macro(async (t, work: (t: ExecutionContext, device: Session) => Promise<void>) => {
  const pair = await openPair();
  if (typeof pair === 'string') {
    t.log(`skipped, this machine makes no namespaces: ${pair}`);
    t.pass();
    return;
  }
  await using here = pair;
  await work(t, here.here);
});

/** A run that says nothing more once it has the device, as one that was stopped. */
const silentClaim = async (session: Session, run: string, lapseMs: number): Promise<Channel> => {
  const channel = await session.open(claimCommand());
  channel.write(`${JSON.stringify({ ...claimant(run), number: null, lapseMs })}\n`);
  await channel.lines[Symbol.asyncIterator]().next();
  return channel;
};

test('of fifty that want a device at once one gets it, and the others are told whose it is', onDevice, async (t, device) => {
  const tries = await Promise.allSettled(Array.from({ length: 50 }, async (_, n) => claimAs(device, `run-${n}`)));
  const won = tries.filter((each) => each.status === 'fulfilled');
  const lost = tries.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
  t.is(won.length, 1, lost.map(String).join('; '));
  t.true(lost.every((reason) => reason instanceof NotOurs && reason.owner?.by === 'a test'), lost.map(String).join('; '));
  await won[0]!.value[Symbol.asyncDispose]();
  await using next = await claimAs(device, 'next');
  t.is(next.number, 2);
});

test('a run that is killed, or not heard from, has lost the device; when it comes back nothing of it is done', onDevice, async (t, device) => {
  await using stopped = await silentClaim(device, 'stopped', 300);
  await stopped.ended;
  const late = await device.run(fenced(1, sh('echo done')), limit);
  t.is(late.stdout, 'done', 'while nobody else has it, a run may end what it began');

  const other = await claimAs(device, 'other');
  t.is(other.number, 2);
  const refused = await device.run(fenced(1, sh('echo done; touch /run/touched')), limit);
  t.true(wasRefused(refused), refused.stderr);
  t.notRegex((await device.run(sh('ls /run'), limit)).stdout, /touched/);
  t.is((await device.run(fenced(2, { argv: ['cat'] }), limit)).exitCode, 0);

  await other[Symbol.asyncDispose](); // Kills its program.
  const refusal = await t.throwsAsync(claimAs(device, 'stopped', 1), { instanceOf: NotOurs });
  t.is(refusal.owner?.run, 'other');
});

test('a command of the run before comes to its end before the next one begins', onDevice, async (t, device) => {
  const before = await claimAs(device, 'before');
  const command = device.run(fenced(before.number, sh('touch /run/begun; sleep 1; touch /run/done')), limit);
  await device.run(sh('until [ -e /run/begun ]; do sleep 0.05; done'), limit);
  await before[Symbol.asyncDispose]();
  await using after = await claimAs(device, 'after');
  const seen = await device.run(fenced(after.number, sh('ls /run')), limit);
  t.regex(seen.stdout, /done/);
  await command;
});

test('the same run may have the device again after a cut, as soon as its old claim has lapsed, and after a reset that forgot it', onDevice, async (t, device) => {
  await using cut = await silentClaim(device, 'mine', 500);
  const again = await claimAs(device, 'mine', 1);
  t.is(again.number, 1);
  await cut.ended;
  await again[Symbol.asyncDispose]();
  await device.run(sh('rm -r /run/bondproof'), limit);
  t.true(wasRefused(await device.run(fenced(1, sh('true')), limit)), 'a device that knows no run does what it is told');
  await using anew = await claimAs(device, 'mine', 1);
  t.is(anew.number, 1);
  t.is((await device.run(fenced(anew.number, sh('true')), limit)).exitCode, 0);
});
