// Which node was quorate together with whom, and whether two partitions were at once.

import type { Instant } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Expectation } from './expectations.ts';
import type { Timeline, Window } from './timeline.ts';
import { listed } from './words.ts';

/** When a node was surely quorate with these members, by what it said itself. */
export interface Quorate { readonly node: NodeId; readonly members: readonly NodeId[]; readonly fromUs: number; readonly toUs: number }

/**
 * Breached only where two nodes were surely quorate at once, in the worst corner of what is known of the times, and their lists have no node in
 * common. A node that has yet to notice still lists those that left it, so its old list does not count.
 */
export const twoQuorate = (timeline: Timeline, window: Window): Expectation => {
  const what = 'no two partitions were quorate at once';
  const told = timeline.nodes.map((node) => quorateSpans(timeline, window, node));
  const spans = told.flatMap((each) => each.spans);
  for (const a of spans) {
    const b = spans.find((other) => other.node > a.node && other.fromUs < a.toUs && a.fromUs < other.toUs && !other.members.some((member) => a.members.includes(member)));
    if (b !== undefined) return { what, held: false, found: `${a.node} with ${listed(a.members)} and ${b.node} with ${listed(b.members)}` };
  }
  const vague = timeline.nodes.filter((_, place) => told[place]!.isVague);
  if (vague.length > 0) return { what, held: null, found: `${listed(vague)} did not say with whom` };
  return { what, held: true, found: 'never' };
};

interface Told {
  readonly spans: readonly Quorate[];
  /** It said that it was quorate, and not with whom. */
  readonly isVague: boolean;
}

/**
 * All are quorate together when the fault comes: the harness injects only then. Of a membership that it has synchronised corosync says who is in it, and
 * whether it is quorate where that changes (exec/vsf_quorum.c). Before that nothing is sure, and one that is overtaken before serves nobody.
 */
export const quorateSpans = (timeline: Timeline, { outer, watchEnd }: Window, node: NodeId): Told => {
  const events = [
    ...timeline.by(node, 'membership-formed'), ...timeline.by(node, 'quorum-changed'), ...timeline.by(node, 'members-listed'),
    ...timeline.all('node-reset').filter((event) => event.node === node),
  ].filter(({ at }) => at[0] >= outer.fromUs && at[0] <= watchEnd[0]).sort((a, b) => a.at[0] - b.at[0]);

  const spans: Quorate[] = [];
  let isVague = false;
  let quorate = true;
  let isClaimed = false;
  let members: readonly NodeId[] | null = timeline.nodes;
  let sinceUs: number | null = outer.fromUs;
  const end = ([us]: Instant): void => {
    if (sinceUs !== null && members !== null && us > sinceUs) spans.push({ node, members, fromUs: sinceUs, toUs: us });
    sinceUs = null;
  };
  for (const event of events) {
    end(event.at);
    if (event.type === 'members-listed') members = event.members;
    if (event.type === 'quorum-changed') quorate = isClaimed = event.quorate;
    if (event.type === 'membership-formed' || event.type === 'node-reset') {
      isVague ||= isClaimed && members === null;
      isClaimed = false;
      members = null;
    }
    if (event.type === 'node-reset') quorate = false;
    sinceUs = quorate && members !== null ? event.at[1] : null;
  }
  end(watchEnd);
  return { spans, isVague: isVague || isClaimed && members === null };
};
