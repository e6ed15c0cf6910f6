import test from 'ava';
import { corosyncCounts, lastTokens } from '../../src/analysis/corosync.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import { atUs, recordOf } from './timeline-builder.ts';

const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, also: [
  [-3, 'pve1', { type: 'membership-formed', ring: '1.1', joined: ['pve2'], left: [] }],
  [1.5, 'pve1', { type: 'knet-link-changed', peer: 'pve3', link: 0, up: false }],
  [1.6, 'pve3', { type: 'knet-link-changed', peer: 'pve1', link: 0, up: false }],
  [2.4, 'pve1', { type: 'token-warned', ms: 2343 }],
  [3.2, 'pve1', { type: 'token-lost', timeoutMs: 3125 }],
  [7, 'pve1', { type: 'membership-formed', ring: '1.2', joined: [], left: ['pve3'] }],
  [7.1, 'pve1', { type: 'quorum-changed', quorate: false }],
  [35, 'pve1', { type: 'membership-formed', ring: '1.3', joined: ['pve3'], left: [] }],
] }));

test('what corosync reported between injection and revert is counted over all nodes', (t) => {
  t.deepEqual(corosyncCounts(timeline, timeline.window!), { knetChanges: 2, tokenWarnings: 1, tokenLosses: 1, memberships: 1, quorumChanges: 1 });
});

test('and for one node alone', (t) => {
  t.deepEqual(corosyncCounts(timeline, timeline.window!, 'pve3'), { knetChanges: 1, tokenWarnings: 0, tokenLosses: 0, memberships: 0, quorumChanges: 0 });
});

test('the last token was there so long before its absence is told, by the node’s own clock', (t) => {
  const told = timelineOf(recordOf({ revertS: 30, endS: 40, also: [
    [2.4, 'pve1', { type: 'token-warned', ms: 2343 }], [3.182, 'pve1', { type: 'token-lost', timeoutMs: 3125 }], [9, 'pve3', { type: 'token-warned', ms: 2250 }],
  ] }));
  t.deepEqual(lastTokens(told, 'pve1'), [[atUs(0.057) - 500, atUs(0.057) + 500], [atUs(0.057) - 500, atUs(0.057) + 500]]);
  t.deepEqual(lastTokens(told, 'pve3'), [[atUs(6.75) - 500, atUs(6.75) + 500]]);
  t.deepEqual(lastTokens(told, 'pve2'), []);
});
