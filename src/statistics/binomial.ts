// The binomial distribution: trials that do not know of each other, each with the event in the same proportion.

import { mustBeCount } from './check.ts';
import { incompleteBeta, logGamma } from './special.ts';

export interface Binomial { readonly trials: number; readonly proportion: number }

/** P(X = events). */
export const binomialProbability = (events: number, { trials, proportion }: Binomial): number => {
  mustBeCount({ events, trials });
  if (proportion <= 0) return events === 0 ? 1 : 0;
  if (proportion >= 1) return events === trials ? 1 : 0;
  const logWays = logGamma(trials + 1) - logGamma(events + 1) - logGamma(trials - events + 1);
  return Math.exp(logWays + events * Math.log(proportion) + (trials - events) * Math.log1p(-proportion));
};

/** P(X <= events), by the incomplete beta function (DLMF 8.17.5), so that small tails keep their digits. */
export const binomialAtMost = (events: number, { trials, proportion }: Binomial): number =>
  events < 0 ? 0 : events >= trials ? 1 : incompleteBeta(1 - proportion, trials - events, events + 1, proportion);

/** P(X >= events). */
export const binomialAtLeast = (events: number, { trials, proportion }: Binomial): number =>
  events <= 0 ? 1 : events > trials ? 0 : incompleteBeta(proportion, events, trials - events + 1);
