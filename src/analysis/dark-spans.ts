// When one node did not hear another: the dark times in a row of probes of which each is known to be lost or not.

import type { Span } from './timeline.ts';

export interface Probe { readonly us: number; readonly lost: boolean }

/** From the first probe that was lost to the first that arrived again. */
export interface DarkSpan extends Span { readonly lossRatio: number; readonly lastLostUs: number }

/**
 * A pair is dark while at least this share of the probes of a second is lost. balance-rr loses one in two with two slaves, one in three with three;
 * a healthy bond loses none.
 */
const darkRatio = 0.3;
const secondUs = 1_000_000;
/** Where an agent was slow, a second is stretched until it holds so many probes. */
const leastProbes = 5;

/** The dark times of one ordered pair, from its probes in order of time; two that a second of hearing parts are two. */
export const darkSpans = (probes: readonly Probe[]): readonly DarkSpan[] => {
  // As with most pairs of most trials.
  if (!probes.some(({ lost }) => lost)) return [];
  const lostBefore = [0];
  for (const probe of probes) lostBefore.push(lostBefore.at(-1)! + Number(probe.lost));
  const lostIn = (from: number, to: number): number => lostBefore[to]! - lostBefore[from]!;

  const runs: { from: number; to: number }[] = [];
  for (let from = 0, to = 0; from < probes.length; from++) {
    while (to < probes.length && (probes[to]!.us < probes[from]!.us + secondUs || to - from < leastProbes)) to++;
    if (to - from < leastProbes || lostIn(from, to) < darkRatio * (to - from)) continue;
    const last = runs.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else runs.push({ from, to });
  }

  const spans: DarkSpan[] = [];
  for (const run of runs) {
    let [first, beyond] = [run.from, run.to];
    while (!probes[first]!.lost) first++;
    while (!probes[beyond - 1]!.lost) beyond--;
    const lastLostUs = probes[beyond - 1]!.us;
    spans.push({ fromUs: probes[first]!.us, toUs: probes[beyond]?.us ?? lastLostUs, lastLostUs, lossRatio: lostIn(first, beyond) / (beyond - first) });
  }
  return spans;
};

/** Whether the pair was still dark when the fault was reverted, as far as its probes could be judged. */
export const lastsUntilEnd = (span: DarkSpan, probes: readonly Probe[], endUs: number): boolean => {
  const lastUs = probes.at(-1)?.us ?? 0;
  return lastUs - span.lastLostUs < secondUs && endUs - lastUs < 3 * secondUs;
};
