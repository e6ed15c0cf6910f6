// Counts of what corosync reported from the injection to the end of the watch.

import type { Body } from '../model/event.ts';
import type { NodeId } from '../model/lab.ts';
import type { Instant } from '../model/instant.ts';
import type { Timeline, Window } from './timeline.ts';
import { during } from './timeline.ts';

export interface CorosyncCounts {
  readonly knetChanges: number;
  readonly tokenWarnings: number;
  readonly tokenLosses: number;
  readonly memberships: number;
  readonly quorumChanges: number;
}

/** Of one node, or of all. */
export const corosyncCounts = (timeline: Timeline, window: Window, node?: NodeId): CorosyncCounts => {
  const count = (type: Body['type']): number =>
    (node === undefined ? timeline.all(type) : timeline.by(node, type)).filter((event) => during(window, event.at)).length;
  return {
    knetChanges: count('knet-link-changed'),
    tokenWarnings: count('token-warned'),
    tokenLosses: count('token-lost'),
    memberships: count('membership-formed'),
    quorumChanges: count('quorum-changed'),
  };
};

/**
 * When a node last had the token, by its own clock: so long before it says that it has not come (corosync.conf(5), token and token_warning: token-warned at three quarters of the time-out,
 * token-lost at its end), both counted from there.
 */
export const lastTokens = (timeline: Timeline, node: NodeId): readonly Instant[] => {
  const before = ({ at }: { readonly at: Instant }, ms: number): Instant => [at[0] - 1000 * ms, at[1] - 1000 * ms];
  return [
    ...timeline.by(node, 'token-warned').map((event) => before(event, event.ms)),
    ...timeline.by(node, 'token-lost').map((event) => before(event, event.timeoutMs)),
  ].sort((a, b) => a[0] - b[0]);
};
