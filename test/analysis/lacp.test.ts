import test from 'ava';
import { lacpChanges, lacpOf } from '../../src/analysis/lacp.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { LacpResult } from '../../src/model/result.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf, scenario802 } from './timeline-builder.ts';

type Line = NonNullable<Story['also']>[number];
const bits = (atS: number, actor: number, partner: number, slave = 'eth1', by = 'pve1'): Line => [atS, by, { type: 'lacp-changed', slave, actor, partner }];

const judged = (story: Story): { readonly lacp: LacpResult | null; readonly changes: number } => {
  const timeline = timelineOf(recordOf({ revertS: 120, endS: 121, ...story }));
  return { lacp: lacpOf(timeline, timeline.window!), changes: lacpChanges(timeline, timeline.window!) };
};

const healthy = bits(-9, 0x3d, 0x3d);
const slowFailover = [healthy, bits(87.01, 0x3d, 0x8f), bits(90.01, 0x3d, 0x47), bits(90.21, 0x0d, 0x47)];

test('the instants are read from the partner bits of the hit slave and the victim’s own', (t) => {
  t.deepEqual(judged({ also: slowFailover }), { lacp: { switchExpiredMs: 87_000, switchDefaultedMs: 90_000, nodeStoppedMs: 90_200, errorMs: 10.5, preventedByReset: false }, changes: 3 });
});

test('only the first of each counts: bits that follow are another story', (t) => {
  t.is(judged({ also: [...slowFailover, bits(95, 0x8d, 0xc7)] }).lacp?.switchExpiredMs, 87_000);
});

test('the other slave and the other nodes do not count as the hit slave, but their changes are counted', (t) => {
  const { lacp, changes } = judged({ also: [bits(-9, 0x3d, 0x3d, 'eth2'), bits(5, 0x3d, 0x8d, 'eth2'), bits(-9, 0x3d, 0x3d, 'eth1', 'pve2'), bits(6, 0x0d, 0x45, 'eth1', 'pve2')] });
  t.deepEqual(lacp, { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs: null, errorMs: 10, preventedByReset: false });
  t.is(changes, 2);
});

test('what happens after the revert does not count', (t) => {
  t.deepEqual(judged({ also: [healthy, bits(120.5, 0x3d, 0x8f)] }), { lacp: { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs: null, errorMs: 10, preventedByReset: false }, changes: 0 });
});

test('a reset of the victim prevents what had not happened, and its new life is not read', (t) => {
  const { lacp } = judged({ resets: [{ node: 'pve1', atS: 88 }], also: [healthy, bits(87.01, 0x3d, 0x8f), bits(95, 0x45, 0x47)] });
  t.deepEqual(lacp, { switchExpiredMs: 87_000, switchDefaultedMs: null, nodeStoppedMs: null, errorMs: 10.5, preventedByReset: true });
});

test('what an agent says first of a slave is no change, nor is the same again', (t) => {
  t.is(judged({ also: [bits(5, 0x3d, 0x3d), bits(6, 0x3d, 0x3d)] }).changes, 0);
});

test('a bond that does not speak LACP has no instants', (t) => {
  t.is(judged({ scenario: { bond: { ...scenario802.bond, mode: 'balance-xor' } }, also: slowFailover }).lacp, null);
});
