// How a claim of each quantifier is judged. A claim says what shows it; the rule counts, and says what follows and how sure it is.

import { compare, narrowerWords } from '../model/corner.ts';
import { binomialTest, confidenceSequence, quantileInterval, zeroEventsUpperBound } from '../statistics/index.ts';
import type { Evidence, Finding, Tolerance } from './claim.ts';

type Shows = (trial: Evidence) => boolean;
type Judge = (trials: readonly Evidence[]) => Finding;

/** Fixed before the first trial (plan.ts). */
export const confidence = 0.95;

/** A law is upheld against this: that exceptions are so many of all trials, or more. */
export const tooOften = 0.3;

/** Of what was never seen in n trials: at most so often. */
const atMost = (trials: number): string => `${(100 * zeroEventsUpperBound(trials, confidence)).toFixed(trials < 60 ? 0 : 1)} %`;

export const none = (sentence = 'No valid trial of it was run.'): Finding => ({ outcome: 'inconclusive', sentence, deciding: [] });

export interface Words {
  /** What is counted, in the past tense: `a node with a healthy bond was reset`. */
  readonly event: string;
  /** Further figures of the trials in which it was so. */
  readonly figures?: (shown: readonly Evidence[]) => string;
}

/** What is seen may stop the trials, so the interval is one that holds whenever they stop. */
const tally = ({ event, figures }: Words, shown: readonly Evidence[], of: readonly Evidence[]): string => {
  const mixed = shown.length > 0 && shown.length < of.length;
  const { lower, upper } = confidenceSequence({ events: shown.length, trials: of.length }, confidence);
  return `${event} in ${shown.length} of ${of.length} trials${mixed ? ` (${percentOf(lower)} to ${percentOf(upper)} of all)` : ''}${shown.length > 0 && figures ? `; ${figures(shown)}` : ''}`;
};

const percentOf = (share: number): string => `${(100 * share).toFixed(1)} %`;

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

/** *can*: one witness is enough. */
export const can = (witness: Shows, words: Words): Judge => (trials) => {
  const shown = trials.filter(witness);
  if (trials.length === 0) return none();
  if (shown.length > 0) return { outcome: 'upheld', sentence: sentence(tally(words, shown, trials)), deciding: shown };
  return { outcome: 'inconclusive', sentence: sentence(`${tally(words, shown, trials)}, so it happens in at most ${atMost(trials.length)} of them (${100 * confidence} %)`), deciding: trials };
};

export interface Law extends Words {
  /** With fewer trials and no exception it stays open. */
  readonly least: number;
  /** The sentence that would be right, where there was an exception. */
  readonly right: string;
  /** Where this is so of an exception, too, the claim is imprecise and not refuted. */
  readonly direction?: Shows;
}

/** *never*: one exception refutes. */
export const never = (exception: Shows, law: Law): Judge => (trials) => {
  const shown = trials.filter(exception);
  if (trials.length === 0) return none();
  if (shown.length > 0) {
    const outcome = law.direction && shown.every(law.direction) ? 'imprecise' : 'refuted';
    return { outcome, sentence: sentence(tally(law, shown, trials)), right: law.right, deciding: shown };
  }
  const bound = `${tally(law, shown, trials)}, so it happens in at most ${atMost(trials.length)} of them (${100 * confidence} %)`;
  if (trials.length < law.least) return { outcome: 'inconclusive', sentence: sentence(`${bound}; ${law.least} trials were wanted`), deciding: trials };
  return { outcome: 'upheld', sentence: sentence(bound), deciding: trials, pValue: pValueOf(trials) };
};

/** How likely so many trials without an exception are, where exceptions come too often. */
const pValueOf = (trials: readonly Evidence[]): number => binomialTest({ events: 0, trials: trials.length }, tooOften, 'less');

/** *will*: what it says is so in every trial. `event` names what it says. */
export const will = (holds: Shows, law: Law): Judge => (trials) => {
  const shown = trials.filter(holds);
  const exceptions = trials.filter((trial) => !shown.includes(trial));
  if (trials.length === 0) return none();
  const said = tally(law, shown, trials);
  if (exceptions.length > 0) {
    const outcome = law.direction && exceptions.every(law.direction) ? 'imprecise' : 'refuted';
    return { outcome, sentence: sentence(said), right: law.right, deciding: exceptions };
  }
  const bound = `${said}, so it fails in at most ${atMost(trials.length)} of them (${100 * confidence} %)`;
  if (trials.length < law.least) return { outcome: 'inconclusive', sentence: sentence(`${bound}; ${law.least} trials were wanted`), deciding: trials };
  return { outcome: 'upheld', sentence: sentence(bound), deciding: trials, pValue: pValueOf(trials) };
};

export interface Measure extends Tolerance {
  /** `from the fault to the NIC out of use`. */
  readonly what: string;
  /** In ms; null: not seen in this trial. */
  readonly valueMs: (trial: Evidence) => number | null;
  /** How far it may be off; without it: not at all, beside what the tolerance allows for. */
  readonly errorMs?: (trial: Evidence) => number;
  /** Where the values are not as said, but these are, it is imprecise and not refuted. */
  readonly direction: (valueMs: number) => boolean;
  readonly right: (valuesMs: readonly number[]) => string;
}

/** *number*: every value lies within what is said, in the worst corner of what is known of it. */
export const number = ({ what, valueMs, errorMs = () => 0, saidMs, direction, least, right }: Measure): Judge => (trials) => {
  const measured = trials.flatMap((trial) => {
    const value = valueMs(trial);
    return value === null ? [] : [{ trial, value, ...compare(value, errorMs(trial), saidMs) }];
  });
  if (measured.length === 0) return none(trials.length === 0 ? undefined : `In none of ${trials.length} valid trials was it seen: ${what}.`);
  const values = measured.map(({ value }) => value).sort((a, b) => a - b);
  const median = quantileInterval(values, { quantile: 0.5, confidence });
  const said = `${what}: ${range(values)} in ${measured.length} ${measured.length === 1 ? 'trial' : 'trials'}${median === null ? '' : `, the median of all between ${secondsOf(median.lower)} and ${secondsOf(median.upper)} (${100 * confidence} %)`}`;
  const measure = { what, saidMs, values: measured.map(({ trial, value }) => ({ ms: value, trial })) };
  const outside = measured.filter(({ holds }) => holds === false);
  const open = measured.filter(({ holds }) => holds === null);
  if (outside.length === 0 && open.length > 0) {
    return { outcome: 'inconclusive', sentence: sentence(`${said}; of ${open.length} it cannot be told: ${narrowerWords(Math.max(...open.map(({ narrowerBy }) => narrowerBy)))}`), deciding: open.map(({ trial }) => trial), measure };
  }
  if (outside.length === 0) {
    return measured.length < least
      ? { outcome: 'inconclusive', sentence: sentence(`${said}; ${least} trials were wanted`), deciding: trials, measure }
      : { outcome: 'upheld', sentence: sentence(said), deciding: measured.map(({ trial }) => trial), measure };
  }
  return {
    outcome: outside.every(({ value }) => direction(value)) ? 'imprecise' : 'refuted',
    sentence: sentence(`${said}; ${outside.length} of them not between ${secondsOf(saidMs.least)} and ${secondsOf(saidMs.most)}`), right: right(values), deciding: outside.map(({ trial }) => trial), measure,
  };
};

/** *how*: what the trials of each scenario came to, one clause each. */
export const how = (tell: (scenario: string, trials: readonly Evidence[]) => string, answer?: (trials: readonly Evidence[]) => string | null): Judge => (trials) => {
  if (trials.length === 0) return none();
  const parts = [...Map.groupBy(trials, ({ scenario }) => scenario.name)].map(([name, those]) => `${name}: ${tell(name, those)}`);
  const first = answer?.(trials) ?? null;
  return { outcome: 'answered', sentence: `${first === null ? '' : `${first} `}${parts.join('; ')}.`, deciding: trials };
};

export const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `5.7 s`, or `3.3 to 9.0 s, median 5.7 s`. */
export const range = (sortedMs: readonly number[]): string => {
  const [first, last] = [sortedMs[0]!, sortedMs.at(-1)!];
  const middle = sortedMs[Math.floor(sortedMs.length / 2)]!;
  if (secondsOf(first) === secondsOf(last)) return secondsOf(first);
  return `${(first / 1000).toFixed(1)} to ${secondsOf(last)}${sortedMs.length > 2 ? `, median ${secondsOf(middle)}` : ''}`;
};
