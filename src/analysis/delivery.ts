// Ordered delivery: for how long no message of a node's own came back to it.

import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Timeline, Window } from './timeline.ts';
import { longestGap } from './timeline.ts';

/** The longest time without a delivery that reaches into the fault, cut off at the revert; a node that is away by a reset delivers nothing. */
export const deliveryOutageMs = (timeline: Timeline, window: Window, node: NodeId): number => {
  const deliveries = deliveriesUs(timeline, node);
  const before = deliveries.findLast((us) => us <= window.zeroUs) ?? window.zeroUs;
  const gap = longestGap(deliveries, { fromUs: before, toUs: window.endUs });
  return msOf(gap.toUs - gap.fromUs);
};

/** When messages came back, to within a tick. */
export const deliveriesUs = (timeline: Timeline, node: NodeId): readonly number[] =>
  timeline.by(node, 'tick').filter((tick) => tick.delivered.length > 0).map((tick) => middleUs(tick.at));
