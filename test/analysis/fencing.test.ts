import test from 'ava';
import { fencedOf, resetsOf } from '../../src/analysis/fencing.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Fenced } from '../../src/model/result.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const fenced = (story: Story): readonly Fenced[] => {
  const timeline = timelineOf(recordOf({ revertS: 100, endS: 140, ...story }));
  return fencedOf(timeline, timeline.window!);
};
const explained = (story: Story): readonly boolean[] => resetsOf(timelineOf(recordOf({ revertS: 100, endS: 140, ...story }))).map((reset) => reset.explained);

const refreshes = { pve2: [-8, 2, 12, 22, 32, 42, 52, 62, 72, 82, 92, 102, 112, 122] };

test('a reset after the watchdog expired is a fence, with how far its time may be off', (t) => {
  t.deepEqual(fenced({ resets: [{ node: 'pve1', atS: 70.01, bootS: 2 }], also: [[60.4, 'pve1', { type: 'watchdog-expired' }]] }),
    [{ node: 'pve1', afterMs: 71_000, errorMs: 1010, bystander: false, rehearsed: false }]);
});

test('any node but the victim is a bystander', (t) => {
  t.deepEqual(fenced({ resets: [{ node: 'pve2', atS: 70 }], also: [[60, 'pve2', { type: 'watchdog-expired' }]] }).map(({ node, bystander }) => [node, bystander]), [['pve2', true]]);
});

test('a rehearsed reset is a fence that says so', (t) => {
  const found = fenced({ scenario: { ha: 'rehearse' }, also: [[60, 'pve2', { type: 'watchdog-expired' }], [70.01, 'pve2', { type: 'reset-rehearsed' }]] });
  t.deepEqual(found, [{ node: 'pve2', afterMs: 70_000, errorMs: 11, bystander: true, rehearsed: true }]);
});

test('an expired watchdog is the point of no return even where the reset was not seen any more', (t) => {
  t.deepEqual(fenced({ also: [[95.01, 'pve2', { type: 'watchdog-expired' }]] }).map(({ node, afterMs, errorMs }) => ({ node, afterMs, errorMs })), [{ node: 'pve2', afterMs: 105_000, errorMs: 1011 }]);
});

test('a reset after the revert is the fault’s where the watchdog expired before it', (t) => {
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 105 }], also: [[95, 'pve2', { type: 'watchdog-expired' }]] }), [true]);
});

test('a watchdog that expired after the revert is the fault’s only where the lock was last refreshed before it', (t) => {
  const also: Story['also'] = [[120, 'pve2', { type: 'watchdog-expired' }]];
  t.deepEqual(explained({ refreshS: { pve2: [-8, 2, 58] }, resets: [{ node: 'pve2', atS: 130 }], also }), [true]);
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 130 }], also }), [false]);
});

test('an order of the CRM explains a reset', (t) => {
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 98 }], also: [[80, 'pve2', { type: 'fence-ordered' }]] }), [true]);
});

test('an order of the CRM from after the revert explains one only where the lock was not refreshed since', (t) => {
  const story: Story = { resets: [{ node: 'pve2', atS: 112 }], also: [[102, 'pve2', { type: 'fence-ordered' }]] };
  t.deepEqual(explained({ ...story, refreshS: { pve2: [-8, 2, 90] } }), [true]);
  t.deepEqual(explained({ ...story, refreshS: { pve2: [-8, 2, 90, 101] } }), [false]);
});

test('a warning explains a reset unless it was taken back', (t) => {
  const warned: Story['also'] = [[52, 'pve2', { type: 'watchdog-warned' }]];
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 72.5 }], also: warned }), [true]);
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 72.5 }], also: [...warned, [55, 'pve2', { type: 'watchdog-saved' }]] }), [false]);
});

test('a lock that was not refreshed for as long explains a reset whose last lines were lost', (t) => {
  t.deepEqual(explained({ refreshS: { pve2: [-8, 2] }, resets: [{ node: 'pve2', atS: 72 }] }), [true]);
});

test('a lock that had run out before the fault explains nothing', (t) => {
  t.deepEqual(explained({ refreshS: { pve2: [-60] }, resets: [{ node: 'pve2', atS: 3 }] }), [false]);
});

test('a reset with a fresh lock and no sign of a watchdog is not explained', (t) => {
  t.deepEqual(explained({ refreshS: refreshes, resets: [{ node: 'pve2', atS: 33 }] }), [false]);
});

test('a reset before the injection is not explained', (t) => {
  t.deepEqual(explained({ resets: [{ node: 'pve2', atS: -4, backS: -1 }], also: [[-6, 'pve2', { type: 'watchdog-expired' }]] }), [false]);
});

test('a second reset needs a sign of its own', (t) => {
  const also: Story['also'] = [
    [60, 'pve2', { type: 'watchdog-expired' }],
    [70, 'harness', { type: 'node-reset', node: 'pve2', oldBootId: 'a', bootId: 'b' }],
    [95, 'harness', { type: 'node-reset', node: 'pve2', oldBootId: 'b', bootId: 'c' }],
  ];
  t.deepEqual(explained({ also, refreshS: { pve2: [-8, 2, 85] } }), [true, false]);
  t.deepEqual(explained({ also, refreshS: { pve2: [-8, 2] } }), [true, false]);
});

test('without an injection no reset is explained', (t) => {
  const record = recordOf({ resets: [{ node: 'pve2', atS: 70 }] }).filter(({ type }) => type !== 'fault-applied');
  t.deepEqual(resetsOf(timelineOf(record)).map((reset) => reset.explained), [false]);
});
