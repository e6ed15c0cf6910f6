// Ordered delivery: for how long no message of a node's own came back to it.

import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { awaySpans } from './timeline.ts';

/**
 * The longest time that a message of the node's own waited to come back, within the watch and cut off at its end: from when it was first
 * offered, which is every other second, so that an outage may have begun up to two seconds earlier. A node that is away by a reset delivers nothing.
 */
export const deliveryOutageMs = (timeline: Timeline, window: Window, node: NodeId): number => {
  const waits = [...waitsOf(timeline, node), ...awayWithoutDelivery(timeline, node)]
    .map(({ fromUs, toUs }) => Math.min(toUs, window.watchEnd[0]) - Math.max(fromUs, window.zeroUs));
  return msOf(Math.max(0, ...waits));
};

/** A message of a healthy cluster comes back within milliseconds: what took so long is no coincidence. */
const stallUs = 1_000_000;

/** The times in which messages of the node's own waited for longer than `stallUs`; those that meet are one. */
export const deliveryStalls = (timeline: Timeline, node: NodeId): readonly Span[] => {
  const stalls: Span[] = [];
  const long = waitsOf(timeline, node).filter(({ fromUs, toUs }) => toUs - fromUs >= stallUs).sort((a, b) => a.fromUs - b.fromUs);
  for (const wait of long) {
    const last = stalls.at(-1);
    if (last !== undefined && wait.fromUs <= last.toUs) stalls[stalls.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, wait.toUs) };
    else stalls.push(wait);
  }
  return stalls;
};

/** Every message's wait as far as it was seen; most ticks tell of none. */
const waitsOf = (timeline: Timeline, node: NodeId): readonly Span[] => {
  const waits: Span[] = [];
  for (const { at, delivered, undeliveredMs } of timeline.by(node, 'tick')) {
    const toUs = middleUs(at);
    for (const { tookMs } of delivered) waits.push({ fromUs: toUs - tookMs * 1000, toUs });
    if (undeliveredMs > 0) waits.push({ fromUs: toUs - undeliveredMs * 1000, toUs });
  }
  return waits;
};

/** From the last delivery before a reset to the first one after it. */
const awayWithoutDelivery = (timeline: Timeline, node: NodeId): readonly Span[] => {
  const deliveries = deliveriesUs(timeline, node);
  return awaySpans(timeline, node).map(({ fromUs }) => ({
    fromUs: deliveries.findLast((us) => us <= fromUs) ?? fromUs,
    toUs: deliveries.find((us) => us > fromUs) ?? Infinity,
  }));
};

/** When messages came back, to within a tick. */
export const deliveriesUs = (timeline: Timeline, node: NodeId): readonly number[] =>
  timeline.by(node, 'tick').filter((tick) => tick.delivered.length > 0).map((tick) => middleUs(tick.at));
