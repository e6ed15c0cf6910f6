// LACPDUs themselves: how often each end sends them, and how long the switch had none when it gave the port up.

import { middleUs, msOf } from '../model/instant.ts';
import type { LacpdusResult, LacpResult } from '../model/result.ts';
import { awaySpans, type Timeline, type Window } from './timeline.ts';

/**
 * Of the slave that is hit what comes after the fault does not count, and of every slave only what comes after all was well, and before a reset of the victim: negotiation
 * is quicker.
 * Null where fewer than two were seen.
 */
export const lacpdusOf = (timeline: Timeline, window: Window, { switchExpiredMs }: LacpResult): LacpdusResult => {
  const hit = timeline.target?.link.nic;
  const all = timeline.by(timeline.victim, 'lacpdu');
  const wellUs = timeline.all('step-started').find(({ step }) => step === 'baseline')?.at[0] ?? window.outer.fromUs;
  const endUs = Math.min(window.sure.toUs, ...awaySpans(timeline, timeline.victim).map(({ fromUs }) => fromUs).filter((us) => us > wellUs));
  const usual = all.filter(({ at, slave }) => middleUs(at) >= wellUs && middleUs(at) <= (slave === hit ? window.outer.fromUs : endUs));
  const periodMs = (direction: 'in' | 'out'): number | null =>
    medianMs([...Map.groupBy(usual.filter((each) => each.direction === direction), ({ slave }) => slave).values()].flatMap((those) => those.slice(1).map((each, at) => msOf(middleUs(each.at) - middleUs(those[at]!.at)))));
  const last = all.findLast(({ at, slave, direction }) => slave === hit && direction === 'out' && middleUs(at) < window.zeroUs);
  return {
    sentMs: periodMs('out'), receivedMs: periodMs('in'),
    switchSilentMs: last === undefined || switchExpiredMs === null ? null : msOf(window.zeroUs - middleUs(last.at)) + switchExpiredMs,
  };
};

const medianMs = (gaps: readonly number[]): number | null => gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null;
