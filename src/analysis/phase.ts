// When the fault came, counted from the last anchor before it: what was asked for and what the record tells.

import type { Hit } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import { middleUs } from '../model/instant.ts';
import type { Anchor } from '../model/phase.ts';
import type { PhaseResult } from '../model/result.ts';
import { refreshesOf } from './lock-age.ts';
import type { Timeline, Window } from './timeline.ts';

/** Null where no phase was asked for. Its figures are null where no fault was applied, or no anchor seen before it. */
export const phaseOf = (timeline: Timeline): PhaseResult | null => {
  const { started, window } = timeline;
  if (!started?.phase) return null;
  const { anchor, afterMs: wantedMs } = started.phase;
  const last = window === null ? null : lastAnchor(timeline, window, anchor);
  if (window === null || last === null) return { anchor, wantedMs, measuredMs: null, errorMs: null };
  return { anchor, wantedMs, measuredMs: (window.zeroUs - middleUs(last)) / 1000, errorMs: (widthUs(window.injected) + widthUs(last)) / 2000 };
};

/** The last anchor of this kind before the fault; null: none was seen. Of the victim, or of what else is hit. */
export const lastAnchor = (timeline: Timeline, window: Window, anchor: Anchor, hit: Hit | null = timeline.target): Instant | null =>
  anchorsOf(timeline, anchor, hit).findLast((at) => middleUs(at) <= window.zeroUs) ?? null;

const widthUs = ([earliestUs, latestUs]: Instant): number => latestUs - earliestUs;

/** In order of time. */
const anchorsOf = (timeline: Timeline, anchor: Anchor, hit: Hit | null): readonly Instant[] => {
  const victim = hit?.link.node ?? timeline.victim;
  if (anchor === 'lrm') return refreshesOf(timeline, victim).map(({ at }) => at);
  return timeline.by(victim, 'lacpdu').filter(({ slave, direction }) => direction === 'out' && slave === hit?.link.nic).map(({ at }) => at);
};
