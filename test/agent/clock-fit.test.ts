import test from 'ava';
import fc from 'fast-check';

import { fitClock, usualFit } from '../../src/agent/clock-fit.ts';
import type { ClockSample } from '../../src/agent/clock-fit.ts';

test('one ping bounds the offset by half its round trip', (t) => {
  t.deepEqual(fitClock([{ sentUs: 1000, nodeUs: 501_100, receivedUs: 1400 }]), { offsetUs: -499_900, errorUs: 200, roundTripUs: 400 });
});

test('without a ping nothing is known', (t) => {
  t.is(fitClock([]), null);
});

test('two slow pings bound it better than each alone, where they overlap', (t) => {
  const samples = [{ sentUs: 0, nodeUs: 10_900, receivedUs: 1000 }, { sentUs: 2000, nodeUs: 12_100, receivedUs: 3000 }];
  t.deepEqual(fitClock(samples, { windowUs: 1e6, driftPpm: 0 }), { offsetUs: -10_000, errorUs: 100, roundTripUs: 1000 });
});

test('a clock that was set in between is not fitted with what came before', (t) => {
  const samples = [{ sentUs: 0, nodeUs: 50, receivedUs: 100 }, { sentUs: 1000, nodeUs: 9_001_050, receivedUs: 1100 }];
  t.deepEqual(fitClock(samples), { offsetUs: -9_000_000, errorUs: 50, roundTripUs: 100 });
});

test('samples older than the window do not count', (t) => {
  const old = { sentUs: 0, nodeUs: 0, receivedUs: 2 };
  const young = { sentUs: usualFit.windowUs + 10, nodeUs: usualFit.windowUs + 60, receivedUs: usualFit.windowUs + 110 };
  t.deepEqual(fitClock([old, young], { ...usualFit, driftPpm: 0 }), { offsetUs: 0, errorUs: 50, roundTripUs: 100 });
});

/** A node whose clock starts anywhere and drifts, behind a network that delays each way as it likes. */
const history = fc.record({
  startUs: fc.integer({ min: -1e12, max: 1e12 }),
  driftPpm: fc.integer({ min: -usualFit.driftPpm, max: usualFit.driftPpm }),
  pings: fc.array(fc.record({ pauseUs: fc.integer({ min: 1, max: 20_000_000 }), outUs: fc.nat(300_000), backUs: fc.nat(300_000) }), { minLength: 1, maxLength: 40 }),
});

test('the truth is inside the bounds, for any delays and any drift that clocks may have', (t) => {
  fc.assert(fc.property(history, ({ startUs, driftPpm, pings }) => {
    const nodeAt = (trialUs: number): number => startUs + trialUs * (1 + driftPpm / 1e6);
    const samples: ClockSample[] = [];
    let nowUs = 0;
    for (const { pauseUs, outUs, backUs } of pings) {
      const sentUs = nowUs + pauseUs;
      nowUs = sentUs + outUs + backUs;
      samples.push({ sentUs, nodeUs: Math.floor(nodeAt(sentUs + outUs)), receivedUs: nowUs });
    }
    const fit = fitClock(samples)!;
    const last = samples.at(-1)!;
    const truthUs = last.sentUs + pings.at(-1)!.outUs - nodeAt(last.sentUs + pings.at(-1)!.outUs);
    // The node tells whole microseconds.
    t.true(Math.abs(fit.offsetUs - truthUs) <= fit.errorUs + 1);
    t.true(fit.errorUs <= Math.ceil((last.receivedUs - last.sentUs) / 2) + 1);
  }));
});
