// The reservation as devices run it: the real program and the real fence, with /run of its own.

import test, { type ExecutionContext } from 'ava';

import { reservationCommand, fenced, NotOurs, startReservation, wasRefused, type Reservation, type Reserver } from '../../src/agent/reservation.ts';
import type { Command } from '../../src/model/command.ts';
import type { Channel, Session } from '../../src/model/session.ts';
import { realClock } from '../../src/worlds/real-clock.ts';
import { openPair } from './local-session.ts';

const reserver = (run: string): Reserver => ({ run, by: 'a test', since: '2026-01-01T00:00:00.000Z' });
const reserveAs = async (session: Session, run: string, number: number | null = null): Promise<Reservation> => startReservation(session, { ...reserver(run), number }, realClock);
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
const silentReservation = async (session: Session, run: string, lapseMs: number): Promise<Channel> => {
  const channel = await session.open(reservationCommand());
  channel.write(`${JSON.stringify({ ...reserver(run), number: null, lapseMs })}\n`);
  await channel.lines[Symbol.asyncIterator]().next();
  return channel;
};

test('of fifty that want a device at once one gets it, and the others are told whose it is', onDevice, async (t, device) => {
  const asked: Promise<Reservation>[] = [];
  for (let n = 0; n < 50; n += 1) {
    const one = reserveAs(device, `run-${n}`);
    one.catch(() => undefined); // It is told below.
    asked.push(one);
    // To start fifty programs blocks us for longer, on a slow machine, than the first of them waits for its first word.
    await new Promise(setImmediate);
  }
  const tries = await Promise.allSettled(asked);
  const won = tries.filter((each) => each.status === 'fulfilled');
  const lost = tries.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
  t.is(won.length, 1, lost.map(String).join('; '));
  t.true(lost.every((reason) => reason instanceof NotOurs && reason.owner?.by === 'a test'), lost.map(String).join('; '));
  await won[0]!.value[Symbol.asyncDispose]();
  await using next = await reserveAs(device, 'next');
  t.is(next.number, 2);
});

test('a run that is killed, or not heard from, has lost the device; when it comes back nothing of it is done', onDevice, async (t, device) => {
  await using stopped = await silentReservation(device, 'stopped', 300);
  await stopped.ended;
  const late = await device.run(fenced(1, sh('echo done')), limit);
  t.is(late.stdout, 'done', 'while nobody else has it, a run may end what it began');

  const other = await reserveAs(device, 'other');
  t.is(other.number, 2);
  const refused = await device.run(fenced(1, sh('echo done; touch /run/touched')), limit);
  t.true(wasRefused(refused), refused.stderr);
  t.notRegex((await device.run(sh('ls /run'), limit)).stdout, /touched/);
  t.is((await device.run(fenced(2, { argv: ['cat'] }), limit)).exitCode, 0);

  await other[Symbol.asyncDispose](); // Kills its program.
  const refusal = await t.throwsAsync(reserveAs(device, 'stopped', 1), { instanceOf: NotOurs });
  t.is(refusal.owner?.run, 'other');
});

test('a command of the run before comes to its end before the next one begins', onDevice, async (t, device) => {
  const before = await reserveAs(device, 'before');
  const command = device.run(fenced(before.number, sh('touch /run/begun; sleep 1; touch /run/done')), limit);
  await device.run(sh('until [ -e /run/begun ]; do sleep 0.05; done'), limit);
  await before[Symbol.asyncDispose]();
  await using after = await reserveAs(device, 'after');
  const seen = await device.run(fenced(after.number, sh('ls /run')), limit);
  t.regex(seen.stdout, /done/);
  await command;
});

test('the same run may have the device again after a cut, as soon as its old reservation has lapsed, and after a reset that forgot it', onDevice, async (t, device) => {
  await using cut = await silentReservation(device, 'mine', 500);
  const again = await reserveAs(device, 'mine', 1);
  t.is(again.number, 1);
  await cut.ended;
  await again[Symbol.asyncDispose]();
  await device.run(sh('rm -r /run/bondproof'), limit);
  t.true(wasRefused(await device.run(fenced(1, sh('true')), limit)), 'a device that knows no run does what it is told');
  await using anew = await reserveAs(device, 'mine', 1);
  t.is(anew.number, 1);
  t.is((await device.run(fenced(anew.number, sh('true')), limit)).exitCode, 0);
});
