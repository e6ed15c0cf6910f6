import test from 'ava';
import { binomialTest } from '../../src/statistics/binomial-test.ts';
import { exactBinomial } from './exact.ts';

test('p-values are those of the manuals', (t) => {
  // R, example of binom.test, after Conover 1971: 682 tall plants of 925, 3/4 expected.
  t.is(binomialTest({ events: 682, trials: 925 }, 0.75, 'two-sided').toFixed(4), '0.3825');
  // SciPy, example of binomtest: 3 cars of 15, 10 % expected, more?
  t.is(binomialTest({ events: 3, trials: 15 }, 0.1, 'greater').toFixed(14), '0.18406106910639');
  // Fisher 1935, The Design of Experiments: eight of eight heads by chance.
  t.true(Math.abs(binomialTest({ events: 8, trials: 8 }, 0.5, 'two-sided') - 2 / 256) < 1e-15);
});

test('they are sums over the outcomes that are no likelier', (t) => {
  for (const [trials, part] of [[1, 5], [7, 10], [12, 3], [25, 17], [60, 10]] as const) {
    const probability = Array.from({ length: trials + 1 }, (_, k) => exactBinomial(k, k, { trials, part, whole: 20 }));
    for (let events = 0; events <= trials; events += 1) {
      const of = (keep: (k: number) => boolean): number => probability.reduce((sum, each, k) => keep(k) ? sum + each : sum, 0);
      const found = (alternative: 'less' | 'greater' | 'two-sided'): number => binomialTest({ events, trials }, part / 20, alternative);
      t.true(Math.abs(found('less') - of((k) => k <= events)) < 1e-12);
      t.true(Math.abs(found('greater') - of((k) => k >= events)) < 1e-12);
      t.true(Math.abs(found('two-sided') - of((k) => probability[k]! <= probability[events]! * (1 + 1e-9))) < 1e-12, `${events} of ${trials}`);
    }
  }
});

test('sure proportions, and no trials', (t) => {
  t.is(binomialTest({ events: 0, trials: 9 }, 0, 'two-sided'), 1);
  t.is(binomialTest({ events: 1, trials: 9 }, 0, 'two-sided'), 0);
  t.is(binomialTest({ events: 0, trials: 0 }, 0.3, 'two-sided'), 1);
  t.throws(() => binomialTest({ events: 1, trials: 9 }, 1.5, 'less'), { instanceOf: RangeError });
});
