// A trial's record prepared for drawing: one scale (ms after the injection), the window to show, and who is who.

import { awaySpans, timelineOf } from '../../analysis/timeline.ts';
import type { Timeline } from '../../analysis/timeline.ts';
import type { Event } from '../../model/event.ts';
import type { Instant } from '../../model/instant.ts';
import { middleUs } from '../../model/instant.ts';
import type { Link, NodeId } from '../../model/lab.ts';
import { victimsIn, type TrialResult } from '../../model/result.ts';

/** A stretch of time, in ms after the injection. */
export interface Stretch { readonly fromMs: number; readonly toMs: number }

export interface View {
  readonly trial: TrialResult;
  readonly timeline: Timeline;
  /** What the picture shows. */
  readonly window: Stretch;
  /** From the injection (0) to the revert, or to the end of the record; null when no fault was applied. */
  readonly fault: Stretch | null;
  readonly nodes: readonly NodeId[];
  /** The hit cable, and that of a second victim; none before they were chosen. */
  readonly links: readonly Link[];
  /** When each node was down after a reset, until it was back. */
  readonly away: ReadonlyMap<NodeId, readonly Stretch[]>;
  /** Microseconds of the trial in ms after the injection. */
  ms(us: number): number;
}

/** How much of the quiet before the fault is shown. */
const beforeMs = 10_000;

export const viewOf = (trial: TrialResult, events: readonly Event[]): View => {
  const timeline = timelineOf(events);
  const zeroUs = timeline.window?.zeroUs ?? 0;
  const ms = (us: number): number => (us - zeroUs) / 1000;
  const first = timeline.events[0];
  const firstMs = first === undefined ? 0 : ms(middleUs(first.at));
  const fromMs = timeline.window === null ? firstMs : Math.max(firstMs, -beforeMs);
  const window = { fromMs, toMs: Math.max(ms(timeline.lastUs), fromMs + 1000) };
  const nodes = timeline.nodes.length > 0 ? timeline.nodes : Object.keys(trial.nodes);
  const away = (node: NodeId): readonly Stretch[] => awaySpans(timeline, node).map(({ fromUs, toUs }) => ({ fromMs: ms(fromUs), toMs: Math.min(window.toMs, ms(toUs)) }));
  return {
    trial,
    timeline,
    window,
    fault: timeline.window === null ? null : { fromMs: 0, toMs: ms(timeline.window.endUs) },
    nodes,
    links: timeline.hits.map(({ link }) => link),
    away: new Map(nodes.map((node) => [node, away(node)])),
    ms,
  };
};

/** The middle of what is known of an event's time. */
export const atMs = (view: View, { at }: { readonly at: Instant }): number => view.ms(middleUs(at));

/** A node by its name, and whether its NIC is a silent one. */
export const nodeLabel = ({ trial }: View, node: NodeId): string => victimsIn(trial).includes(node) ? `${node} (victim)` : node;

export const awayStretches = (view: View, node: NodeId): readonly Stretch[] => view.away.get(node) ?? [];

/** What is left of `stretches` outside the holes. */
export const outside = <T extends Stretch>(stretches: readonly T[], holes: readonly Stretch[]): readonly T[] =>
  holes.reduce<readonly T[]>(
    (left, hole) =>
      left.flatMap((one) => {
        if (hole.toMs <= one.fromMs || hole.fromMs >= one.toMs) return [one];
        return [{ ...one, toMs: hole.fromMs }, { ...one, fromMs: hole.toMs }].filter(({ fromMs, toMs }) => toMs > fromMs);
      }),
    stretches,
  );

/** What of the stretches lies in the time of the fault, which all figures are of; all of it where there was none. */
export const inFault = <T extends Stretch>({ fault, window }: View, stretches: readonly T[]): readonly T[] => {
  const { fromMs, toMs } = fault ?? window;
  return outside(stretches, [{ fromMs: -Infinity, toMs: fromMs }, { fromMs: toMs, toMs: Infinity }]);
};

export const within = (stretch: Stretch, ms: number): boolean => ms >= stretch.fromMs && ms <= stretch.toMs;

/** What of a stretch lies in the picture; null: nothing. */
export const shown = <T extends Stretch>(view: View, stretch: T): T | null => {
  const fromMs = Math.max(stretch.fromMs, view.window.fromMs);
  const toMs = Math.min(stretch.toMs, view.window.toMs);
  return toMs > fromMs ? { ...stretch, fromMs, toMs } : null;
};
