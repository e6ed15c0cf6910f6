// Many questions asked at once.

import { must } from './check.ts';

/**
 * Adjusted p-values, in the order given (Holm 1979, Scand. J. Stat. 6:65): whoever rejects those at or below α errs anywhere with at most α,
 * whatever the questions have to do with each other. Not for questions that were chosen after seeing the data: all that were asked belong in.
 */
export const holm = (pValues: readonly number[]): readonly number[] => {
  must(pValues.every((p) => p >= 0 && p <= 1), 'a p-value is not between 0 and 1');
  const adjusted = new Array<number>(pValues.length);
  let greatest = 0;
  for (const [rank, index] of pValues.map((_, at) => at).toSorted((a, b) => pValues[a]! - pValues[b]!).entries()) {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = greatest;
  }
  return adjusted;
};
