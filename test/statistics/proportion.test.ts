import test from 'ava';
import fc from 'fast-check';
import type { Interval } from '../../src/statistics/interval.ts';
import { clopperPearson, proportionLowerBound, proportionUpperBound, trialsForZeroEvents, wilson, zeroEventsUpperBound } from '../../src/statistics/proportion.ts';
import { exactBinomial } from './exact.ts';

const rounded = ({ lower, upper }: Interval, places: number): readonly [number, number] => [Number(lower.toFixed(places)), Number(upper.toFixed(places))];
const of = (events: number, trials: number): { readonly events: number; readonly trials: number } => ({ events, trials });

test('exact intervals and Wilson’s are those of Newcombe’s table', (t) => {
  // Newcombe 1998, Stat. Med. 17:857, table I: methods 5 (Clopper-Pearson) and 3 (Wilson), 95 %.
  for (const [events, trials, exact, score] of [
    [81, 263, [0.2527, 0.3676], [0.2553, 0.3662]],
    [15, 148, [0.0578, 0.1617], [0.0624, 0.1605]],
    [0, 20, [0, 0.1684], [0, 0.1611]],
    [1, 29, [0.0009, 0.1776], [0.0061, 0.1718]],
  ] as const) {
    t.deepEqual(rounded(clopperPearson(of(events, trials), 0.95), 4), exact);
    t.deepEqual(rounded(wilson(of(events, trials), 0.95), 4), score);
  }
});

test('an exact interval is that of NIST’s handbook, and of R’s manual', (t) => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.4.1: 4 of 20, 90 %.
  t.deepEqual(rounded(clopperPearson(of(4, 20), 0.9), 5), [0.07135, 0.40103]);
  // R, example of binom.test, after Conover 1971: 682 of 925, 95 %.
  t.deepEqual(rounded(clopperPearson(of(682, 925), 0.95), 7), [0.7076683, 0.7654066]);
  // SciPy, example of binomtest: 3 of 15, from below, 95 %.
  t.is(proportionLowerBound(of(3, 15), 0.95).toFixed(12), '0.056846867590');
});

test('an exact bound lies where its definition says', (t) => {
  // Clopper and Pearson 1934: the upper bound is where so few events, or fewer, have probability alpha.
  for (const [trials, part] of [[12, 3], [40, 17], [90, 2]] as const) for (let events = 0; events < trials; events += 1) {
    const alpha = exactBinomial(0, events, { trials, part, whole: 20 });
    if (alpha < 1e-6 || alpha > 0.999) continue;
    t.true(Math.abs(proportionUpperBound(of(events, trials), 1 - alpha) - part / 20) < 1e-9, `${events} of ${trials}`);
    t.true(Math.abs(proportionLowerBound(of(trials - events, trials), 1 - alpha) - (1 - part / 20)) < 1e-9);
  }
});

test('an exact interval covers every proportion, Wilson’s not each', (t) => {
  let missed = 0;
  for (const trials of [1, 5, 14, 30]) {
    const exact = Array.from({ length: trials + 1 }, (_, events) => clopperPearson(of(events, trials), 0.95));
    const score = Array.from({ length: trials + 1 }, (_, events) => wilson(of(events, trials), 0.95));
    for (let part = 1; part < 200; part += 1) {
      const coverage = (intervals: readonly Interval[]): number => intervals.reduce((sum, { lower, upper }, k) => lower <= part / 200 && part / 200 <= upper ? sum + exactBinomial(k, k, { trials, part, whole: 200 }) : sum, 0);
      t.true(coverage(exact) >= 0.95 - 1e-12, `${part} of 200, ${trials} trials`);
      if (coverage(score) < 0.95) missed += 1;
    }
  }
  t.true(missed > 0);
});

test('no trials tell nothing, and what makes no sense is refused', (t) => {
  t.deepEqual(clopperPearson(of(0, 0), 0.95), { lower: 0, upper: 1 });
  t.deepEqual(wilson(of(0, 0), 0.95), { lower: 0, upper: 1 });
  t.throws(() => clopperPearson(of(3, 2), 0.95), { message: /3 events in 2 trials/ });
  t.throws(() => clopperPearson(of(1, 2), 95), { message: /confidence is/ });
  t.throws(() => zeroEventsUpperBound(0, 0.95), { instanceOf: RangeError });
});

test('zero of n: the closed form is the exact bound, and the rule of three', (t) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.5, max: 0.9999, noNaN: true }), (trials, confidence) => {
    t.true(Math.abs(zeroEventsUpperBound(trials, confidence) - proportionUpperBound(of(0, trials), confidence)) < 1e-12);
  }));
  // Hanley and Lippman-Hand 1983, JAMA 249:1743: about 3 / n.
  t.true(Math.abs(zeroEventsUpperBound(1000, 0.95) * 1000 - 3) < 0.01);
});

test('so many trials are needed without an event', (t) => {
  // Wilks 1941; the 59 of Hahn and Meeker 1991, Statistical Intervals, and of nuclear safety.
  t.deepEqual([0.2, 0.1, 0.05, 0.01].map((proportion) => trialsForZeroEvents(proportion, 0.95)), [14, 29, 59, 299]);
  // (1 - 1/2)^3 = 1/8 exactly.
  t.is(trialsForZeroEvents(0.5, 0.875), 3);
  fc.assert(fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0.01, max: 0.999, noNaN: true }), (proportion, confidence) => {
    const trials = trialsForZeroEvents(proportion, confidence);
    t.true(zeroEventsUpperBound(trials, confidence) <= proportion * (1 + 1e-8));
    if (trials > 1) t.true(zeroEventsUpperBound(trials - 1, confidence) > proportion);
  }));
});
