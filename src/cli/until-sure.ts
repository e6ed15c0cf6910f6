// `run --until-sure GOAL`: each scenario is run again until a sequential test tells whether the goal is met seldom or often, or it was run as often as it may.

import { digestOf } from '../harness/verification.ts';
import type { Campaign, PlannedTrial } from '../harness/campaign.ts';
import { isMet, type Goal } from '../hunt/goals.ts';
import type { TrialResult } from '../model/result.ts';
import { confidenceSequence, sprt, type Count, type Interval, type SprtPlan, type SprtState } from '../statistics/index.ts';

/** As many as the bound of 5 % wants where nothing happens (0.95^59 < 0.05), and one more. */
export const usualCap = 60;
/** Seldom is one trial in twenty or less; often is what a claim of the documentation may not be contradicted by (claims/rules.ts, tooOften). */
const limits = { p0: 0.05, p1: 0.3, alpha: 0.05, beta: 0.05 } as const;
const confidence = 0.95;

/** Where one scenario stands. `more`: trials that count and ran beside the one that decided. */
export interface Certainty extends Count {
  readonly scenario: string;
  readonly state: SprtState;
  /** Of the share of trials that meet the goal; holds whenever one stops. */
  readonly interval: Interval;
  readonly more: Count;
}

export interface UntilSure extends Required<Pick<Campaign, 'worthwhile' | 'judged'>> {
  /** What is fixed before the first trial, and its digest, which every trial's record carries. */
  readonly plan: string;
  readonly digest: string;
  certainties(): readonly Certainty[];
}

/** Goes by the trials in the order of their numbers, whichever ends first: how long a trial takes hangs on what comes of it. */
export const untilSure = (goal: Goal, trials: readonly PlannedTrial[], { seed, cap }: { readonly seed: number; readonly cap: number }): UntilSure => {
  const scenarios = [...Map.groupBy(trials, ({ scenario }) => scenario.name)].map(([name, those]) => ({ name, numbers: those.map(({ number }) => number).sort((a, b) => a - b) }));
  const sequential: SprtPlan = { ...limits, cap };
  const plan = `${JSON.stringify({ goal: goal.name, test: 'sequential probability ratio (Wald 1947)', ...sequential, confidence, seed, scenarios: scenarios.map(({ name }) => name) }, null, 2)}\n`;
  /** By the trial's number; null: it does not count, and will not be run again. */
  const met = new Map<number, boolean | null>();
  const answersOf = (numbers: readonly number[]): readonly boolean[] => numbers.map((number) => met.get(number) ?? null).filter((answer) => answer !== null);
  const stateOf = (numbers: readonly number[]): { readonly state: SprtState; readonly count: Count } => {
    const open = numbers.findIndex((number) => !met.has(number));
    return sprt(sequential, answersOf(open < 0 ? numbers : numbers.slice(0, open)));
  };
  return {
    plan, digest: digestOf(plan),
    worthwhile: ({ scenario }) => stateOf(scenarios.find(({ name }) => name === scenario.name)!.numbers).state === 'continue',
    judged(result: TrialResult) {
      const answer = isMet(goal, result);
      if (answer !== null || result.attempt === 2) met.set(result.number, answer);
    },
    certainties: () => scenarios.map(({ name, numbers }) => {
      const { state, count } = stateOf(numbers);
      const all = answersOf(numbers);
      return {
        scenario: name, ...count, state, interval: confidenceSequence(count, confidence),
        more: { trials: all.length - count.trials, events: all.filter((answer) => answer).length - count.events },
      };
    }),
  };
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const stateWords: Readonly<Record<SprtState, string>> = {
  accept: `taken for seldom: ${percent(limits.p0)} of trials or less`,
  reject: `taken for often: ${percent(limits.p1)} of trials or more`,
  capped: 'not sure: it was run as often as it may',
  continue: 'not sure: it was broken off, or too few trials count',
};

export const certaintyWords = (goal: Goal, { scenario, events, trials, state, interval: { lower, upper }, more }: Certainty): string => [
  `${scenario}: "${goal.name}" in ${events} of ${trials} trials`, ...trials > 0 ? [`${percent(lower)} to ${percent(upper)} of all (95 %, whenever one stops)`] : [], stateWords[state],
  ...more.trials > 0 ? [`${more.events} of ${more.trials} more that ran beside`] : [],
].join('; ');

/** Whether the test came to an end everywhere. */
export const isSure = (certainties: readonly Certainty[]): boolean => certainties.every(({ state }) => state === 'accept' || state === 'reject');
