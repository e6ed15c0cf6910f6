// The lanes of the watchdog: how old the LRM's lock became on each node, and what was done about it.

import { refreshesUs } from '../../analysis/lock-age.ts';
import type { NodeId } from '../../model/lab.ts';
import { seconds } from '../words.ts';
import { awaySpans } from './bond-lanes.ts';
import { spans } from './lane.ts';
import type { Lane, LaneGroup, Shape } from './lane.ts';
import { atMs, awayStretches, nodeLabel, outside, within } from './view.ts';
import type { View } from './view.ts';

/** CLIENT_WATCHDOG_TIMEOUT of pve-ha-manager's watchdog-mux.c: the age at which it stops to feed the watchdog. */
const pointOfNoReturnMs = 60_000;
/** The lane reaches a little beyond, so that the crossing is seen. */
const topMs = 66_000;

/** Null where no node had a lock to refresh and no watchdog spoke. */
export const fencingGroup = (view: View): LaneGroup | null => {
  const lanes = view.nodes.flatMap((node) => {
    const lane = fencingLane(view, node);
    return lane === null ? [] : [lane];
  });
  if (lanes.length === 0) return null;
  return {
    title: 'Watchdog',
    lanes,
  };
};

const fencingLane = (view: View, node: NodeId): Lane | null => {
  const refreshed = refreshesUs(view.timeline, node).map((us) => view.ms(us));
  const marks = marksOf(view, node);
  if (refreshed.length === 0 && marks.length === 0) return null;
  const ages = agesOf(view, node, refreshed);
  const oldest = ages.reduce((most, { fromMs, toMs }) => Math.max(most, toMs - fromMs), 0);
  return {
    label: nodeLabel(view, node),
    figure: ages.length === 0 ? '' : `${seconds(oldest)} old`,
    loud: oldest >= 50_000 || marks.some((mark) => mark.tone === 'worst'),
    tall: true,
    says: `refreshes of the lock: ${refreshed.filter((ms) => within(view.window, ms)).length}`,
    shapes: [
      ...spans(awaySpans(awayStretches(view, node))),
      { shape: 'level', value: pointOfNoReturnMs / topMs },
      { shape: 'curve', topMs, points: ages.flatMap(agePoints) },
      { shape: 'dots', atMs: refreshed.filter((ms) => within(view.window, ms)) },
      ...marks,
    ],
  };
};

/** A line that rises with the age, and stays at the top once it has reached it. */
const agePoints = ({ fromMs, toMs, startMs }: Age): readonly ({ readonly atMs: number; readonly value: number } | null)[] => {
  const point = (ms: number): { readonly atMs: number; readonly value: number } => ({ atMs: ms, value: Math.min(1, (ms - fromMs) / topMs) });
  return [point(startMs), ...(toMs > fromMs + topMs && fromMs + topMs > startMs ? [point(fromMs + topMs)] : []), point(toMs), null];
};

interface Age { readonly fromMs: number; readonly startMs: number; readonly toMs: number }

/** From each refresh to the next, or to what ended the waiting for it; `startMs` is where the picture begins to show it. */
const agesOf = (view: View, node: NodeId, refreshed: readonly number[]): readonly Age[] =>
  refreshed.flatMap((fromMs, index) => {
    const age = { fromMs, toMs: refreshed[index + 1] ?? view.window.toMs };
    // A reset ends the age; what comes after it belongs to the next boot.
    const cut = outside([age], awayStretches(view, node))[0];
    if (cut === undefined || cut.fromMs !== fromMs || cut.toMs <= view.window.fromMs) return [];
    return [{ ...cut, startMs: Math.max(fromMs, view.window.fromMs) }];
  });

type Mark = Extract<Shape, { readonly shape: 'mark' }>;

const marksOf = (view: View, node: NodeId): readonly Mark[] => {
  const mark = (type: 'watchdog-warned' | 'watchdog-saved' | 'watchdog-expired' | 'fence-ordered' | 'lock-lost' | 'reset-rehearsed', tone: Mark['tone'], words: string): readonly Mark[] =>
    view.timeline
      .by(node, type)
      .map((event) => atMs(view, event))
      .filter((ms) => within(view.window, ms))
      .map((ms) => ({ shape: 'mark', tone, atMs: ms, words }));
  return [
    ...mark('lock-lost', 'waiting', 'the LRM lost its lock'),
    ...mark('watchdog-warned', 'warn', 'the watchdog is about to expire'),
    ...mark('watchdog-saved', 'good', 'refreshed in the last moment'),
    ...mark('fence-ordered', 'bad', 'the LRM found that the CRM had ordered a fence'),
    ...mark('watchdog-expired', 'worst', 'the watchdog expired, the point of no return'),
    ...mark('reset-rehearsed', 'worst', 'softdog would have reset the node (rehearsed)'),
  ];
};
