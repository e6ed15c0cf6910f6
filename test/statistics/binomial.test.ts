import test from 'ava';
import fc from 'fast-check';
import { binomialAtLeast, binomialAtMost, binomialProbability } from '../../src/statistics/binomial.ts';
import { exactBinomial, least, relative } from './exact.ts';

test('probability and both tails are the exact sums, to 1e-10 of them', (t) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 250 }), fc.nat(), fc.integer({ min: 1, max: 99 }), (trials, draw, part) => {
    const k = draw % (trials + 1);
    const [exact, binomial] = [{ trials, part, whole: 100 }, { trials, proportion: part / 100 }];
    for (const [found, right] of [
      [binomialProbability(k, binomial), exactBinomial(k, k, exact)], [binomialAtMost(k, binomial), exactBinomial(0, k, exact)], [binomialAtLeast(k, binomial), exactBinomial(k, trials, exact)],
    ] as const) t.true(right < least || relative(found, right) < 1e-10, `${k} of ${trials} at ${part}`);
  }), { numRuns: 300 });
});

test('proportions of 0 and 1 leave no doubt', (t) => {
  for (const [proportion, sure] of [[0, 0], [1, 5]] as const) for (let k = 0; k <= 5; k += 1) {
    t.is(binomialProbability(k, { trials: 5, proportion }), k === sure ? 1 : 0);
    t.is(binomialAtMost(k, { trials: 5, proportion }), k >= sure ? 1 : 0);
    t.is(binomialAtLeast(k, { trials: 5, proportion }), k <= sure ? 1 : 0);
  }
  t.is(binomialAtMost(-1, { trials: 5, proportion: 0.5 }), 0);
  t.is(binomialAtLeast(6, { trials: 5, proportion: 0.5 }), 0);
});
