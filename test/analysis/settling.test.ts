import test from 'ava';
import { settledAtEnd } from '../../src/analysis/settling.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Body } from '../../src/model/event.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const settled = (story: Story, node = 'pve2'): boolean => {
  const timeline = timelineOf(recordOf({ revertS: 60, endS: 61, ...story }));
  return settledAtEnd(timeline, timeline.window!, node);
};
const membership: Body = { type: 'membership-formed', ring: '1.a', joined: [], left: ['pve1'] };

test('a node that nothing happened to has settled', (t) => {
  t.true(settled({}));
});

// Token 3125 ms and consensus 3750 ms: twice their sum is 13.75 s.
for (const { atS, is } of [{ atS: 46, is: true }, { atS: 46.5, is: false }, { atS: 59, is: false }]) {
  test(`a membership ${(60 - atS).toFixed(1)} s before the revert ${is ? 'leaves time to settle' : 'does not leave time to settle'}`, (t) => {
    t.is(settled({ also: [[atS, 'pve2', membership]] }), is);
    t.true(settled({ also: [[atS, 'pve2', membership]] }, 'pve3'));
  });
}

test('where totem’s times are not known, ten seconds are enough', (t) => {
  const timeline = timelineOf(recordOf({ revertS: 60, endS: 61, also: [[49.5, 'pve2', membership], [50.5, 'pve3', membership]] }).filter(({ type }) => type !== 'node-surveyed'));
  t.true(settledAtEnd(timeline, timeline.window!, 'pve2'));
  t.false(settledAtEnd(timeline, timeline.window!, 'pve3'));
});

test('a node that the harness saw stable has settled, unless something changed after', (t) => {
  const stable: NonNullable<Story['also']>[number] = [58, 'harness', { type: 'node-decided', node: 'pve2', how: 'stable' }];
  t.true(settled({ also: [[50, 'pve2', membership], stable] }));
  t.false(settled({ also: [[50, 'pve2', membership], stable, [59, 'pve2', { type: 'token-lost', timeoutMs: 3125 }]] }));
  t.false(settled({ also: [[50, 'pve2', membership], [58, 'harness', { type: 'node-decided', node: 'pve2', how: 'time-limit' }]] }));
});

test('a node without ordered delivery has not settled, however quiet it is', (t) => {
  t.false(settled({ undelivered: [{ node: 'pve2', fromS: 55, toS: 99 }] }));
  t.true(settled({ undelivered: [{ node: 'pve2', fromS: 40, toS: 55 }] }));
});

test('a node that is away has not settled', (t) => {
  t.false(settled({ resets: [{ node: 'pve2', atS: 20, backS: null }] }));
  t.false(settled({ resets: [{ node: 'pve2', atS: 20, backS: 60.5 }] }));
  t.true(settled({ resets: [{ node: 'pve2', atS: 20, backS: 40 }] }));
});
