import test from 'ava';
import fc from 'fast-check';
import { betaQuantile, incompleteBeta, logBeta, logGamma, normalCdf, normalQuantile } from '../../src/statistics/special.ts';
import { exactBinomial, least, relative } from './exact.ts';

test('log-gamma is that of factorials, and of halves', (t) => {
  let factorial = 1n;
  for (let n = 1; n <= 170; n += 1) {
    t.true(Math.abs(logGamma(n) - Math.log(Number(factorial))) <= 1e-13 * Math.max(1, logGamma(n)), `${n}`);
    factorial *= BigInt(n);
  }
  // DLMF 5.4.6: Γ(1/2) is the root of π.
  t.true(Math.abs(logGamma(0.5) - Math.log(Math.PI) / 2) < 1e-13);
  // DLMF 5.5.3, reflection: Γ(z) Γ(1 - z) = π / sin(π z).
  for (const z of [0.01, 0.1, 0.37, 0.5]) t.true(Math.abs(logGamma(z) + logGamma(1 - z) - Math.log(Math.PI / Math.sin(Math.PI * z))) < 1e-13);
  t.throws(() => logGamma(0), { instanceOf: RangeError });
});

test('the incomplete beta function is the binomial sum, to 1e-10 of it', (t) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), fc.integer({ min: 1, max: 999 }), (trials, draw, part) => {
    const k = 1 + draw % trials;
    // DLMF 8.17.5: I_p(k, n - k + 1) = P(X >= k).
    const right = exactBinomial(k, trials, { trials, part, whole: 1000 });
    t.true(right < least || relative(incompleteBeta(part / 1000, k, trials - k + 1, (1000 - part) / 1000), right) < 1e-10, `${k} of ${trials} at ${part}`);
  }), { numRuns: 300 });
});

test('it is so for thousands of trials, too', (t) => {
  for (const [k, trials, part] of [[20, 3000, 10], [2950, 3000, 990], [1, 3000, 1], [1520, 3000, 500], [60, 3000, 10], [80, 9000, 4]] as const) {
    t.true(relative(incompleteBeta(part / 1000, k, trials - k + 1, (1000 - part) / 1000), exactBinomial(k, trials, { trials, part, whole: 1000 })) < 1e-10, `${k}`);
  }
});

test('both tails are one', (t) => {
  fc.assert(fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), fc.double({ min: 0.01, max: 500, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, x) => {
    t.true(Math.abs(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a, x) - 1) < 1e-11);
  }));
  t.is(incompleteBeta(0, 2, 3), 0);
  t.is(incompleteBeta(1, 2, 3), 1);
  t.true(Math.abs(logBeta(2, 3) - Math.log(1 / 12)) < 1e-14);
});

test('the quantile of beta gives back its probability', (t) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), fc.double({ min: 1e-6, max: 0.999, noNaN: true }), (a, b, p) => {
    const x = betaQuantile(p, a, b);
    // One bit of x may be much of p where the density is high.
    t.true(incompleteBeta(x * (1 - 1e-13), a, b) <= p * (1 + 1e-11) && incompleteBeta(Math.min(1, x * (1 + 1e-13)), a, b) >= p * (1 - 1e-11), `${a} ${b} ${p}`);
  }));
  // I_x(1, b) = 1 - (1 - x)^b.
  t.true(relative(betaQuantile(1e-9, 1, 4), -Math.expm1(Math.log1p(-1e-9) / 4)) < 1e-12);
});

test('the normal distribution is that of the tables', (t) => {
  // Abramowitz and Stegun 1964, table 26.1: Φ to 15 places.
  for (const [x, right] of [[0.5, 0.691462461274013], [1, 0.841344746068543], [1.5, 0.933192798731142], [2, 0.977249868051821], [3, 0.998650101968370]] as const) {
    t.true(Math.abs(normalCdf(x) - right) < 1e-14, `${x}`);
    t.true(Math.abs(normalCdf(-x) - (1 - right)) < 1e-14, `${-x}`);
  }
  // The same, table 26.5, to the places given there.
  for (const [p, right] of [[0.9, 1.28155], [0.95, 1.64485], [0.975, 1.95996], [0.99, 2.32635], [0.995, 2.57583], [0.999, 3.09023]] as const) {
    t.true(Math.abs(normalQuantile(p) - right) < 6e-6, `${p}`);
    t.is(normalQuantile(1 - p), -normalQuantile(1 - (1 - p)));
    t.true(Math.abs(normalCdf(normalQuantile(p)) - p) < 1e-15);
  }
  t.true(Math.abs(normalQuantile(0.5)) < 1e-15);
  t.throws(() => normalQuantile(1), { instanceOf: RangeError });
});
