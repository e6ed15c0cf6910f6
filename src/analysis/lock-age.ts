// The LRM's lock: how long it went without a refresh.

import type { EventOf } from '../model/event.ts';
import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Timeline, Window } from './timeline.ts';
import { awaySpans } from './timeline.ts';

/** So old it is the point of no return (pve-ha-manager, watchdog-mux.c, CLIENT_WATCHDOG_TIMEOUT). */
export const noReturnMs = 60_000;

/** LRM states in which a round has refreshed the lock (pve-ha-manager LRM.pm work()); in the others lrm_status is written without one. */
const holding: readonly string[] = ['active', 'maintenance'];

export const refreshesOf = (timeline: Timeline, node: NodeId): readonly EventOf<'lrm-refreshed'>[] =>
  timeline.by(node, 'lrm-refreshed').filter((event) => holding.includes(event.state));

/** When the lock was refreshed. */
export const refreshesUs = (timeline: Timeline, node: NodeId): readonly number[] => refreshesOf(timeline, node).map((event) => middleUs(event.at));

/** The oldest that the lock became while nodes were watched; a reset ends the lock's life. Null: it was never refreshed. */
export const lockAgeMs = (timeline: Timeline, window: Window, node: NodeId): number | null => {
  const [endUs] = window.watchEnd;
  const refreshes = refreshesUs(timeline, node);
  const resets = awaySpans(timeline, node).map((span) => span.fromUs);
  const ages = refreshes.flatMap((fromUs, place) => {
    const toUs = Math.min(refreshes[place + 1] ?? Infinity, resets.find((us) => us >= fromUs) ?? Infinity, endUs);
    return fromUs > endUs || toUs < window.zeroUs ? [] : [toUs - fromUs];
  });
  return ages.length === 0 ? null : msOf(Math.max(...ages));
};
