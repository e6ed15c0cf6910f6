import test from 'ava';
import fc from 'fast-check';

import { fitClock, narrowest, offsetAt, usualFit } from '../../src/agent/clock-fit.ts';
import type { ClockFit, ClockFitOptions, ClockOffset, ClockSample } from '../../src/agent/clock-fit.ts';

const steady: ClockFitOptions = { windowUs: 1e9, driftPpm: 500, wanderPpm: 0 };

/** At the time of the last sample. */
const now = (fit: ClockFit | null): ClockOffset | null => fit && offsetAt(fit, fit.nodeUs);

test('one ping bounds the offset by half its round trip, and by the microsecond that a node cuts off', (t) => {
  const fit = fitClock([{ sentUs: 1000, nodeUs: 501_100, receivedUs: 1400 }])!;
  t.deepEqual(now(fit), { offsetUs: -499_900, errorUs: 201 });
  t.is(fit.roundTripUs, 400);
});

test('without a ping nothing is known', (t) => {
  t.is(fitClock([]), null);
});

test('two slow pings bound it better than each alone, where they overlap', (t) => {
  const samples = [{ sentUs: 0, nodeUs: 10_900, receivedUs: 1000 }, { sentUs: 2000, nodeUs: 12_100, receivedUs: 3000 }];
  t.deepEqual(now(fitClock(samples, { ...steady, driftPpm: 0 })), { offsetUs: -10_000, errorUs: 101 });
});

test('a clock that was set in between is not fitted with what came before', (t) => {
  const samples = [{ sentUs: 0, nodeUs: 50, receivedUs: 100 }, { sentUs: 1000, nodeUs: 9_001_050, receivedUs: 1100 }];
  t.deepEqual(now(fitClock(samples)), { offsetUs: -9_000_000, errorUs: 51 });
});

test('samples older than the window do not count', (t) => {
  const old = { sentUs: 0, nodeUs: 0, receivedUs: 2 };
  const young = { sentUs: usualFit.windowUs + 10, nodeUs: usualFit.windowUs + 60, receivedUs: usualFit.windowUs + 110 };
  t.deepEqual(now(fitClock([old, young], { ...usualFit, driftPpm: 0, wanderPpm: 0 })), { offsetUs: 0, errorUs: 51 });
});

test('a minute of pings tells the rate: two seconds later the offset is known to some microseconds more, and not to a millisecond', (t) => {
  // 40 ppm fast, 100 us each way.
  const samples = Array.from({ length: 31 }, (_, n) => ({ sentUs: n * 2e6, nodeUs: Math.floor((n * 2e6 + 100) * 1.00004), receivedUs: n * 2e6 + 200 }));
  const fit = fitClock(samples)!;
  const laterUs = fit.nodeUs + 2e6;
  const later = offsetAt(fit, laterUs);
  t.true(Math.abs(later.offsetUs - (laterUs / 1.00004 - laterUs)) <= later.errorUs);
  t.true(later.errorUs < 200, `${later.errorUs}`);
  t.true(offsetAt(fitClock(samples.slice(-1))!, laterUs).errorUs > 1000);
});

test('of a burst those are kept that bound best', (t) => {
  const [slowBack, slowOut, slow] = [{ sentUs: 0, nodeUs: 10, receivedUs: 500 }, { sentUs: 1000, nodeUs: 1490, receivedUs: 1500 }, { sentUs: 2000, nodeUs: 2200, receivedUs: 2500 }];
  t.deepEqual(narrowest([slow, slowBack, slowOut]), [slowBack, slowOut]);
  t.deepEqual(narrowest([slow]), [slow]);
});

/** A node whose clock starts anywhere and runs off at a rate that changes, behind a network that delays each way as it likes. */
const history = fc.record({
  startUs: fc.integer({ min: -1e12, max: 1e12 }),
  driftPpm: fc.integer({ min: -usualFit.driftPpm + usualFit.wanderPpm, max: usualFit.driftPpm - usualFit.wanderPpm }),
  pings: fc.array(fc.record({ pauseUs: fc.integer({ min: 1, max: 20_000_000 }), outUs: fc.nat(300_000), backUs: fc.nat(300_000), wanderPpm: fc.integer({ min: -usualFit.wanderPpm, max: usualFit.wanderPpm }) }), { minLength: 1, maxLength: 40 }),
  laterUs: fc.nat(5_000_000),
});

test('the truth is inside the bounds, then and later, for any delays and any drift that clocks may have', (t) => {
  fc.assert(fc.property(history, ({ startUs, driftPpm, pings, laterUs }) => {
    const samples: ClockSample[] = [];
    let [trialUs, nodeUs] = [0, startUs];
    let ppm = driftPpm;
    const goOn = (us: number): void => { trialUs += us; nodeUs += us * (1 + ppm / 1e6); };
    const answers: { readonly nodeUs: number; readonly offsetUs: number }[] = [];
    for (const { pauseUs, outUs, backUs, wanderPpm } of pings) {
      ppm = driftPpm + wanderPpm;
      goOn(pauseUs);
      const sentUs = trialUs;
      goOn(outUs);
      answers.push({ nodeUs, offsetUs: trialUs - nodeUs });
      const told = Math.floor(nodeUs);
      goOn(backUs);
      samples.push({ sentUs, nodeUs: told, receivedUs: trialUs });
    }
    const fit = fitClock(samples)!;
    const last = samples.at(-1)!;
    t.true(now(fit)!.errorUs <= Math.ceil((last.receivedUs - last.sentUs) / 2) + 2);
    goOn(laterUs);
    // Where rates wander, a second for the trial is not quite one for the node.
    for (const truth of [...answers.slice(-3), { nodeUs, offsetUs: trialUs - nodeUs }]) {
      const { offsetUs, errorUs } = offsetAt(fit, truth.nodeUs);
      t.true(Math.abs(offsetUs - truth.offsetUs) <= errorUs + 1, JSON.stringify({ offsetUs, errorUs, truth }));
    }
  }), { numRuns: 500 });
});

test('what a burst leaves out makes nothing wrong', (t) => {
  fc.assert(fc.property(fc.array(fc.record({ outUs: fc.nat(2000), backUs: fc.nat(2000) }), { minLength: 1, maxLength: 16 }), (pings) => {
    const samples = pings.map(({ outUs, backUs }, n) => ({ sentUs: n * 5000, nodeUs: n * 5000 + outUs, receivedUs: n * 5000 + outUs + backUs }));
    const fit = fitClock(narrowest(samples))!;
    const { offsetUs, errorUs } = now(fit)!;
    t.true(Math.abs(offsetUs) <= errorUs);
  }));
});
