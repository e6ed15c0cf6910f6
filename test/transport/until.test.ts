import test from 'ava';
import type { Clock } from '../../src/model/session.ts';
import { SessionError } from '../../src/model/session.ts';
import { TimedOut, until } from '../../src/transport/until.ts';

/** A clock that stands still, except that a pause between two questions moves it, and that a test may. */
const pausedClock = (): Clock & { readonly sleeps: number[]; advance(ms: number): void } => {
  const sleepers = new Set<{ readonly atUs: number; wake(): void }>();
  const sleeps: number[] = [];
  let nowUs = 0;
  const advance = (ms: number) => {
    nowUs += ms * 1000;
    for (const sleeper of sleepers) if (sleeper.atUs <= nowUs) sleeper.wake();
  };
  return {
    sleeps,
    advance,
    nowUs: () => nowUs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        sleeps.push(ms);
        sleepers.add({ atUs: nowUs + ms * 1000, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        if (ms === everyMs) setImmediate(() => advance(ms));
      }),
  };
};

const everyMs = 1000;
const silent = () => new SessionError('pve1 does not answer', { device: 'pve1', sent: false });
const options = (clock: Clock) => ({ what: 'pve1 to answer', everyMs, timeoutMs: 60_000, clock });

test('gives the first answer without waiting', async (t) => {
  const clock = pausedClock();
  t.is(await until(() => Promise.resolve(7), options(clock)), 7);
  t.deepEqual(clock.sleeps, [60_000]);
});

test('asks again, on the given clock, while there is no answer', async (t) => {
  const clock = pausedClock();
  let tries = 0;
  t.is(await until(() => Promise.resolve(++tries < 3 ? null : 0), options(clock)), 0);
  t.is(clock.nowUs(), 2_000_000);
});

test('asks again while the device does not answer', async (t) => {
  const clock = pausedClock();
  let tries = 0;
  const answer = await until(() => (++tries < 4 ? Promise.reject(silent()) : Promise.resolve('up')), options(clock));
  t.is(answer, 'up');
  t.is(clock.nowUs(), 3_000_000);
});

test('gives up at once at an error that another try would meet again', async (t) => {
  const clock = pausedClock();
  const error = new TypeError('a defect');
  t.is(await t.throwsAsync(until(() => Promise.reject(error), options(clock))), error);
  t.is(clock.nowUs(), 0);
});

test('lets the caller decide what is worth another try', async (t) => {
  let tries = 0;
  const ask = () => (++tries < 2 ? Promise.reject(new Error('cannot read it')) : Promise.resolve(1));
  t.is(await until(ask, { ...options(pausedClock()), retryIf: () => true }), 1);
});

test('says what it waited for and what came of the last try', async (t) => {
  const error = await t.throwsAsync(until(() => Promise.reject(silent()), options(pausedClock())), { instanceOf: TimedOut });
  t.is(error.message, 'waited 60000 ms for pve1 to answer: pve1 does not answer');
  t.true(error.cause instanceof SessionError);
});

test('does not sleep once more after the last try', async (t) => {
  const clock = pausedClock();
  await t.throwsAsync(until(() => Promise.resolve(null), options(clock)), { instanceOf: TimedOut, message: /: not yet$/ });
  t.is(clock.nowUs(), 60_000_000);
});

test('does not wait for a question that never returns, and tells it that nobody waits', async (t) => {
  let told: AbortSignal | null = null;
  const clock = pausedClock();
  const hang = (signal: AbortSignal) => {
    told = signal;
    setImmediate(() => clock.advance(60_000));
    return new Promise<null>(() => undefined);
  };
  await t.throwsAsync(until(hang, options(clock)), { instanceOf: TimedOut });
  t.true((told as AbortSignal | null)?.aborted);
});

test('ends with the reason of its signal, and asks no more', async (t) => {
  const abort = new AbortController();
  let tries = 0;
  const ask = () => {
    tries += 1;
    if (tries === 3) abort.abort(new Error('interrupted'));
    return Promise.resolve(null);
  };
  await t.throwsAsync(until(ask, { ...options(pausedClock()), signal: abort.signal }), { message: 'interrupted' });
  t.is(tries, 3);
});

test('does not ask at all when it was aborted before', async (t) => {
  let tries = 0;
  const ask = () => Promise.resolve(++tries);
  await t.throwsAsync(until(ask, { ...options(pausedClock()), signal: AbortSignal.abort(new Error('interrupted')) }), { message: 'interrupted' });
  t.is(tries, 0);
});
