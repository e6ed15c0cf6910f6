import test from 'ava';
import type { QuorumResult } from '../../src/analysis/quorum.ts';
import { quorumOf } from '../../src/analysis/quorum.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const quorum = (story: Story): QuorumResult => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 31, ...story }));
  return quorumOf(timeline, timeline.window!, 'pve1');
};
const line = (atS: number, quorate: boolean): NonNullable<Story['also']>[number] => [atS, 'pve1', { type: 'quorum-changed', quorate }];

test('a node that says nothing is quorate throughout', (t) => {
  t.deepEqual(quorum({}), { outMs: 0, quorateAtEnd: true });
});

test('a node is out from one line to the next', (t) => {
  t.deepEqual(quorum({ also: [line(7.01, false), line(11.01, true), line(20.01, false), line(21.01, true)] }), { outMs: 5000, quorateAtEnd: true });
});

test('a node that is out at the revert was out until then', (t) => {
  t.deepEqual(quorum({ also: [line(7.01, false)] }), { outMs: 22_990, quorateAtEnd: false });
});

test('what was said before the injection or after the revert does not count', (t) => {
  t.deepEqual(quorum({ also: [line(-8, false), line(-6, true), line(30.5, false)] }), { outMs: 0, quorateAtEnd: true });
});

test('a node that is reset is out until its new life is quorate', (t) => {
  t.deepEqual(quorum({ resets: [{ node: 'pve1', atS: 10.01, backS: 25.01 }], also: [line(20.01, true)] }), { outMs: 10_000, quorateAtEnd: true });
});

test('a node that is reset is out until it is back, where its journal says nothing', (t) => {
  t.deepEqual(quorum({ resets: [{ node: 'pve1', atS: 10.01, backS: 25.01 }] }), { outMs: 15_000, quorateAtEnd: true });
});

test('a new life that loses its quorum again is out again', (t) => {
  t.deepEqual(quorum({ resets: [{ node: 'pve1', atS: 10.01, backS: 25.01 }], also: [line(15.01, true), line(20.01, false)] }), { outMs: 10_000, quorateAtEnd: true });
});

test('a node that does not come back is out to the end', (t) => {
  t.deepEqual(quorum({ resets: [{ node: 'pve1', atS: 10.01, backS: null }] }), { outMs: 19_990, quorateAtEnd: false });
});
