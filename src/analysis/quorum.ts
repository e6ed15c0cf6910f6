// Quorum: for how long, and until when, a node was out of it.

import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Timeline, Window } from './timeline.ts';
import { awaySpans } from './timeline.ts';

export interface QuorumResult {
  readonly outMs: number;
  /** Whether it was in quorum when the watch ended. */
  readonly quorateAtEnd: boolean;
}

/**
 * Every node is quorate when the fault is injected: the harness injects only then. A line of the journal holds until the next one. A node that is
 * reset is out until its new life says that it is quorate, or until it is back.
 */
export const quorumOf = (timeline: Timeline, window: Window, node: NodeId): QuorumResult => {
  const [endUs] = window.watchEnd;
  const changes = [
    ...timeline.by(node, 'quorum-changed').map((event) => ({ us: middleUs(event.at), quorate: event.quorate })),
    ...awaySpans(timeline, node).flatMap((span) => [{ us: span.fromUs, quorate: false }, { us: span.toUs, quorate: true }]),
  ].filter(({ us }) => us > window.zeroUs && us <= endUs).sort((a, b) => a.us - b.us);

  let [quorate, sinceUs, outUs] = [true, window.zeroUs, 0];
  for (const change of [...changes, { us: endUs, quorate }]) {
    if (!quorate) outUs += change.us - sinceUs;
    sinceUs = change.us;
    quorate = change.quorate;
  }
  return { outMs: msOf(outUs), quorateAtEnd: changes.at(-1)?.quorate ?? true };
};
