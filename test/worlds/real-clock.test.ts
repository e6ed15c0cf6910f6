import test from 'ava';
import { realClock } from '../../src/worlds/real-clock.ts';

test('counts whole microseconds that never go back', (t) => {
  const readings = Array.from({ length: 1000 }, () => realClock.nowUs());
  t.true(readings.every((us, i) => Number.isSafeInteger(us) && (i === 0 || us >= readings[i - 1]!)));
});

test('moves while it sleeps', async (t) => {
  const beforeUs = realClock.nowUs();
  await realClock.sleep(20);
  // Node's timers count in whole milliseconds, so they may fire almost one early.
  t.true(realClock.nowUs() - beforeUs >= 19_000);
});

test('wakes with the reason of the signal', async (t) => {
  const abort = new AbortController();
  const sleeping = realClock.sleep(3_600_000, abort.signal);
  abort.abort(new Error('interrupted'));
  await t.throwsAsync(sleeping, { message: 'interrupted' });
  await t.throwsAsync(realClock.sleep(3_600_000, abort.signal), { message: 'interrupted' });
});
