import test from 'ava';
import fc from 'fast-check';
import { holm } from '../../src/statistics/holm.ts';

test('four hypotheses', (t) => {
  // Wikipedia, Holm-Bonferroni method: at 5 % the first and the last are rejected, and no other.
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  t.deepEqual(adjusted.map((p) => p.toFixed(10)), ['0.0300000000', '0.0600000000', '0.0600000000', '0.0200000000']);
  t.deepEqual(adjusted.map((p) => p <= 0.05), [true, false, false, true]);
});

test('it is the closed test of Bonferroni’s', (t) => {
  // Marcus, Peritz and Gabriel 1976, Biometrika 63:655: a hypothesis falls when every set that it is in does; Holm 1979 is the short way.
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }), (pValues) => {
    const found = holm(pValues);
    for (const index of pValues.keys()) {
      let worst = 0;
      for (let set = 1; set < 2 ** pValues.length; set += 1) {
        if ((set >> index & 1) === 0) continue;
        const members = pValues.filter((_, at) => (set >> at & 1) === 1);
        worst = Math.max(worst, Math.min(1, members.length * Math.min(...members)));
      }
      t.true(Math.abs(found[index]! - worst) < 1e-12);
    }
  }));
});

test('of none there are none, and what is no p-value is refused', (t) => {
  t.deepEqual(holm([]), []);
  t.throws(() => holm([0.5, 1.2]), { instanceOf: RangeError });
  t.throws(() => holm([NaN]), { instanceOf: RangeError });
});
