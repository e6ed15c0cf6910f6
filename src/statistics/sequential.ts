// Trials that stop when enough has been seen.

import { must, mustBeCount, mustBeInside, type Count } from './check.ts';
import type { Interval } from './interval.ts';
import { bisect, logBeta } from './special.ts';

/** A proportion of at most p0 is fine, one of at least p1 is not. `alpha`: how often p0 may be rejected, `beta`: p1 accepted. `cap`: no more trials than that. */
export interface SprtPlan { readonly p0: number; readonly p1: number; readonly alpha: number; readonly beta: number; readonly cap: number }

/** accept: the proportion is taken for p0. reject: for p1. capped: it cannot be told within the cap. */
export type SprtState = 'continue' | 'accept' | 'reject' | 'capped';

/** After so many trials, accept with at most `acceptAt` events, reject with at least `rejectAt`. Null: no count of events is enough yet. */
export interface SprtBoundaries { readonly acceptAt: number | null; readonly rejectAt: number | null }

/** A count that lies on a boundary but for rounding lies on it. */
const rounding = 1e-9;

/** Wald's lines (1947, Sequential Analysis, 5.3): both rise by the same slope. */
const linesOf = ({ p0, p1, alpha, beta, cap }: SprtPlan): { readonly slope: number; readonly accept: number; readonly reject: number } => {
  for (const [value, what] of [[p0, 'p0'], [p1, 'p1'], [alpha, 'alpha'], [beta, 'beta']] as const) mustBeInside(value, what);
  must(p0 < p1, `p0 is ${p0}, p1 is ${p1}: p0 must be less`);
  must(alpha + beta < 1, `alpha and beta are ${alpha + beta} together, which a coin does better`);
  must(Number.isSafeInteger(cap) && cap > 0, `a cap of ${cap} trials`);
  const ratio = Math.log(p1 / p0) + Math.log((1 - p0) / (1 - p1));
  return { slope: Math.log((1 - p0) / (1 - p1)) / ratio, accept: Math.log(beta / (1 - alpha)) / ratio, reject: Math.log((1 - beta) / alpha) / ratio };
};

export const sprtBoundaries = (plan: SprtPlan, trials: number): SprtBoundaries => {
  const { slope, accept, reject } = linesOf(plan);
  const acceptAt = Math.floor(accept + slope * trials + rounding);
  const rejectAt = Math.ceil(reject + slope * trials - rounding);
  return { acceptAt: acceptAt < 0 ? null : acceptAt, rejectAt: rejectAt > trials ? null : rejectAt };
};

/** Where a count stands. Of trials that went on after a decision it says where they stand now, not what was decided: that is `sprt`. */
export const sprtState = (plan: SprtPlan, count: Count): SprtState => {
  mustBeCount(count);
  const { acceptAt, rejectAt } = sprtBoundaries(plan, count.trials);
  if (acceptAt !== null && count.events <= acceptAt) return 'accept';
  if (rejectAt !== null && count.events >= rejectAt) return 'reject';
  return count.trials >= plan.cap ? 'capped' : 'continue';
};

/**
 * Wald's sequential probability ratio test: the first decision that the trials reach in their order, and the count at which they did; true is an event.
 * Its errors are at most alpha / (1 - beta) and beta / (1 - alpha) (Wald 1947, 3.2), and a cap makes them less. Assumes a plan that was
 * fixed before, trials independent and alike. Not for estimating: the share of events at the stop is biased (confidenceSequence).
 */
export const sprt = (plan: SprtPlan, outcomes: readonly boolean[]): { readonly state: SprtState; readonly count: Count } => {
  let count: Count = { events: 0, trials: 0 };
  let state: SprtState = sprtState(plan, count);
  for (const outcome of outcomes) {
    if (state !== 'continue') break;
    count = { events: count.events + (outcome ? 1 : 0), trials: count.trials + 1 };
    state = sprtState(plan, count);
  }
  return { state, count };
};

/**
 * An interval for the proportion that covers with `confidence` at every count at once, so that one may look after each trial and stop by whatever
 * was seen (Robbins 1970, Ann. Math. Stat. 41:1397; Howard et al. 2021, Ann. Stat. 49:1055): all p that a uniform mixture
 * of proportions has not made 1 / (1 - confidence) times less likely (Ville's inequality). Assumes independent trials that are alike, and is wider than
 * clopperPearson: not for a number of trials that was fixed before.
 */
export const confidenceSequence = (count: Count, confidence: number): Interval => {
  mustBeInside(confidence, 'a confidence');
  mustBeCount(count);
  const { events, trials } = count;
  const mixture = logBeta(events + 1, trials - events + 1);
  // 0 ln 0 is 0.
  const logLikelihood = (p: number): number => (events === 0 ? 0 : events * Math.log(p)) + (trials === events ? 0 : (trials - events) * Math.log1p(-p));
  const isOut = (p: number): boolean => mixture - logLikelihood(p) >= -Math.log1p(-confidence);
  const likeliest = trials === 0 ? 0.5 : events / trials;
  return {
    lower: isOut(0) ? bisect(isOut, 0, likeliest) : 0,
    upper: isOut(1) ? bisect((p) => !isOut(p), likeliest, 1) : 1,
  };
};
