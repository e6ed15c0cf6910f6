import test from 'ava';
import { clopperPearson } from '../../src/statistics/proportion.ts';
import { stratifiedMean, stratifiedProportion, type CountStratum } from '../../src/statistics/strata.ts';
import { exactBinomial } from './exact.ts';

const of = (events: number, trials: number, weight: number): CountStratum => ({ events, trials, weight });

test('an estimate is that of a textbook', (t) => {
  // Lohr, Sampling: Design and Analysis, agstrat: acres per county, by region; 295,560.7 over all.
  const regions = [[220, 97_629.8], [1054, 300_504.2], [1382, 211_315.0], [422, 662_295.5]] as const;
  const found = stratifiedMean(regions.map(([weight, mean]) => ({ weight, values: [mean] })), { lower: 0, upper: 1e7 }, 0.95);
  t.true(Math.abs(found!.estimate - 295_560.7) < 0.2);
});

test('weights count, not how often a stratum was tried', (t) => {
  t.true(Math.abs(stratifiedProportion([of(9, 10, 1), of(0, 90, 9)], 0.95)!.estimate - 0.09) < 1e-12);
  t.true(Math.abs(stratifiedProportion([of(9, 10, 0.5), of(0, 90, 0.5)], 0.95)!.estimate - 0.45) < 1e-12);
  t.is(stratifiedProportion([of(0, 0, 1), of(3, 4, 1)], 0.95), null);
  t.is(stratifiedProportion([of(0, 0, 0), of(3, 4, 1)], 0.95)!.estimate, 0.75);
  t.throws(() => stratifiedProportion([of(0, 1, 0)], 0.95), { instanceOf: RangeError });
  t.throws(() => stratifiedProportion([of(0, 1, -1), of(0, 1, 2)], 0.95), { instanceOf: RangeError });
  t.throws(() => stratifiedProportion([of(2, 1, 1)], 0.95), { instanceOf: RangeError });
});

test('in proportion it is the exact interval of all together, but next to the ends', (t) => {
  const { lower, upper } = stratifiedProportion([of(3, 20, 2), of(4, 10, 1)], 0.95)!;
  t.deepEqual({ lower, upper }, clopperPearson({ events: 7, trials: 30 }, 0.95));
  t.is(stratifiedProportion([of(19, 20, 2), of(10, 10, 1)], 0.95)!.upper, 1);
  t.is(stratifiedProportion([of(1, 20, 2), of(0, 10, 1)], 0.95)!.lower, 0);
});

const sizesAndWeights = [[[6, 6], [1, 1]], [[9, 3], [3, 1]], [[8, 4], [1, 1]], [[3, 9], [3, 1]], [[4, 3, 5], [1, 1, 1]], [[4, 4, 4], [1, 1, 1]], [[1, 1, 1], [1, 1, 1]]] as const;
/** Proportions in twentieths: strata that are fixed, nearly fixed, alike, and mixed. */
const mixtures = [[0, 20, 10], [1, 19, 10], [10, 10, 10], [20, 20, 0], [0, 0, 1], [1, 3, 2], [19, 20, 20], [19, 19, 19], [20, 17, 20], [5, 15, 9]] as const;

test('it covers with what it says, however the strata differ', (t) => {
  for (const confidence of [0.8, 0.95]) for (const [sizes, weights] of sizesAndWeights) {
    const whole = weights.reduce((sum: number, weight) => sum + weight, 0);
    const counts = sizes.reduce<readonly (readonly number[])[]>((ways, size) => ways.flatMap((way) => Array.from({ length: size + 1 }, (_, k) => [...way, k])), [[]]);
    const intervals = counts.map((way) => stratifiedProportion(way.map((events, at) => of(events, sizes[at]!, weights[at]!)), confidence)!);
    for (const mixture of mixtures) {
      const right = sizes.reduce((sum: number, _, at) => sum + weights[at]! * mixture[at]! / 20, 0) / whole;
      let covered = 0;
      for (const [index, way] of counts.entries()) {
        const { lower, upper, estimate } = intervals[index]!;
        t.true(lower <= estimate + 1e-12 && estimate - 1e-12 <= upper);
        if (right < lower - 1e-12 || right > upper + 1e-12) continue;
        covered += way.reduce((product, events, at) => {
          const [part, trials] = [mixture[at]!, sizes[at]!];
          return product * (part === 0 || part === 20 ? Number(events === part / 20 * trials) : exactBinomial(events, events, { trials, part, whole: 20 }));
        }, 1);
      }
      t.true(covered >= confidence - 1e-9, `${sizes.join(' ')} at ${mixture.join(' ')}: ${covered}`);
    }
  }
});

test('out of proportion both intervals have half of the error', (t) => {
  // By hand, 95 %: of two strata without an event each side errs with .0125, so each bound with 1 - (1 - .0125)^.5.
  const each = 1 - Math.sqrt(1 - 0.0125);
  const right = 0.5 * (1 - each ** (1 / 59)) + 0.5 * (1 - each ** (1 / 29));
  t.true(Math.abs(stratifiedProportion([of(0, 59, 1), of(0, 29, 1)], 0.95)!.upper - right) < 1e-12);
  // Of forty, Hoeffding's with .025 is the narrower: each weighs 1/40, and one has 8 trials, the others 4.
  const many = [of(2, 8, 1), ...Array.from({ length: 39 }, () => of(1, 4, 1))];
  const half = Math.sqrt((39 / 4 + 1 / 8) / 1600 * Math.log(2 / 0.025) / 2);
  const found = stratifiedProportion(many, 0.95)!;
  t.true(Math.abs(found.upper - 0.25 - half) < 1e-12 && Math.abs(0.25 - half - found.lower) < 1e-12);
});

test('out of proportion it is wider, and with many strata still of use', (t) => {
  const width = (strata: readonly CountStratum[]): number => {
    const { lower, upper } = stratifiedProportion(strata, 0.95)!;
    return upper - lower;
  };
  t.true(width([of(0, 20, 1), of(0, 40, 1)]) > width([of(0, 30, 1), of(0, 30, 1)]));
  t.true(width(Array.from({ length: 40 }, (_, at) => of(1, 3 + at % 2, 1))) < 0.6);
});

test('a mean has Hoeffding’s interval, within the range', (t) => {
  // Hoeffding 1963: of 50 values within a span of 10, half of it is 10 (ln(2 / .05) / 100)^.5.
  const values = Array.from({ length: 50 }, (_, n) => n % 2 === 0 ? 4 : 6);
  const { estimate, lower, upper } = stratifiedMean([{ weight: 1, values }], { lower: 0, upper: 10 }, 0.95)!;
  const half = 10 * Math.sqrt(Math.log(40) / 100);
  t.true(Math.abs(estimate - 5) < 1e-12 && Math.abs(upper - 5 - half) < 1e-12 && Math.abs(5 - half - lower) < 1e-12);
  t.like(stratifiedMean([{ weight: 1, values: [1] }, { weight: 3, values: [9] }], { lower: 0, upper: 10 }, 0.95), { estimate: 7, lower: 0, upper: 10 });
  t.is(stratifiedMean([{ weight: 1, values: [] }, { weight: 3, values: [9] }], { lower: 0, upper: 10 }, 0.95), null);
  t.throws(() => stratifiedMean([{ weight: 1, values: [11] }], { lower: 0, upper: 10 }, 0.95), { message: /not within/ });
});
