// Trials of one scenario in two runs, as many as there are: what changed from the one run to the other beyond noise.

import { outcomes, type Outcome } from '../model/result.ts';
import { notSeen, toleranceWords } from './agreement.ts';
import { quantitiesOf, undone, type Quantity, type Sight } from './quantities.ts';
import { secondsOf } from './words.ts';

export interface Changed {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** Why that is more than noise, in words; null where that needs none. */
  readonly because: string | null;
}

export interface Difference {
  /** Trials with a verdict, of each run. */
  readonly counted: readonly [number, number];
  readonly outcomes: readonly [string, string];
  /** How many quantities were compared, the outcome among them. */
  readonly compared: number;
  readonly changed: readonly Changed[];
}

/** Ranges that chance alone would part more often than this say nothing; then only the tolerance does. */
const chanceAtMost = 1 / 20;

/**
 * The outcome of several trials is that of the worst, as in every report. Another quantity has changed where no value of one run is among those of the
 * other, and that is more than noise: where the trials are too few to show what their noise is, values must be farther apart than the
 * quantity's tolerance. At least one trial of each run. Pure.
 */
export const diffTrials = (before: readonly Sight[], after: readonly Sight[]): Difference => {
  const sides = [before, after].map((sights) => sights.filter(hasVerdict)) as [Sight[], Sight[]];
  const verdicts = [verdictOf(before), verdictOf(after)] as const;
  const outcomeChanged: readonly Changed[] = verdicts[0].outcome === verdicts[1].outcome ? [] : [{ what: 'outcome', before: verdicts[0].words, after: verdicts[1].words, because: null }];
  const [first, ...others] = sides.flat();
  const quantities = first === undefined || sides.some(({ length }) => length === 0) ? [] : [wayBack, ...quantitiesOf([first, ...others]).filter(({ what }) => what !== 'outcome')];
  return {
    counted: [sides[0].length, sides[1].length],
    outcomes: [verdicts[0].words, verdicts[1].words],
    compared: 1 + quantities.length,
    changed: [...outcomeChanged, ...quantities.flatMap((quantity) => changeOf(quantity, sides) ?? [])],
  };
};

/** What the fault's proof says is in the outcome already: a trial without it has no verdict. */
const wayBack: Quantity = { kind: 'word', what: 'undone, and as before', tell: (sight) => undone(sight) ?? 'yes' };

const hasVerdict = ({ result: { outcome } }: Sight): boolean => outcome !== 'invalid' && outcome !== 'inconclusive';

/** The worst of the trials with a verdict, and in how many of them; of the last trial where none has one. */
const verdictOf = (sights: readonly Sight[]): { readonly outcome: Outcome; readonly words: string } => {
  const counted = sights.filter(hasVerdict);
  const found = (counted.length > 0 ? counted : sights.slice(-1)).map(({ result }) => result.outcome);
  const outcome = outcomes.findLast((each) => found.includes(each)) ?? 'inconclusive';
  return { outcome, words: counted.length > 1 ? `${outcome} in ${found.filter((each) => each === outcome).length} of ${found.length}` : outcome };
};

type Sides = readonly [readonly Sight[], readonly Sight[]];

const changeOf = (quantity: Quantity, sides: Sides): Changed | null => {
  const { what } = quantity;
  if (quantity.kind === 'word') {
    const [was, is] = sides.map((sights) => new Set(sights.map((sight) => quantity.tell(sight)))) as [Set<string>, Set<string>];
    return [...was].every((value) => !is.has(value)) ? { what, before: [...was].sort().join(' or '), after: [...is].sort().join(' or '), because: null } : null;
  }
  const values = sides.map((sights) => sights.map((sight) => quantity.tell(sight))) as [(number | null)[], (number | null)[]];
  const because = reasonOf(quantity, values);
  return because === null ? null : { what, before: rangeWords(values[0]), after: rangeWords(values[1]), because };
};

/** Null: no change beyond noise. */
const reasonOf = ({ toleranceMs, mayBeUnseen }: Extract<Quantity, { kind: 'time' }>, [before, after]: readonly [readonly (number | null)[], readonly (number | null)[]]): string | null => {
  const [was, is] = [before, after].map((values) => values.filter((value) => value !== null)) as [number[], number[]];
  if (was.length === 0 || is.length === 0) {
    // What was seen in some of the trials only may be missed by chance.
    const oneSawAll = was.length === before.length || is.length === after.length;
    return oneSawAll && !mayBeUnseen ? 'seen by one run only' : null;
  }
  const gapMs = Math.max(Math.min(...was) - Math.max(...is), Math.min(...is) - Math.max(...was));
  const chance = chanceOfApart(was.length, is.length);
  if (gapMs > 0 && chance <= chanceAtMost) return `ranges lie apart; of noise alone in 1 of ${Math.round(1 / chance)}`;
  return gapMs > toleranceMs ? toleranceWords(toleranceMs) : null;
};

/** How often the values of so many trials of one thing fall into two ranges that are apart: two of all the ways to choose who comes first. */
export const chanceOfApart = (some: number, others: number): number => {
  let ways = 1;
  for (let n = 1; n <= some; n++) ways = ways * (others + n) / n;
  return 2 / ways;
};

/** `5.8 s`, `5.6 to 5.9 s`, `5.8 s, and 2 of 8 not seen`. */
const rangeWords = (values: readonly (number | null)[]): string => {
  const seen = values.filter((value) => value !== null);
  if (seen.length === 0) return notSeen;
  const [least, most] = [secondsOf(Math.min(...seen)), secondsOf(Math.max(...seen))];
  const range = least === most ? most : `${least.replace(' s', '')} to ${most}`;
  return seen.length === values.length ? range : `${range}, and ${values.length - seen.length} of ${values.length} ${notSeen}`;
};
