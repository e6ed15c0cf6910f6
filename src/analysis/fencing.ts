// Fencing: which node was reset when, whether a watchdog did it because of the fault, and whether its bond was healthy.

import type { Instant } from '../model/instant.ts';
import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Fenced } from '../model/result.ts';
import { refreshesUs } from './lock-age.ts';
import type { Timeline, Window } from './timeline.ts';
import { afterMs, within } from './timeline.ts';

/** A node's end, real or rehearsed, and whether the fault explains it. */
export interface Reset {
  readonly node: NodeId;
  readonly at: Instant;
  readonly rehearsed: boolean;
  /** By a watchdog that ran out because of the fault. */
  readonly explained: boolean;
}

/** From "watchdog expired" to the reset: the kernel's own time-out (watchdog-mux.c watchdog_timeout, 10 s), a second more or less. */
const expiryToReset: Instant = [9_000_000, 11_000_000];
/** watchdog-mux warns then (watchdog-mux.c CLIENT_WATCHDOG_TIMEOUT_WARNING, 50 s): a lock older than this at a reset is a watchdog's work. */
const warningUs = 50_000_000;

/** Every reset of the record in order of time. A watchdog that expired is one even where the record ends before the node went. */
export const resetsOf = (timeline: Timeline): readonly Reset[] => {
  const seen = [
    ...timeline.all('node-reset').map(({ node, at }) => ({ node, at, rehearsed: false })),
    ...timeline.all('reset-rehearsed').map(({ by, at }) => ({ node: by, at, rehearsed: true })),
  ];
  const rehearsing = timeline.started?.scenario.ha === 'rehearse';
  const expected = timeline.all('watchdog-expired')
    .filter(({ by, at }) => !seen.some((reset) => reset.node === by && reset.at[1] >= at[0]))
    .map(({ by, at }) => ({ node: by, at: [at[0] + expiryToReset[0], at[1] + expiryToReset[1]] as const, rehearsed: rehearsing }));
  return [...seen, ...expected]
    .sort((a, b) => middleUs(a.at) - middleUs(b.at))
    .map((reset, place, all) => {
      const before = all.slice(0, place).findLast((earlier) => earlier.node === reset.node);
      return { ...reset, explained: isExplained(timeline, reset, before?.at[1] ?? -Infinity) };
    });
};

/** The resets that the fault explains, as the result names them. */
export const fencedOf = (timeline: Timeline, window: Window): readonly Fenced[] =>
  resetsOf(timeline).filter((reset) => reset.explained).map(({ node, at, rehearsed }) => ({
    node,
    afterMs: afterMs(window, middleUs(at)),
    errorMs: msOf((at[1] - at[0] + window.injected[1] - window.injected[0]) / 2),
    bystander: !timeline.victims.includes(node),
    rehearsed,
  }));

/**
 * A watchdog's work of the time of the fault: it expired, or the CRM had the node fenced, or the warning was given and not taken back, or no
 * refresh of the lock was seen for as long. Signs from after the revert count where the lock was last refreshed before it.
 */
const isExplained = (timeline: Timeline, { node, at }: { readonly node: NodeId; readonly at: Instant }, sinceUs: number): boolean => {
  const { window } = timeline;
  if (window === null) return false;
  const span = { fromUs: Math.max(sinceUs, window.outer.fromUs), toUs: at[1] };
  const saved = timeline.by(node, 'watchdog-saved').map((event) => middleUs(event.at));
  const signs = [
    ...timeline.by(node, 'watchdog-expired').map((event) => middleUs(event.at)),
    ...timeline.by(node, 'fence-ordered').map((event) => middleUs(event.at)),
    ...timeline.by(node, 'watchdog-warned').map((event) => middleUs(event.at)).filter((us) => !saved.some((savedUs) => savedUs >= us && savedUs <= at[1])),
  ].filter((us) => within(span, us));

  const refreshed = refreshesUs(timeline, node).findLast((us) => us <= at[1]);
  const stoppedInTime = refreshed !== undefined && refreshed > sinceUs && refreshed <= window.outer.toUs;
  const starved = stoppedInTime && at[1] - refreshed >= warningUs && refreshed + warningUs >= window.outer.fromUs;
  return starved || signs.some((us) => us <= window.outer.toUs || stoppedInTime);
};
