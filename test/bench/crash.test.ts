// What the crash loop makes of the datagrams it saw.

import test from 'ava';

import { verdictOf } from '../../bench/crash/crash.ts';

/** One datagram every 5 ms from time 0, each on its way for a tenth of a millisecond; those between `lost` are not there. */
const arrivals = (...lost: readonly (readonly [from: number, to: number])[]) =>
  Array.from({ length: 400 }, (_, seq) => ({ seq, sentUs: seq * 5000, heardUs: seq * 5000 + 100 })).filter(({ seq }) => !lost.some(([from, to]) => seq >= from && seq <= to));

test('nothing lost: there was no fault', (t) => {
  t.deepEqual(verdictOf(arrivals(), 500_000), { faultWasLive: false, liftedAfterMs: 0 });
});

test('what was lost and flowed again before the moment does not count', (t) => {
  t.deepEqual(verdictOf(arrivals([10, 90]), 500_000), { faultWasLive: false, liftedAfterMs: 0 });
});

test('lifted when the first datagram after the last lost one arrives', (t) => {
  t.deepEqual(verdictOf(arrivals([50, 119]), 500_000), { faultWasLive: true, liftedAfterMs: 100.1 });
});

test('a fault that came back after it was lifted is lifted late', (t) => {
  t.deepEqual(verdictOf(arrivals([50, 119], [300, 301]), 500_000), { faultWasLive: true, liftedAfterMs: 1010.1 });
});

test('a fault that began after the moment was live too', (t) => {
  t.deepEqual(verdictOf(arrivals([110, 119]), 500_000), { faultWasLive: true, liftedAfterMs: 100.1 });
});

test('a sender that was late loses nothing', (t) => {
  const late = arrivals().map((each) => each.seq < 100 ? each : { ...each, sentUs: each.sentUs + 300_000, heardUs: each.heardUs + 300_000 });
  t.deepEqual(verdictOf(late, 500_000), { faultWasLive: false, liftedAfterMs: 0 });
});
