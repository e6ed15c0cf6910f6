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

/**
 * A round that could not write lrm_status has refreshed the lock before, at an instant that nobody was told (PVE/HA/LRM.pm, update_lrm_status): seen with 32 nodes,
 * where a lock that seemed 88 s old was 61.
 */
const unseen = /^unable to write lrm status file\b/;

/**
 * The oldest that the lock became while nodes were watched; a reset ends the lock's life. Null: it was never refreshed, or nobody can tell, for a refresh in the
 * longest time without one may not have been seen.
 */
export const lockAgeMs = (timeline: Timeline, window: Window, node: NodeId): number | null => {
  const [endUs] = window.watchEnd;
  const unseenUs = timeline.by(node, 'logged').filter(({ identifier, text }) => identifier === 'pve-ha-lrm' && unseen.test(text)).map(({ at }) => middleUs(at));
  const refreshes = refreshesUs(timeline, node);
  const resets = awaySpans(timeline, node).map((span) => span.fromUs);
  const ages = refreshes.flatMap((fromUs, place) => {
    const toUs = Math.min(refreshes[place + 1] ?? Infinity, resets.find((us) => us >= fromUs) ?? Infinity, endUs);
    return fromUs > endUs || toUs < window.zeroUs ? [] : [{ ageUs: toUs - fromUs, isSure: !unseenUs.some((us) => us > fromUs && us < toUs) }];
  });
  const [oldest] = ages.toSorted((one, other) => other.ageUs - one.ageUs);
  return oldest?.isSure === true ? msOf(oldest.ageUs) : null;
};
