// Counts of what corosync reported from the injection to the end of the watch.

import type { Body } from '../model/event.ts';
import type { NodeId } from '../model/lab.ts';
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
