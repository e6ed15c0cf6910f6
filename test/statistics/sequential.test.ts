import test from 'ava';
import fc from 'fast-check';
import type { Interval } from '../../src/statistics/interval.ts';
import { clopperPearson } from '../../src/statistics/proportion.ts';
import { confidenceSequence, sprt, sprtBoundaries, sprtState, type SprtPlan, type SprtState } from '../../src/statistics/sequential.ts';

/** Whether the plan's lines are these, to three places: accept and reject at 0, and the slope, found by the first counts that they let through. */
const lines = (plan: SprtPlan, [accept, reject, slope]: readonly [number, number, number], upTo: number): boolean => {
  for (let trials = 1; trials <= upTo; trials += 1) {
    const [atMost, atLeast] = [accept + slope * trials, reject + slope * trials];
    // Lines rounded to three places say nothing where they come near a whole number.
    const near = (line: number): boolean => Math.abs(line - Math.round(line)) < 0.0006 + 0.00006 * trials;
    const { acceptAt, rejectAt } = sprtBoundaries(plan, trials);
    if (!near(atMost) && (acceptAt ?? -1) !== Math.max(-1, Math.floor(atMost))) return false;
    if (!near(atLeast) && (rejectAt ?? trials + 1) !== Math.min(trials + 1, Math.ceil(atLeast))) return false;
  }
  return true;
};

test('the lines are those of the handbooks', (t) => {
  // NIST/SEMATECH e-Handbook 6.2.6: p1 = .01, p2 = .10, alpha = .05, beta = .10: -0.939 + 0.0397 n and 1.205 + 0.0397 n; accept from 24 trials, reject from 2.
  const nist = { p0: 0.01, p1: 0.1, alpha: 0.05, beta: 0.1, cap: 1000 };
  t.true(lines(nist, [-0.939, 1.205, 0.0397], 200));
  t.deepEqual([1, 2, 23, 24, 26].map((n) => sprtBoundaries(nist, n)), [
    { acceptAt: null, rejectAt: null }, { acceptAt: null, rejectAt: 2 }, { acceptAt: null, rejectAt: 3 }, { acceptAt: 0, rejectAt: 3 }, { acceptAt: 0, rejectAt: 3 },
  ]);
  // Montgomery, Introduction to Statistical Quality Control, sequential sampling: .01, .06, .05, .10: -1.22 + 0.028 n and 1.57 + 0.028 n; at 45, 0 and 3; accept from 44.
  const montgomery = { p0: 0.01, p1: 0.06, alpha: 0.05, beta: 0.1, cap: 1000 };
  t.deepEqual([1, 2, 43, 44, 45].map((n) => sprtBoundaries(montgomery, n)), [
    { acceptAt: null, rejectAt: null }, { acceptAt: null, rejectAt: 2 }, { acceptAt: null, rejectAt: 3 }, { acceptAt: 0, rejectAt: 3 }, { acceptAt: 0, rejectAt: 3 },
  ]);
  t.false(lines(nist, [-0.939, 1.205, 0.028], 200));
});

const plan: SprtPlan = { p0: 0.05, p1: 0.5, alpha: 0.01, beta: 0.01, cap: 34 };

test('what never happens is accepted, what always does is rejected, and no later than that', (t) => {
  // n ln((1 - .5) / (1 - .05)) <= ln(.01 / .99) from n = 8, and n ln(.5 / .05) >= ln(.99 / .01) from n = 2.
  t.deepEqual(sprt(plan, new Array<boolean>(40).fill(false)), { state: 'accept', count: { events: 0, trials: 8 } });
  t.deepEqual(sprt(plan, new Array<boolean>(40).fill(true)), { state: 'reject', count: { events: 2, trials: 2 } });
  t.deepEqual(sprt(plan, []), { state: 'continue', count: { events: 0, trials: 0 } });
  t.deepEqual(sprt({ ...plan, cap: 7 }, new Array<boolean>(40).fill(false)), { state: 'capped', count: { events: 0, trials: 7 } });
  // At the cap a decision is still one.
  t.is(sprtState({ ...plan, cap: 8 }, { events: 0, trials: 8 }), 'accept');
});

test('the decision is the first by the likelihood ratio', (t) => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 34 }), (outcomes) => {
    let ratio = 1;
    let right: SprtState = 'continue';
    for (const [at, outcome] of outcomes.entries()) {
      ratio *= outcome ? plan.p1 / plan.p0 : (1 - plan.p1) / (1 - plan.p0);
      right = ratio >= (1 - plan.beta) / plan.alpha ? 'reject' : ratio <= plan.beta / (1 - plan.alpha) ? 'accept' : at + 1 === plan.cap ? 'capped' : 'continue';
      if (right !== 'continue') break;
    }
    t.is(sprt(plan, outcomes).state, right);
  }), { numRuns: 1000 });
});

/** The probability of each end, over all ways that trials with proportion `p` can go. */
const endsOf = (of: SprtPlan, p: number): Readonly<Record<'accept' | 'reject' | 'capped', number>> => {
  const ends = { accept: 0, reject: 0, capped: 0 };
  let alive = new Map([[0, 1]]);
  for (let trials = 1; alive.size > 0; trials += 1) {
    const next = new Map<number, number>();
    for (const [events, probability] of alive) for (const [more, share] of [[1, p], [0, 1 - p]] as const) {
      const state = sprtState(of, { events: events + more, trials });
      if (state === 'continue') next.set(events + more, (next.get(events + more) ?? 0) + probability * share);
      else ends[state] += probability * share;
    }
    alive = next;
  }
  return ends;
};

test('it errs no more often than Wald says', (t) => {
  for (const each of [plan, { ...plan, alpha: 0.05, beta: 0.05 }, { p0: 0.02, p1: 0.3, alpha: 0.01, beta: 0.05, cap: 60 }, { p0: 0.01, p1: 0.1, alpha: 0.05, beta: 0.1, cap: 500 }]) {
    const [fine, bad] = [endsOf(each, each.p0), endsOf(each, each.p1)];
    // Wald 1947, 3.2.
    t.true(fine.reject <= each.alpha / (1 - each.beta) && fine.reject > 0);
    t.true(bad.accept <= each.beta / (1 - each.alpha) && bad.accept > 0);
    t.true(Math.abs(fine.accept + fine.reject + fine.capped - 1) < 1e-12);
  }
});

test('a plan that makes no sense is refused', (t) => {
  for (const wrong of [{ p0: 0.5, p1: 0.05 }, { p0: 0 }, { p1: 1 }, { alpha: 0.6, beta: 0.5 }, { cap: 0 }]) t.throws(() => sprtState({ ...plan, ...wrong }, { events: 0, trials: 1 }), { instanceOf: RangeError });
});

test('a confidence sequence ends where (n + 1) P(X = k) is the error', (t) => {
  // Robbins 1970: p is in while (n + 1) C(n, k) p^k (1 - p)^(n - k) > alpha. Of no event: (n + 1) (1 - p)^n = alpha.
  for (const n of [1, 2, 10, 59, 300]) {
    const { lower, upper } = confidenceSequence({ events: 0, trials: n }, 0.95);
    t.is(lower, 0);
    t.true(Math.abs(upper - (1 - (0.05 / (n + 1)) ** (1 / n))) < 1e-12);
    const all = confidenceSequence({ events: n, trials: n }, 0.95);
    t.true(all.upper === 1 && Math.abs(all.lower - (1 - upper)) < 1e-12);
  }
  t.deepEqual(confidenceSequence({ events: 0, trials: 0 }, 0.95), { lower: 0, upper: 1 });
  const { lower, upper } = confidenceSequence({ events: 3, trials: 10 }, 0.95);
  for (const p of [lower, upper]) t.true(Math.abs(11 * 120 * p ** 3 * (1 - p) ** 7 - 0.05) < 1e-12);
});

/** How often trials with proportion `p` ever have a count, up to the last, whose interval leaves `p` out. */
const everMissed = (intervalOf: (events: number, trials: number) => Interval, p: number, last: number): number => {
  let [missed, alive] = [0, [1]];
  for (let trials = 1; trials <= last; trials += 1) {
    const next = new Array<number>(trials + 1).fill(0);
    for (const [events, probability] of alive.entries()) {
      next[events]! += probability * (1 - p);
      next[events + 1]! += probability * p;
    }
    alive = next.map((probability, events) => {
      const { lower, upper } = intervalOf(events, trials);
      if (lower <= p && p <= upper) return probability;
      missed += probability;
      return 0;
    });
  }
  return missed;
};

const remembered = (intervalOf: (count: { readonly events: number; readonly trials: number }, confidence: number) => Interval): ((events: number, trials: number) => Interval) => {
  const known = new Map<number, Interval>();
  return (events, trials) => {
    const interval = known.get(trials * 1000 + events) ?? intervalOf({ events, trials }, 0.9);
    known.set(trials * 1000 + events, interval);
    return interval;
  };
};

test('it covers whenever one stops, which an interval for a fixed number does not', (t) => {
  const [sequence, fixed] = [remembered(confidenceSequence), remembered(clopperPearson)];
  for (const p of [0.01, 0.1, 0.3, 0.5, 0.62, 0.95]) t.true(everMissed(sequence, p, 120) <= 0.1, `${p}`);
  t.true(everMissed(fixed, 0.3, 120) > 0.2);
});
