// Estimates over strata that were not tried as often as they occur. Weights say how often they do.

import { must, mustBeCount, mustBeInside, mustBeValues, type Count } from './check.ts';
import type { Interval } from './interval.ts';
import { proportionLowerBound, proportionUpperBound } from './proportion.ts';

export interface Estimate extends Interval { readonly estimate: number }

/** Weights of any scale, at least 0. */
export interface CountStratum extends Count { readonly weight: number }
export interface ValueStratum { readonly values: readonly number[]; readonly weight: number }

const sharesOf = (strata: readonly { readonly weight: number }[]): readonly number[] => {
  const sum = strata.reduce((total, { weight }) => total + weight, 0);
  must(sum > 0 && Number.isFinite(sum) && strata.every(({ weight }) => weight >= 0), 'weights must be at least 0, and not all 0');
  return strata.map(({ weight }) => weight / sum);
};

const weightedSum = (shares: readonly number[], values: readonly number[]): number => shares.reduce((sum, share, at) => sum + share * values[at]!, 0);

/** Σ w² / n: how the deviation of a weighted mean goes down with the trials. A stratum without weight does not matter. */
const spread = (shares: readonly number[], sizes: readonly number[]): number => shares.reduce((sum, share, at) => share === 0 ? sum : sum + share ** 2 / sizes[at]!, 0);

/** How far a weighted mean of values within a span of 1 lies from what it estimates, on each side, with probability `alpha` for both (Hoeffding 1963, JASA 58:13, theorem 2). */
const hoeffding = (shares: readonly number[], sizes: readonly number[], alpha: number): number => Math.sqrt(spread(shares, sizes) * Math.log(2 / alpha) / 2);

/**
 * The share of events over all strata, and an interval that covers with at least `confidence`, however the strata differ. Null: a stratum with weight has no
 * trials, and so nothing is known of it. Where strata were tried in proportion to their weights it is that of all trials together; else much wider.
 * Assumes independent trials, alike within a stratum. Not for weights that were chosen after seeing the counts.
 */
export const stratifiedProportion = (strata: readonly CountStratum[], confidence: number): Estimate | null => {
  mustBeInside(confidence, 'a confidence');
  strata.forEach(mustBeCount);
  const shares = sharesOf(strata);
  const weighty = strata.filter((_, at) => shares[at]! > 0);
  if (weighty.some(({ trials }) => trials === 0)) return null;
  const all = { events: sumOf(strata, 'events'), trials: sumOf(strata, 'trials') };
  const inProportion = strata.every(({ trials }, at) => Math.abs(trials / all.trials - shares[at]!) < 1e-9);
  const estimate = weightedSum(shares, strata.map(({ events, trials }) => trials === 0 ? 0 : events / trials));
  return { estimate, ...inProportion ? pooled(all, confidence) : apart(strata, shares, { estimate, confidence }) };
};

const sumOf = (strata: readonly Count[], what: keyof Count): number => strata.reduce((sum, each) => sum + each[what], 0);

/**
 * Events of trials that are not alike have lighter tails than those of as many that are (Hoeffding 1956, Ann. Math. Stat. 27:713, theorem 4): at or below the mean less one,
 * and at or above the mean plus one. So the exact bounds hold where they are that far from the count; else there is no bound.
 */
const pooled = (all: Count, confidence: number): Interval => {
  const each = 1 - (1 - confidence) / 2;
  const [lower, upper] = [proportionLowerBound(all, each), proportionUpperBound(all, each)];
  return { lower: all.trials * lower <= all.events - 1 ? lower : 0, upper: all.trials * upper >= all.events + 1 ? upper : 1 };
};

/** What two intervals both allow, each with half of the error: exact bounds of each stratum that hold together, good for few strata; and Hoeffding's, good for many. */
const apart = (strata: readonly Count[], shares: readonly number[], { estimate, confidence }: { readonly estimate: number; readonly confidence: number }): Interval => {
  const alpha = (1 - confidence) / 2;
  // Strata are independent: all bounds of a side hold with the product of their confidences.
  const each = (1 - alpha / 2) ** (1 / strata.length);
  const half = hoeffding(shares, strata.map(({ trials }) => trials), alpha);
  return {
    lower: Math.max(weightedSum(shares, strata.map((count) => proportionLowerBound(count, each))), estimate - half),
    upper: Math.min(weightedSum(shares, strata.map((count) => proportionUpperBound(count, each))), estimate + half),
  };
};

/**
 * The mean over all strata of values that are known to lie in `range`, and an interval by Hoeffding's inequality, which covers with at least `confidence` without a model.
 * Null: a stratum with weight has no values. Assumes independent values, of one distribution within a stratum. Not for values without a known range; and a quantile says more of times.
 */
export const stratifiedMean = (strata: readonly ValueStratum[], range: Interval, confidence: number): Estimate | null => {
  mustBeInside(confidence, 'a confidence');
  for (const { values } of strata) {
    mustBeValues(values);
    must(values.every((value) => value >= range.lower && value <= range.upper), `a value is not within ${range.lower} and ${range.upper}`);
  }
  const shares = sharesOf(strata);
  if (strata.some(({ values }, at) => values.length === 0 && shares[at]! > 0)) return null;
  const estimate = weightedSum(shares, strata.map(({ values }) => values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length));
  const half = (range.upper - range.lower) * hoeffding(shares, strata.map(({ values }) => values.length), 1 - confidence);
  return { estimate, lower: Math.max(range.lower, estimate - half), upper: Math.min(range.upper, estimate + half) };
};
