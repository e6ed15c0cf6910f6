import test from 'ava';
import { pointOfNoReturn, reset } from '../../src/prediction/fencing.ts';
import type { Interval } from '../../src/prediction/index.ts';
import { exactly, lacp, situation } from './situation.ts';

const edges = (interval: Interval | null): readonly [number, number | null] | null => interval && [interval.earliestMs, interval.latestMs];
const alone = { darkPeers: ['pve2', 'pve3'] } as const;
const sinceRefresh = { pve1: exactly(4000), pve2: exactly(9000), pve3: exactly(0) };

test('a node that is cut off is lost 60 to 62 s after its last refresh, and reset 9 to 11 s later', (t) => {
  const at = situation({ ...alone, sinceRefresh });
  // The oldest lock is a bystander's; a second, by which lrm_status may be late.
  t.deepEqual(edges(pointOfNoReturn(at)), [50_000, 58_000]);
  t.deepEqual(edges(reset(at)), [59_000, 69_000]);
});

test('with no refresh seen, a round of 15 s may be over', (t) => {
  t.deepEqual(edges(pointOfNoReturn(situation(alone))), [44_000, 62_000]);
  t.deepEqual(edges(reset(situation(alone))), [53_000, 73_000]);
});

test('whoever may get its quorum back need not be reset', (t) => {
  const open: readonly Interval[] = [
    reset(situation({ sinceRefresh }))!, reset(situation({ sinceRefresh, darkPeers: null }))!, reset(situation({ ...alone, sinceRefresh, scenario: { forMs: 20_000 } }))!,
    reset(lacp('fast', 'fast', { ...alone, sinceRefresh }))!, reset(situation({ ...alone, sinceRefresh, scenario: { detector: 'arp' } }))!,
    reset(situation({ ...alone, sinceRefresh, nodes: [1, 2].map((id) => ({ name: `pve${id}`, id })), darkPeers: ['pve2'] }))!,
  ];
  for (const interval of open) t.is(interval.latestMs, null);
  t.deepEqual(open.map(({ earliestMs }) => earliestMs), [59_000, 59_000, 59_000, 59_000, 59_000, 59_000]);
});

test('slow LACP comes too late where its phase says so', (t) => {
  const of = (sinceMs: number): Interval | null => pointOfNoReturn(lacp('slow', 'slow', { ...alone, sinceRefresh, sinceLacpdu: exactly(sinceMs) }));
  t.deepEqual(edges(of(0)), [50_000, 58_000]);
  t.deepEqual(edges(of(30_000)), [50_000, 58_000]); // The node stops after 62.8 s.
  t.deepEqual(edges(of(33_000)), [50_000, 58_000]);
  t.is(pointOfNoReturn(lacp('slow', 'slow', { ...alone, sinceRefresh: {}, sinceLacpdu: exactly(33_000) }))!.latestMs, null); // After 59.8 s, and a lock may last for 62.
});

test('nobody is reset while HA is idle, or without a fault', (t) => {
  for (const scenario of [{ ha: 'idle' }, { fault: 'none' }] as const) t.deepEqual([pointOfNoReturn(situation({ ...alone, scenario })), reset(situation({ ...alone, scenario }))], [null, null]);
  t.not(reset(situation({ ...alone, scenario: { ha: 'rehearse' } })), null);
});
