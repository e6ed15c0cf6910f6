// Trials of one scenario, one by each injector or in each of two runs: whether they saw the same.

import type { Event } from '../model/event.ts';
import { quantitiesOf, sightOf, undone, type Quantity, type Sight } from './quantities.ts';
import { secondsOf } from './words.ts';

/** One quantity of the trials. */
export interface Compared {
  readonly what: string;
  /** Of each trial, in their order. */
  readonly values: readonly string[];
  /** How far they may be apart, in words. */
  readonly tolerance: string;
  readonly agrees: boolean;
}

/** A line for each quantity; of one trial alone, for what must hold of each. Pure, like the judge whose results they are. */
export const compareTrials = (records: readonly (readonly Event[])[]): readonly Compared[] => {
  const sights = records.map(sightOf);
  const [first, ...others] = sights;
  return [
    must(sights, 'the fault was proven', ({ result }) => result.valid ? null : result.reason),
    must(sights, 'undone, and as before', undone),
    ...first && others.length > 0 ? quantitiesOf([first, ...others]).map((quantity) => compared(quantity, sights)) : [],
  ];
};

const must = (sights: readonly Sight[], what: string, wrong: (sight: Sight) => string | null): Compared => {
  const found = sights.map(wrong);
  return { what, values: found.map((each) => each ?? 'yes'), tolerance: 'must be yes', agrees: found.length > 0 && found.every((each) => each === null) };
};

const compared = (quantity: Quantity, sights: readonly Sight[]): Compared => {
  const { what } = quantity;
  if (quantity.kind === 'word') {
    const values = sights.map((sight) => quantity.tell(sight));
    return { what, values, tolerance: 'must be the same', agrees: new Set(values).size === 1 };
  }
  const { toleranceMs, mayBeUnseen } = quantity;
  const values = sights.map((sight) => quantity.tell(sight));
  const seen = values.filter((value) => value !== null);
  const agrees = seen.length === 0 || (mayBeUnseen || seen.length === values.length) && Math.max(...seen) - Math.min(...seen) <= toleranceMs;
  return { what, values: values.map((value) => value === null ? notSeen : secondsOf(value)), tolerance: toleranceWords(toleranceMs), agrees };
};

export const notSeen = 'not seen';

export const toleranceWords = (toleranceMs: number): string => `may be ${secondsOf(toleranceMs)} apart`;
