import test from 'ava';
import { quorateSpans, twoQuorate } from '../../src/analysis/partitions.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Event } from '../../src/model/event.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

type Also = NonNullable<Story['also']>;
const nodes = ['pve1', 'pve2', 'pve3', 'pve4'] as const;
const times = { nodes, revertS: 30, endS: 40 } as const;

/** What corosync says of a membership: that it forms, whether that changes its quorum, and who is in it. */
const formed = (atS: number, node: string, members: readonly string[], quorate?: boolean): Also => [
  [atS, node, { type: 'membership-formed', ring: `1.${Math.round(atS * 10).toString(16)}`, joined: [], left: [] }],
  ...quorate === undefined ? [] : [[atS + 0.01, node, { type: 'quorum-changed', quorate }] as const],
  ...members.length === 0 ? [] : [[atS + 0.02, node, { type: 'members-listed', members }] as const],
];

const toldOf = (record: readonly Event[]): readonly [boolean | null, string] => {
  const timeline = timelineOf(record);
  const { held, found } = twoQuorate(timeline, timeline.window!);
  return [held, found];
};
const told = (...also: readonly Also[]): readonly [boolean | null, string] => toldOf(recordOf({ ...times, also: also.flat() }));

test('a cluster that stays together is one partition', (t) => t.deepEqual(told(), [true, 'never']));

test('two halves that are both quorate are a finding', (t) => {
  t.deepEqual(told(formed(7, 'pve1', ['pve1', 'pve2']), formed(7, 'pve2', ['pve1', 'pve2']), formed(7, 'pve3', ['pve3', 'pve4']), formed(7, 'pve4', ['pve3', 'pve4'])),
    [false, 'pve1 with pve1 and pve2 and pve3 with pve3 and pve4']);
});

test('with a QDevice a node alone is quorate: beside one that is not it is one partition, and two of them are a finding', (t) => {
  const two = (quorate?: boolean): readonly [boolean | null, string] =>
    toldOf(recordOf({ ...times, nodes: ['pve1', 'pve2'], also: [...formed(7, 'pve1', ['pve1']), ...formed(7, 'pve2', ['pve2'], quorate)] }));
  t.deepEqual(two(false), [true, 'never']);
  t.deepEqual(two(), [false, 'pve1 with pve1 and pve2 with pve2']);
});

test('one of them without quorum is none', (t) => {
  t.deepEqual(told(formed(7, 'pve1', ['pve1', 'pve2', 'pve3']), formed(7, 'pve4', ['pve4'], false)), [true, 'never']);
});

test('one that lists nodes which have left it has only not noticed', (t) => {
  t.deepEqual(told(formed(7, 'pve1', ['pve1', 'pve2']), formed(7, 'pve2', ['pve1', 'pve2'])), [true, 'never']);
});

test('one that ends when the other begins is none, as far as that is known', (t) => {
  const other = formed(7.02, 'pve3', ['pve3', 'pve4']);
  // pve1 loses its quorum within a millisecond of the moment from which pve3 has it: which came first cannot be known.
  t.deepEqual(told(formed(5, 'pve1', ['pve1', 'pve2']), [[7.04, 'pve1', { type: 'quorum-changed', quorate: false }]], other), [true, 'never']);
  t.is(told(formed(5, 'pve1', ['pve1', 'pve2']), [[7.05, 'pve1', { type: 'quorum-changed', quorate: false }]], other)[0], false);
});

test('a membership that is overtaken before it is synchronised serves nobody', (t) => {
  t.deepEqual(told(formed(7, 'pve1', []), formed(7, 'pve3', ['pve3', 'pve4']), formed(11, 'pve1', ['pve1', 'pve2'], false)), [true, 'never']);
});

test('a node that says it is quorate, and not with whom, tells nothing', (t) => {
  t.deepEqual(told(formed(7, 'pve1', ['pve1'], false), formed(9, 'pve1', [], true), formed(11, 'pve1', ['pve1'], false)), [null, 'pve1 did not say with whom']);
  t.deepEqual(told(formed(7, 'pve1', ['pve1'], false), formed(9, 'pve1', [], true)), [null, 'pve1 did not say with whom']);
  // What is sure is told all the same.
  t.is(told(formed(7, 'pve2', [], true), formed(7, 'pve1', ['pve1']), formed(7, 'pve3', ['pve3', 'pve4']))[0], false);
});

test('a node that was reset is quorate again when its new life says so', (t) => {
  const record = recordOf({ ...times, resets: [{ node: 'pve1', atS: 10, bootS: 2, backS: 25 }], also: formed(20, 'pve1', ['pve1', 'pve2', 'pve3', 'pve4'], true) });
  const timeline = timelineOf(record);
  const { spans, isVague } = quorateSpans(timeline, timeline.window!, 'pve1');
  t.deepEqual(spans.map(({ fromUs, toUs }) => [fromUs, toUs].map((us) => Math.round(us / 1e5) / 10 - 12)), [[0, 10], [20, 30]]);
  t.false(isVague);
});

test('after the watch nothing counts', (t) => {
  t.deepEqual(told(formed(31, 'pve1', ['pve1']), formed(31, 'pve3', ['pve3'])), [true, 'never']);
});
