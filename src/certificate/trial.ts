// What the profile asks of a trial's result.

import type { Evidence } from '../claims/claim.ts';
import type { DarkPair, TrialResult } from '../model/result.ts';

/** Faults that take no NIC out of use: that nobody went unheard is no sign of an observer who missed it. */
const silencesNothing = ['none', 'switch-rate-slow'];

/** From the fault until all hear all again, and LACP has taken the NIC out of use, in ms. Infinity: it did not end, or nothing of it was seen. */
export const failoverMs = ({ fault, darkPairs, lacp }: Pick<TrialResult, 'fault' | 'darkPairs' | 'lacp'>): number => {
  const stoppedMs = lacp?.nodeStoppedMs ?? null;
  const ends = [...darkPairs.map(({ toMs }) => toMs ?? Infinity), ...stoppedMs === null ? [] : [stoppedMs]];
  return ends.length > 0 ? Math.max(...ends) : silencesNothing.includes(fault) ? 0 : Infinity;
};

/** Without LACP, as of a cable that was pulled: nobody dark is no time. */
export const darkMs = ({ darkPairs }: Pick<TrialResult, 'darkPairs'>): number => Math.max(0, ...darkPairs.map(({ toMs }) => toMs ?? Infinity));

export const isFenced = ({ fenced }: Pick<TrialResult, 'fenced'>): boolean => fenced.length > 0;

export const hasMembershipChange = ({ counts }: Pick<TrialResult, 'counts'>): boolean => counts.memberships > 0;

/** The longest time, in ms, for which one node heard another that did not hear it. Infinity: to the end of a fault whose length is not known. */
export const asymmetricMs = ({ darkPairs, faultMs }: Pick<TrialResult, 'darkPairs' | 'faultMs'>): number => Math.max(0, ...darkPairs.map((pair) =>
  longest(without(spanOf(pair, faultMs), darkPairs.filter(({ from, to }) => from === pair.to && to === pair.from).map((other) => spanOf(other, faultMs))))));

type Span = readonly [fromMs: number, toMs: number];

const spanOf = ({ fromMs, toMs }: DarkPair, faultMs: number | null): Span => [fromMs, toMs ?? faultMs ?? Infinity];

/** What is left of a span when others are cut out of it. */
const without = (span: Span, others: readonly Span[]): readonly Span[] =>
  others.reduce<readonly Span[]>((left, other) => left.flatMap((each) => cut(each, other)), [span]);

const cut = ([a, b]: Span, [from, to]: Span): readonly Span[] => ([[a, Math.min(b, from)], [Math.max(a, to), b]] as const).filter(([c, d]) => d > c);

const longest = (spans: readonly Span[]): number => Math.max(0, ...spans.map(([from, to]) => to - from));

/** Of each part of the period the first trial that counts: so each part has the weight that it has in the period. */
export const countingOf = (evidence: readonly Evidence[], scenario: string): readonly Evidence[] => {
  const valid = evidence.filter((each) => each.scenario.name === scenario && each.result.valid);
  return [...Map.groupBy(valid, ({ result }) => result.repetition)].sort(([a], [b]) => a - b).map(([, [first]]) => first!);
};
