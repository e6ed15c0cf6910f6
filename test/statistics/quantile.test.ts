import test from 'ava';
import fc from 'fast-check';
import { quantileInterval, quantileLowerBound, quantileUpperBound, sampleQuantile, valuesForUpperBound, weightedQuantile } from '../../src/statistics/quantile.ts';
import { exactBinomial } from './exact.ts';

/** 1 to n, shuffled: a rank is its value. */
const ranks = (n: number): readonly number[] => Array.from({ length: n }, (_, at) => (at * 7919) % n + 1);

/** Nair 1940, Sankhya 4:551, after Dixon and Massey 1969, table A-25: the rank from each end for the median's interval, n from 6 to 65, above 95 and 99 %. */
const nair95 = '1 1 1 2 2 2 3 3 3 4 4 5 5 5 6 6 6 7 7 8 8 8 9 9 10 10 10 11 11 12 12 13 13 13 14 14 15 15 16 16 16 17 17 18 18 19 19 19 20 20 21 21 22 22 22 23 23 24 24 25'.split(' ').map(Number);
const nair99 = '1 1 1 1 2 2 2 3 3 3 4 4 4 5 5 5 6 6 7 7 7 8 8 8 9 9 10 10 10 11 11 12 12 12 13 13 14 14 14 15 15 16 16 16 17 17 18 18 18 19 19 20 20 21 21 21 22 22'.split(' ').map(Number);

test('the median’s interval has the ranks of Nair’s table', (t) => {
  const found = (n: number, confidence: number): readonly [number, number] | null => quantileInterval(ranks(n), { quantile: 0.5, confidence })?.ranks ?? null;
  for (let n = 1; n < 6; n += 1) t.is(found(n, 0.95), null);
  for (const [at, rank] of nair95.entries()) t.deepEqual(found(at + 6, 0.95), [rank, at + 7 - rank], `${at + 6}`);
  t.is(found(7, 0.99), null);
  for (const [at, rank] of nair99.entries()) t.deepEqual(found(at + 8, 0.99), [rank, at + 9 - rank], `${at + 8}`);
  // The same table's coverages.
  for (const [n, percent] of [[9, 96.1], [10, 97.9], [17, 95.1], [20, 95.9], [44, 95.1], [65, 95.4]] as const) {
    t.is((quantileInterval(ranks(n), { quantile: 0.5, confidence: 0.95 })!.coverage * 100).toFixed(1), percent.toFixed(1));
  }
});

test('the greatest values bound a percentile from as many values as Wilks says', (t) => {
  // Wilks 1941; Guba, Makai and Pál 2003, Reliab. Eng. Syst. Saf. 80:217: the 1st to 5th greatest of so many bound the 95th percentile with 95 %.
  for (const [order, n] of [59, 93, 124, 153, 181].entries()) {
    t.is(quantileUpperBound(ranks(n), { quantile: 0.95, confidence: 0.95 })?.value, n - order);
    t.is(quantileUpperBound(ranks(n - 1), { quantile: 0.95, confidence: 0.95 })?.value ?? null, order === 0 ? null : n - order);
  }
  t.is(quantileUpperBound(ranks(58), { quantile: 0.95, confidence: 0.95 }), null);
  t.is(quantileUpperBound([], { quantile: 0.5, confidence: 0.5 }), null);
});

test('so many values are needed for a bound, and no fewer', (t) => {
  t.deepEqual([0.5, 0.9, 0.95, 0.99].map((quantile) => valuesForUpperBound({ quantile, confidence: 0.95 })), [5, 29, 59, 299]);
  for (const quantile of [0.1, 0.25, 0.5, 0.75, 0.9, 0.95]) for (const confidence of [0.5, 0.75, 0.9, 0.95, 0.99]) {
    const n = valuesForUpperBound({ quantile, confidence });
    t.not(quantileUpperBound(ranks(n), { quantile, confidence }), null, `${quantile} ${confidence}`);
    if (n > 1) t.is(quantileUpperBound(ranks(n - 1), { quantile, confidence }), null, `${quantile} ${confidence}`);
  }
});

test('coverage is the exact sum, what was asked is reached, and the next rank would not reach it', (t) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 19 }), fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99), (n, part, confidence) => {
    const of = { trials: n, part, whole: 20 };
    const upper = quantileUpperBound(ranks(n), { quantile: part / 20, confidence });
    if (upper === null) t.true(exactBinomial(0, n - 1, of) < confidence);
    else {
      t.is(upper.value, upper.rank);
      t.true(Math.abs(upper.coverage - exactBinomial(0, upper.rank - 1, of)) < 1e-11 && upper.coverage >= confidence - 1e-11);
      t.true(exactBinomial(0, upper.rank - 2, of) < confidence);
    }
    const lower = quantileLowerBound(ranks(n), { quantile: part / 20, confidence });
    if (lower === null) t.true(exactBinomial(1, n, of) < confidence);
    else {
      t.true(Math.abs(lower.coverage - exactBinomial(lower.rank, n, of)) < 1e-11 && lower.coverage >= confidence - 1e-11);
      t.true(exactBinomial(lower.rank + 1, n, of) < confidence);
    }
    const both = quantileInterval(ranks(n), { quantile: part / 20, confidence });
    if (both !== null) t.true(Math.abs(both.coverage - exactBinomial(both.ranks[0], both.ranks[1] - 1, of)) < 1e-11 && both.coverage >= confidence - 1e-11);
  }));
});

test('a bound covers a distribution with ties, too', (t) => {
  // Values 0, 1, 2 with shares 5, 10, 5 of 20: the 60th percentile is 1. Every sample of 6, by its counts.
  const asked = { quantile: 0.6, confidence: 0.9 };
  let covered = 0;
  for (let zeros = 0; zeros <= 6; zeros += 1) for (let ones = 0; ones + zeros <= 6; ones += 1) {
    const twos = 6 - zeros - ones;
    const values = [...new Array<number>(zeros).fill(0), ...new Array<number>(ones).fill(1), ...new Array<number>(twos).fill(2)];
    const probability = exactBinomial(zeros, zeros, { trials: 6, part: 5, whole: 20 }) * exactBinomial(ones, ones, { trials: 6 - zeros, part: 10, whole: 15 });
    if (quantileUpperBound(values, asked)!.value >= 1) covered += probability;
  }
  t.true(covered >= 0.9);
});

test('what did not end is Infinity, and a bound may be', (t) => {
  t.is(quantileUpperBound([1, Infinity, 3, Infinity, 2], { quantile: 0.5, confidence: 0.95 })?.value, Infinity);
  t.is(quantileUpperBound([1, 2, 3, Infinity, 4, 5, 6, 7], { quantile: 0.5, confidence: 0.9 })?.value, 7);
  t.is(sampleQuantile([Infinity, Infinity, 1], 0.75), Infinity);
  t.is(sampleQuantile([Infinity, 2, 1], 0.5), 2);
  t.throws(() => sampleQuantile([1, NaN], 0.5), { instanceOf: RangeError });
});

test('a sample quantile is R’s and NumPy’s', (t) => {
  // R, quantile(1:10); NumPy, example of percentile.
  t.deepEqual([0, 0.25, 0.5, 0.75, 1].map((quantile) => sampleQuantile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], quantile)), [1, 3.25, 5.5, 7.75, 10]);
  t.is(sampleQuantile([10, 7, 4, 3, 2, 1], 0.5), 3.5);
  t.is(sampleQuantile([], 0.5), null);
});

test('a weighted quantile is that of the values written out', (t) => {
  fc.assert(fc.property(fc.array(fc.record({ value: fc.integer({ min: 0, max: 50 }), weight: fc.nat(6) }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 20 }), (values, part) => {
    const all = values.flatMap(({ value, weight }) => new Array<number>(weight).fill(value)).toSorted((a, b) => a - b);
    // Type 1: the value of rank ceil(n p).
    t.is(weightedQuantile(values.map(({ value, weight }) => ({ value, weight: weight / 7 })), part / 20), all[Math.ceil(all.length * part / 20) - 1] ?? null);
  }));
  t.is(weightedQuantile([], 0.5), null);
  t.is(weightedQuantile([{ value: 1, weight: 0.9 }, { value: Infinity, weight: 0.1 }], 0.95), Infinity);
  t.throws(() => weightedQuantile([{ value: 1, weight: -1 }], 0.5), { instanceOf: RangeError });
});
