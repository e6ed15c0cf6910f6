import test from 'ava';
import { lockAgeMs } from '../../src/analysis/lock-age.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const ageMs = (story: Story): number | null => {
  const timeline = timelineOf(recordOf({ revertS: 90, endS: 91, ...story }));
  return lockAgeMs(timeline, timeline.window!, 'pve2');
};

test('a lock that is refreshed every ten seconds gets ten seconds old', (t) => {
  t.is(ageMs({}), 10_000);
});

test('the longest time without a refresh is the age', (t) => {
  t.is(ageMs({ refreshS: { pve2: [-8, 2, 12, 61.5, 71, 81] } }), 49_500);
});

test('a lock that is never refreshed again ages to the revert', (t) => {
  t.is(ageMs({ refreshS: { pve2: [-8, 2] } }), 88_000);
});

test('a lock ages to the reset, and the next life begins anew', (t) => {
  t.is(ageMs({ refreshS: { pve2: [-8, 0, 85] }, resets: [{ node: 'pve2', atS: 70, backS: 85 }] }), 70_000);
});

test('writing lrm_status without the lock is no refresh', (t) => {
  t.is(ageMs({ refreshS: { pve2: [-8, 2, 60] }, also: [[30, 'pve2', { type: 'lrm-refreshed', state: 'lost_agent_lock' }]] }), 58_000);
});

test('a lock that nobody refreshed has no age', (t) => {
  t.is(ageMs({ refreshS: { pve2: [] } }), null);
  t.is(ageMs({ refreshS: { pve2: [90.5] } }), null);
});

test('where a refresh may not have been seen nobody can tell the age, unless another time without one was longer', (t) => {
  const failed = (atS: number): NonNullable<Story['also']> => [[atS, 'pve2', { type: 'logged', identifier: 'pve-ha-lrm', text: 'unable to write lrm status file - EACCES' }]];
  t.is(ageMs({ refreshS: { pve2: [-8, 2, 81] }, also: failed(40) }), null);
  t.is(ageMs({ refreshS: { pve2: [-8, 2, 20, 81] }, also: failed(10) }), 61_000);
});
