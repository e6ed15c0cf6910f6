import test from 'ava';
import { afterMs, awaySpans, longestGap, timelineOf } from '../../src/analysis/timeline.ts';
import type { Event } from '../../src/model/event.ts';
import { atUs, recordOf } from './timeline-builder.ts';

const event = (fromUs: number, toUs: number, body: Partial<Event>): Event => ({ by: 'harness', at: [fromUs, toUs], ...body } as Event);

test('events are ordered by the middle of their instants, whatever order they are given in', (t) => {
  const timeline = timelineOf([event(30, 40, { type: 'trial-ended' }), event(0, 60, { type: 'fault-staged' }), event(10, 20, { type: 'fault-applied' })]);
  t.deepEqual(timeline.events.map(({ type }) => type), ['fault-applied', 'fault-staged', 'trial-ended']);
  t.is(timeline.lastUs, 60);
});

test('the window has sure edges inside, outer ones outside, its zero in the middle of the injection, and its end at the earliest edge of the revert', (t) => {
  const { window } = timelineOf([event(1000, 3000, { type: 'fault-applied' }), event(900_000, 904_000, { type: 'fault-reverted' })]);
  t.deepEqual(window, {
    injected: [1000, 3000], reverted: [900_000, 904_000], zeroUs: 2000, watchEnd: [900_000, 904_000], endUs: 900_000, outer: { fromUs: 1000, toUs: 904_000 }, sure: { fromUs: 3000, toUs: 900_000 },
  });
  t.is(afterMs(window!, 502_000), 500);
});

test('without a revert the end of the record ends the window', (t) => {
  const { window } = timelineOf([event(1000, 3000, { type: 'fault-applied' }), event(5000, 7000, { type: 'fault-staged' })]);
  t.is(window?.reverted, null);
  t.is(window?.endUs, 7000);
});

test('a revert before the injection, as reconciliation makes, is not the fault’s', (t) => {
  const { window } = timelineOf([event(10, 20, { type: 'fault-reverted' }), event(1000, 3000, { type: 'fault-applied' })]);
  t.is(window?.reverted, null);
});

test('there is no window before the fault, and nobody in an empty record', (t) => {
  const timeline = timelineOf([]);
  t.is(timeline.window, null);
  t.deepEqual(timeline.nodes, []);
  t.is(timeline.victim, '');
});

test('a record without a beginning still knows who spoke', (t) => {
  const timeline = timelineOf(recordOf({ endS: 101 }).filter(({ type }) => type !== 'trial-started'));
  t.deepEqual(timeline.nodes, ['pve1', 'pve2', 'pve3']);
});

test('a node is away from the last thing heard of it until it is back, or for good', (t) => {
  const timeline = timelineOf(recordOf({ endS: 101, resets: [{ node: 'pve1', atS: 70, backS: 90 }, { node: 'pve2', atS: 75, backS: null }] }));
  t.deepEqual(awaySpans(timeline, 'pve1'), [{ fromUs: atUs(70), toUs: atUs(90) }]);
  t.deepEqual(awaySpans(timeline, 'pve2'), [{ fromUs: atUs(75), toUs: Infinity }]);
  t.deepEqual(awaySpans(timeline, 'pve3'), []);
});

test('the longest gap may lie at either end', (t) => {
  t.deepEqual(longestGap([4, 5, 6], { fromUs: 0, toUs: 8 }), { fromUs: 0, toUs: 4 });
  t.deepEqual(longestGap([4, 5, 6], { fromUs: 4, toUs: 8 }), { fromUs: 6, toUs: 8 });
  t.deepEqual(longestGap([], { fromUs: 1, toUs: 8 }), { fromUs: 1, toUs: 8 });
  t.deepEqual(longestGap([3], { fromUs: 5, toUs: 5 }), { fromUs: 5, toUs: 5 });
});
