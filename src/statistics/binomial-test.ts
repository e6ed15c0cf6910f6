// Whether a proportion is a given one.

import { binomialAtLeast, binomialAtMost, binomialProbability } from './binomial.ts';
import { must, mustBeCount, type Count } from './check.ts';

export type Alternative = 'less' | 'greater' | 'two-sided';

/** Outcomes that are as likely as the one seen, but for rounding, are as likely. */
const rounding = 1e-7;

/**
 * The exact p-value of the count where the proportion is `proportion`; two-sided by the sum of all outcomes that are no likelier than the one seen
 * (as R's binom.test has it; Hirji 2006, Exact Analysis of Discrete Data, 3). Assumes a number of trials that was fixed before, independent and alike.
 * Not as a proof that the proportion is the given one: a large p-value may mean few trials (equivalence.ts).
 */
export const binomialTest = (count: Count, proportion: number, alternative: Alternative): number => {
  mustBeCount(count);
  must(proportion >= 0 && proportion <= 1, `a proportion of ${proportion}`);
  const { events, trials } = count;
  const binomial = { trials, proportion };
  if (alternative === 'less') return binomialAtMost(events, binomial);
  if (alternative === 'greater') return binomialAtLeast(events, binomial);
  const seen = binomialProbability(events, binomial) * (1 + rounding);
  const likelier = Array.from({ length: trials + 1 }, (_, k) => k).filter((k) => binomialProbability(k, binomial) > seen);
  const [first, last] = [likelier[0], likelier.at(-1)];
  // They are neighbours, for probabilities rise and then fall: what is left are two tails.
  return first === undefined || last === undefined ? 1 : binomialAtMost(first - 1, binomial) + binomialAtLeast(last + 1, binomial);
};
