// Special functions: log-gamma, the incomplete beta function and its inverse, the normal quantile. Good to 1e-10 of the result, however small, for parameters up to 10 000.

import { must, mustBeInside } from './check.ts';

/** Where `isLow` changes from true, below, to false, to the last bit of a double. */
export const bisect = (isLow: (x: number) => boolean, low: number, high: number): number => {
  for (let [below, above] = [low, high]; ;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return middle;
    if (isLow(middle)) below = middle;
    else above = middle;
  }
};

/** B(2k) / (2k (2k - 1)) of Stirling's series (DLMF 5.11.1), k from 1 to 7. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156] as const;
/** From here on the series' first left-out term is below 1e-18. */
const stirlingFrom = 16;

/** ln Γ(x) for x > 0: Stirling's series, after Γ(x) = Γ(x + 1) / x has taken x to where it holds. */
export const logGamma = (x: number): number => {
  must(x > 0, `logGamma of ${x}`);
  let [at, product] = [x, 1];
  for (; at < stirlingFrom; at += 1) product *= at;
  const series = stirling.reduce((sum, coefficient, k) => sum + coefficient / at ** (2 * k + 1), 0);
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
};

export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * The regularised incomplete beta function I_x(a, b), for a, b > 0 (DLMF 8.17). `rest` is 1 - x, where the caller knows it
 * better than that subtraction does.
 */
export const incompleteBeta = (x: number, a: number, b: number, rest = 1 - x): number => {
  must(a > 0 && b > 0, `incompleteBeta with parameters ${a} and ${b}`);
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log(rest) - logBeta(a, b));
  // The fraction converges fast on this side of the mean; the other side is I_x(a, b) = 1 - I_(1-x)(b, a).
  return x < (a + 1) / (a + b + 2) ? front / (a * betaFraction(x, a, b)) : 1 - front / (b * betaFraction(rest, b, a));
};

/** The continued fraction of DLMF 8.17.22, by Lentz's method as Thompson and Barnett (1986, J. Comput. Phys. 64) changed it. */
const betaFraction = (x: number, a: number, b: number): number => {
  const nonZero = (value: number): number => value === 0 ? Number.MIN_VALUE : value;
  let [value, c, d] = [1, 1, 0];
  // It takes some sqrt(max(a, b)) terms.
  for (let n = 1; n <= 100_000; n += 1) {
    const m = Math.floor(n / 2);
    const term = (n % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m)) * x / ((a + n - 1) * (a + n));
    d = 1 / nonZero(1 + term * d);
    c = nonZero(1 + term / c);
    value *= c * d;
    if (Math.abs(c * d - 1) <= Number.EPSILON) return value;
  }
  throw new Error(`statistics: the incomplete beta function of ${x} with parameters ${a} and ${b} does not converge`);
};

/** The x for which I_x(a, b) = p. Best for small p: of a p near 1 ask for 1 - betaQuantile(1 - p, b, a). */
export const betaQuantile = (p: number, a: number, b: number): number => {
  mustBeInside(p, 'a probability');
  return bisect((x) => incompleteBeta(x, a, b) < p, 0, 1);
};

/** Φ(x) by its series in odd powers (Abramowitz and Stegun 26.2.11; Marsaglia 2004, J. Stat. Softw. 11(4)): to 1e-15 of 1, not of a small tail. */
export const normalCdf = (x: number): number => {
  let [sum, term] = [0, x];
  for (let k = 3; sum + term !== sum; k += 2) [sum, term] = [sum + term, term * x * x / k];
  return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
};

/** The z for which Φ(z) = p. Not for tails below 1e-9. */
export const normalQuantile = (p: number): number => {
  mustBeInside(p, 'a probability');
  return p < 0.5 ? -normalQuantile(1 - p) : bisect((x) => normalCdf(x) < p, 0, 8);
};
