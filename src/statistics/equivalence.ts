// Whether two configurations do the same, within a margin: a difference that was not found is no proof that there is none.

import { mustBeInside, must, type Count } from './check.ts';
import { difference, type Interval } from './interval.ts';
import { proportionLowerBound, proportionUpperBound, wilson } from './proportion.ts';
import { quantileLowerBound, quantileUpperBound } from './quantile.ts';

/** `alpha`: how often two that differ by the margin or more may be called equivalent. Two that do not are called different in at most twice that. */
export interface EquivalenceAsked { readonly margin: number; readonly alpha: number }

export interface Equivalence extends EquivalenceAsked {
  readonly verdict: 'equivalent' | 'different' | 'undecided';
  /** Of the first less the second: each end is a bound with 1 - alpha, both together with 1 - 2 alpha. */
  readonly difference: Interval;
}

/**
 * Two one-sided tests, as an interval (Schuirmann 1987, J. Pharmacokin. Biopharm. 15:657; Berger and Hsu 1996, Stat. Sci. 11:283): equivalent when all
 * of it lies within the margin, different when none of it does.
 */
const judge = (interval: Interval, { margin, alpha }: EquivalenceAsked): Equivalence => {
  must(margin > 0, `a margin of ${margin}`);
  const within = interval.lower > -margin && interval.upper < margin;
  const outside = interval.lower > margin || interval.upper < -margin;
  return { margin, alpha, verdict: within ? 'equivalent' : outside ? 'different' : 'undecided', difference: interval };
};

/** A bound of a difference fails only if one of two independent bounds does, so that each has the root of its confidence (Šidák 1967, JASA 62:626). */
const eachOf = (alpha: number): number => {
  mustBeInside(2 * alpha, 'twice alpha');
  return Math.sqrt(1 - alpha);
};

/**
 * Of the medians of two sets of times, by order statistics of each: exact without a model, more careful than it need be. Too few times for a bound,
 * which is below 6 at alpha 5 %, leave it open. Assumes two independent samples of independent times; what did not end is Infinity.
 * Not for paired times, nor for tails: medians may agree where 95th percentiles do not.
 */
export const medianEquivalence = (first: readonly number[], second: readonly number[], asked: EquivalenceAsked): Equivalence => {
  const bounds = { quantile: 0.5, confidence: eachOf(asked.alpha) };
  const intervalOf = (values: readonly number[]): Interval => ({ lower: quantileLowerBound(values, bounds)?.value ?? -Infinity, upper: quantileUpperBound(values, bounds)?.value ?? Infinity });
  return judge(difference(intervalOf(first), intervalOf(second)), asked);
};

/**
 * Of two proportions, by exact bounds of each (clopperPearson): never errs more often than it says, and is wider than newcombe. Assumes two independent
 * samples, each of independent trials that are alike. Not for paired trials, like those of one seed each.
 */
export const proportionEquivalence = (first: Count, second: Count, asked: EquivalenceAsked): Equivalence => {
  const confidence = eachOf(asked.alpha);
  const intervalOf = (count: Count): Interval => ({ lower: proportionLowerBound(count, confidence), upper: proportionUpperBound(count, confidence) });
  return judge(difference(intervalOf(first), intervalOf(second)), asked);
};

/**
 * Newcombe's interval for a difference of two proportions (1998, Stat. Med. 17:873, method 10, from Wilson's), for charts: covers about `confidence`.
 * Not for a verdict: for some proportions it covers less.
 */
export const newcombe = (first: Count, second: Count, confidence: number): Interval => {
  const [a, b] = [wilson(first, confidence), wilson(second, confidence)];
  // Of no trials the middle is as good as any.
  const [p, q] = [first, second].map(({ events, trials }) => trials === 0 ? 0.5 : events / trials) as [number, number];
  return { lower: p - q - Math.hypot(p - a.lower, b.upper - q), upper: p - q + Math.hypot(a.upper - p, q - b.lower) };
};
