// Whether a node had settled when the watch ended, and what happened to it before.

import { middleUs } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import { deliveriesUs } from './delivery.ts';
import type { Timeline, Window } from './timeline.ts';
import { awaySpans, during } from './timeline.ts';

/** The least time without a change; a lab whose totem is slower needs longer. */
const leastQuietMs = 10_000;
/** Messages go out every other second: a node that got none back for so long has no ordered delivery. */
const stuckUs = 5_000_000;

const corosyncChanges = ['membership-formed', 'token-lost', 'gather-stuck', 'quorum-changed', 'knet-link-changed'] as const;
const decisions: readonly string[] = ['stable', 'reset-and-back'];

export const settledAtEnd = (timeline: Timeline, window: Window, node: NodeId): boolean => {
  const [endUs] = window.watchEnd;
  if (awaySpans(timeline, node).some((span) => span.fromUs <= endUs && span.toUs > endUs)) return false;
  const deliveries = deliveriesUs(timeline, node);
  const delivered = deliveries.findLast((us) => us <= endUs);
  if (delivered !== undefined && endUs - delivered > stuckUs) return false;

  const changes = corosyncChanges.flatMap((type) => timeline.by(node, type).filter((event) => during(window, event.at)).map((event) => middleUs(event.at)));
  if (changes.length === 0) return true;
  const lastUs = Math.max(...changes);
  const decided = timeline.all('node-decided').find((event) => event.node === node && decisions.includes(event.how));
  return endUs - lastUs >= quietUs(timeline, node) || (decided !== undefined && during(window, decided.at) && middleUs(decided.at) >= lastUs);
};

/**
 * How long a node must be without a change. A membership that cannot hold is lost and formed again within token and consensus time-out
 * (corosync.conf(5), token and consensus), so twice their sum without a change is no flapping.
 */
const quietUs = (timeline: Timeline, node: NodeId): number => {
  const totem = timeline.all('node-surveyed').findLast((event) => event.node === node)?.survey.totem;
  return 1000 * Math.max(leastQuietMs, totem ? 2 * (totem.tokenMs + totem.consensusMs) : 0);
};
