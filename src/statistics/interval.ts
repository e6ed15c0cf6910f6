// Quantities known as intervals: all that is known is that the value is not below `lower` and not above `upper`.

import { must } from './check.ts';

export interface Interval { readonly lower: number; readonly upper: number }

/** `by`: how far apart they are at least. `tooWideBy`: how much narrower the two must be, together and at the ends that face each other, before anything can be said. */
export type Order = { readonly order: 'less' | 'greater'; readonly by: number } | { readonly order: 'undecided'; readonly tooWideBy: number };

/**
 * Whether `a` is less than `b` in the worst corner, which is wherever in their intervals the two may be. Intervals that touch
 * are undecided: the values may be equal. Where both narrow about their middles, and not at one end, it takes twice `tooWideBy`.
 * Not for confidence intervals whose confidences must hold together, unless each was made for that (equivalence.ts).
 */
export const compareIntervals = (a: Interval, b: Interval): Order => {
  for (const { lower, upper } of [a, b]) must(lower <= upper, `[${lower}, ${upper}] is no interval`);
  if (a.upper < b.lower) return { order: 'less', by: b.lower - a.upper };
  if (b.upper < a.lower) return { order: 'greater', by: a.lower - b.upper };
  return { order: 'undecided', tooWideBy: Math.min(a.upper - b.lower, b.upper - a.lower) };
};

/** What a - b may be. Infinity less Infinity may be anything. */
export const difference = (a: Interval, b: Interval): Interval => {
  const [lower, upper] = [a.lower - b.upper, a.upper - b.lower];
  return { lower: Number.isNaN(lower) ? -Infinity : lower, upper: Number.isNaN(upper) ? Infinity : upper };
};
