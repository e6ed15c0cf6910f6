// Intervals for a proportion.

import { must, mustBeCount, mustBeInside, type Count } from './check.ts';
import type { Interval } from './interval.ts';
import { betaQuantile, normalQuantile } from './special.ts';

/**
 * The exact two-sided interval (Clopper and Pearson 1934, Biometrika 26:404): covers with at least `confidence`, whatever the
 * proportion is; of no trials it is [0, 1]. Assumes a number of trials that was fixed before, independent and alike.
 * Not for a run that stopped by what it saw (sequential.ts), nor for trials whose outcome is fixed by their stratum (strata.ts).
 */
export const clopperPearson = (count: Count, confidence: number): Interval => {
  const each = 1 - (1 - confidence) / 2;
  return { lower: proportionLowerBound(count, each), upper: proportionUpperBound(count, each) };
};

/** One side of it: the proportion is at most this, with `confidence`. */
export const proportionUpperBound = ({ events, trials }: Count, confidence: number): number => {
  mustBeInside(confidence, 'a confidence');
  mustBeCount({ events, trials });
  return events === trials ? 1 : 1 - betaQuantile(1 - confidence, trials - events, events + 1);
};

/** The other: at least this. */
export const proportionLowerBound = ({ events, trials }: Count, confidence: number): number => {
  mustBeInside(confidence, 'a confidence');
  mustBeCount({ events, trials });
  return events === 0 ? 0 : betaQuantile(1 - confidence, events, trials - events + 1);
};

/** proportionUpperBound where nothing happened, in closed form: 1 - (1 - confidence)^(1/trials). Same assumptions. */
export const zeroEventsUpperBound = (trials: number, confidence: number): number => {
  mustBeInside(confidence, 'a confidence');
  must(Number.isSafeInteger(trials) && trials > 0, `a bound from ${trials} trials`);
  return -Math.expm1(Math.log(1 - confidence) / trials);
};

/** The least number of trials, all without the event, that shows it to be rarer than `proportion` (59 for 5 % with 95 % confidence). */
export const trialsForZeroEvents = (proportion: number, confidence: number): number => {
  mustBeInside(proportion, 'a proportion');
  mustBeInside(confidence, 'a confidence');
  // What is whole but for rounding is whole.
  return Math.max(1, Math.ceil(Math.log(1 - confidence) / Math.log1p(-proportion) - 1e-9));
};

/**
 * Wilson's score interval (1927, JASA 22:209): shorter, for charts; covers about `confidence` on average, and less for some proportions.
 * Not for a verdict: there it must be clopperPearson.
 */
export const wilson = ({ events, trials }: Count, confidence: number): Interval => {
  mustBeInside(confidence, 'a confidence');
  mustBeCount({ events, trials });
  if (trials === 0) return { lower: 0, upper: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const [share, squared] = [events / trials, z * z / trials];
  const [middle, half] = [share + squared / 2, z * Math.sqrt(share * (1 - share) / trials + squared / (4 * trials))];
  // At the ends the formula is exact on paper, and not in doubles.
  return { lower: events === 0 ? 0 : (middle - half) / (1 + squared), upper: events === trials ? 1 : (middle + half) / (1 + squared) };
};
