// Quantiles of times, without a model of how they are distributed.

import { binomialAtMost } from './binomial.ts';
import { must, mustBeInside, mustBeValues } from './check.ts';
import type { Interval } from './interval.ts';
import { trialsForZeroEvents } from './proportion.ts';

export interface Asked { readonly quantile: number; readonly confidence: number }

/** `rank` counts the sorted values from 1; `coverage` is the confidence that was reached, at least what was asked. */
export interface QuantileBound { readonly value: number; readonly rank: number; readonly coverage: number }

export interface QuantileInterval extends Interval { readonly ranks: readonly [number, number]; readonly coverage: number }

/** Infinities compare, which a difference of them would not. */
const sorted = (values: readonly number[]): readonly number[] => {
  mustBeValues(values);
  return values.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0);
};

/** A confidence that is missed by rounding only is reached. */
const rounding = 1e-12;

/** The least rank whose value is at or above the quantile with this confidence: so many values at most are below it (Conover 1999, Practical Nonparametric Statistics, 3.2). */
const upperRank = (trials: number, { quantile, confidence }: Asked): number | null => {
  mustBeInside(quantile, 'a quantile');
  mustBeInside(confidence, 'a confidence');
  for (let rank = 1; rank <= trials; rank += 1) if (binomialAtMost(rank - 1, { trials, proportion: quantile }) >= confidence - rounding) return rank;
  return null;
};

/** The greatest rank at or below it: the same, counted from the other end. */
const lowerRank = (trials: number, { quantile, confidence }: Asked): number | null => {
  const mirrored = upperRank(trials, { quantile: 1 - quantile, confidence });
  return mirrored === null ? null : trials + 1 - mirrored;
};

/**
 * With `confidence`, the quantile is at most `value`. Null: there are too few values (59 are needed for the 95th percentile at 95 %).
 * Assumes independent values of one distribution, any at all; ties make it more careful, never less. What did not end is Infinity.
 * Not for values of which those that were cut off are left out (incidence.ts), nor for strata mixed in other shares than they were tried in.
 */
export const quantileUpperBound = (values: readonly number[], asked: Asked): QuantileBound | null => {
  const rank = upperRank(values.length, asked);
  return rank === null ? null : { value: sorted(values)[rank - 1]!, rank, coverage: binomialAtMost(rank - 1, { trials: values.length, proportion: asked.quantile }) };
};

/** The same from below: the quantile is at least `value`. */
export const quantileLowerBound = (values: readonly number[], asked: Asked): QuantileBound | null => {
  const rank = lowerRank(values.length, asked);
  return rank === null ? null : { value: sorted(values)[rank - 1]!, rank, coverage: 1 - binomialAtMost(rank - 1, { trials: values.length, proportion: asked.quantile }) };
};

/** Both bounds, half of the error for each (Nair 1940, Sankhya 4:551, for medians). Null where one of them is. Same assumptions. */
export const quantileInterval = (values: readonly number[], { quantile, confidence }: Asked): QuantileInterval | null => {
  const each = { quantile, confidence: 1 - (1 - confidence) / 2 };
  const [low, high] = [lowerRank(values.length, each), upperRank(values.length, each)];
  if (low === null || high === null) return null;
  const of = { trials: values.length, proportion: quantile };
  const ordered = sorted(values);
  return { lower: ordered[low - 1]!, upper: ordered[high - 1]!, ranks: [low, high], coverage: binomialAtMost(high - 1, of) - binomialAtMost(low - 1, of) };
};

/** The least number of values for quantileUpperBound, whose value is then the greatest of them (Wilks 1941, Ann. Math. Stat. 12:91): quantile^n <= 1 - confidence. */
export const valuesForUpperBound = ({ quantile, confidence }: Asked): number => trialsForZeroEvents(1 - quantile, confidence);

/** Type 7 of Hyndman and Fan (1996, Am. Stat. 50:361), which R and NumPy have by default: linear between the values around rank (n - 1) p + 1. Null of no values. Not a bound: it says nothing of how sure it is. */
export const sampleQuantile = (values: readonly number[], quantile: number): number | null => {
  must(quantile >= 0 && quantile <= 1, `quantile ${quantile}`);
  const ordered = sorted(values);
  const at = (ordered.length - 1) * quantile;
  const [below, above] = [ordered[Math.floor(at)], ordered[Math.ceil(at)]];
  if (below === undefined || above === undefined) return null;
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
};

export interface Weighted { readonly value: number; readonly weight: number }

/**
 * The least value up to which the weights reach `quantile` of their sum: type 1 of Hyndman and Fan, with weights. For cells that were not
 * tried as often as they occur: each value weighs its cell's weight by the number of its values. Null of no weight. Not a bound either.
 */
export const weightedQuantile = (values: readonly Weighted[], quantile: number): number | null => {
  must(quantile > 0 && quantile <= 1, `quantile ${quantile}`);
  must(values.every(({ weight }) => weight >= 0 && Number.isFinite(weight)), 'a weight is negative, or none');
  mustBeValues(values.map(({ value }) => value));
  const ordered = values.filter(({ weight }) => weight > 0).toSorted((a, b) => a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
  const wanted = quantile * ordered.reduce((sum, { weight }) => sum + weight, 0) * (1 - rounding);
  let reached = 0;
  return ordered.find(({ weight }) => (reached += weight) >= wanted)?.value ?? null;
};
