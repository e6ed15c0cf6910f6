import test from 'ava';
import type { CanaryCounts } from '../../src/analysis/canary.ts';
import { canaryCounts, faultSpan } from '../../src/analysis/canary.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Story } from './timeline-builder.ts';
import { atUs, recordOf } from './timeline-builder.ts';

const counts = (story: Story): CanaryCounts => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  return canaryCounts(timeline, timeline.window!);
};

test('canaries are told apart by when they left', (t) => {
  const { before, during, after } = counts({});
  t.true(before.sent >= 45 && before.heard === before.sent);
  t.true(during.sent >= 290 && during.heard === 0);
  t.true(after.sent >= 90 && after.heard >= after.sent - 1);
});

test('a canary that was under way when the fault came is neither before nor during', (t) => {
  const { before, during } = counts({ canaryPasses: (atS) => atS < 0.05 });
  t.is(before.heard, before.sent);
  t.is(during.heard, 0);
});

test('one peer is enough to hear a canary', (t) => {
  const { before } = counts({ mute: [{ node: 'pve2', fromS: -9, toS: 99 }] });
  t.is(before.heard, before.sent);
});

test('the reset of the victim ends the time in which nothing may arrive', (t) => {
  const story: Story = { resets: [{ node: 'pve1', atS: 10, backS: 20 }] };
  t.is(counts(story).during.heard, 0);
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  t.is(faultSpan(timeline, timeline.window!).toUs, atUs(10));
});

test('a carrier takes two seconds to be lost everywhere', (t) => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, proof: { carrier: 0 } }));
  t.is(faultSpan(timeline, timeline.window!).fromUs, timeline.window!.sure.fromUs + 2_000_000);
});
