import test from 'ava';
import { timelineOf } from '../../src/analysis/timeline.ts';
import { validityOf } from '../../src/analysis/validity.ts';
import type { Event } from '../../src/model/event.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const times = { revertS: 30, endS: 40 };
const failedOf = (events: readonly Event[]): readonly string[] => {
  const timeline = timelineOf(events);
  return validityOf(timeline, timeline.window!).filter((part) => !part.held).map((part) => `${part.what}: ${part.found}`);
};
const failed = (story: Story): readonly string[] => failedOf(recordOf({ ...times, ...story }));

const watched = 'every node was watched without a gap of 2 s';

test('a trial in which all went as planned is valid', (t) => {
  t.deepEqual(failed({}), []);
});

for (const [fromS, toS] of [[10, 13], [-4, -1.5], [27, 99]] as const) {
  test(`an agent that is mute from ${fromS} s to ${toS} s invalidates`, (t) => {
    t.regex(failed({ mute: [{ node: 'pve3', fromS, toS }] }).join(), new RegExp(`${watched}: longest silence [23]\\.\\d s \\(pve3\\)`));
  });
}

test('a silence of less than two seconds, or outside of baseline and fault, does not', (t) => {
  t.deepEqual(failed({ mute: [{ node: 'pve3', fromS: 10, toS: 11.7 }, { node: 'pve2', fromS: -9, toS: -5 }, { node: 'pve3', fromS: 32, toS: 99 }] }), []);
});

test('a node that is away by its own reset is not missed until it is back', (t) => {
  const expired: Story['also'] = [[5, 'pve2', { type: 'watchdog-expired' }]];
  t.deepEqual(failed({ also: expired, resets: [{ node: 'pve2', atS: 15, backS: 22 }] }), []);
  t.deepEqual(failed({ also: expired, resets: [{ node: 'pve2', atS: 15, backS: null }], mute: [{ node: 'pve2', fromS: 15, toS: 99 }] }), []);
  t.regex(failed({ also: expired, resets: [{ node: 'pve2', atS: 15, backS: 22 }], mute: [{ node: 'pve2', fromS: 15, toS: 25 }] }).join(), new RegExp(watched));
  t.regex(failed({ also: expired, resets: [{ node: 'pve2', atS: 15, backS: 22 }], mute: [{ node: 'pve2', fromS: 12, toS: 15 }] }).join(), new RegExp(watched));
});

test('a rehearsed reset excuses no silence', (t) => {
  const also: Story['also'] = [[5, 'pve2', { type: 'watchdog-expired' }], [15, 'pve2', { type: 'reset-rehearsed' }]];
  t.regex(failed({ also, mute: [{ node: 'pve2', fromS: 15, toS: 20 }] }).join(), new RegExp(watched));
});

test('ordered delivery that was never seen is no evidence of none lost', (t) => {
  t.deepEqual(failed({ undelivered: [{ node: 'pve3', fromS: -9, toS: 99 }] }), ['ordered delivery was seen on every node before the fault: none on pve3']);
});

test('a clock that is not known, or not well enough, invalidates', (t) => {
  const record = recordOf(times);
  t.deepEqual(failedOf(record.filter((event) => event.type !== 'clock-fitted' || event.node !== 'pve2')), ['the clock of every node was known to 250 ms: unknown on pve2']);
  const loose = record.map((event): Event => event.type === 'tick' && event.by === 'pve2' ? { ...event, at: [event.at[0] - 260_000, event.at[1] + 260_000] } : event);
  t.deepEqual(failedOf(loose), ['the clock of every node was known to 250 ms: known to 260.5 ms']);
});

test('a corosync that was not scheduled invalidates, in baseline and fault', (t) => {
  const pause = (atS: number): Story => ({ also: [[atS, 'pve2', { type: 'corosync-paused', ms: 4321.5 }]] });
  t.deepEqual(failed(pause(12)), ['corosync was scheduled in time everywhere: paused for 4322 ms on pve2']);
  t.is(failed(pause(-3)).length, 1);
  t.deepEqual([...failed(pause(-7)), ...failed(pause(35))], []);
});

test('a lock that was stale when the fault came invalidates, unless HA is idle', (t) => {
  t.deepEqual(failed({ refreshS: { pve3: [-9, 2, 12, 22] } }), []);
  const stale = recordOf({ ...times, refreshS: { pve3: [-11] } }).map((event): Event => event.type === 'lrm-refreshed' && event.by === 'pve3' ? { ...event, at: [-9.5e6, -9.5e6] } : event);
  t.deepEqual(failedOf(stale), ['every lock was fresh when the fault came: oldest 21.5 s (pve3)']);
  const idle = stale.map((event): Event => event.type === 'trial-started' ? { ...event, scenario: { ...event.scenario, ha: 'idle' } } : event);
  t.deepEqual(failedOf(idle), []);
});

test('a reset that no watchdog explains invalidates', (t) => {
  const reset = 'no node was reset but by a watchdog that the fault let run out: another reset of pve2';
  t.deepEqual(failed({ resets: [{ node: 'pve2', atS: 15, backS: 22 }] }), [reset]);
  t.deepEqual(failed({ resets: [{ node: 'pve2', atS: -3, backS: 2.5 }] }), [reset]);
});

test('a fault that undid itself before its time invalidates', (t) => {
  t.deepEqual(failed({ also: [[30, 'harness', { type: 'trial-broken', step: 'revert', because: 'pve1 had undone the fault by itself: its time was up', interrupted: false }]] }),
    ['the fault stayed until it was reverted: pve1 had undone the fault by itself: its time was up']);
});

test('a pause of corosync on a node that boots after its reset does not invalidate, on another it does', (t) => {
  const reset = { resets: [{ node: 'pve1', atS: 10, bootS: 3, backS: 20 }], revertS: 30, endS: 40 } as const;
  const pausedOn = (node: string): readonly string[] => failed({ ...reset, also: [[15, node, { type: 'corosync-paused', ms: 4000 }]] }).filter((text) => text.startsWith('corosync'));
  t.deepEqual(pausedOn('pve1'), []);
  t.deepEqual(pausedOn('pve2'), ['corosync was scheduled in time everywhere: paused for 4000 ms on pve2']);
});

const stretched = (type: Event['type'], us: number, story: Story = {}): readonly Event[] =>
  recordOf({ ...times, ...story }).map((event) => event.type === type ? { ...event, at: [event.at[0], event.at[0] + us] } : event);

test('a fault whose injection or revert may have worked at any time within seconds invalidates', (t) => {
  t.deepEqual(failedOf(stretched('fault-reverted', 1_900_000)), []);
  t.deepEqual(failedOf(stretched('fault-reverted', 8_500_000)), ['injection and revert were known to 2 s: the revert to 8.5 s']);
  t.true(failedOf(stretched('fault-applied', 2_500_000)).includes('injection and revert were known to 2 s: the injection to 2.5 s'));
});

test('nor does a revert that waits for the victim’s boot, for the reset took the fault away', (t) => {
  const story: Story = { also: [[5, 'pve1', { type: 'watchdog-expired' }]], resets: [{ node: 'pve1', atS: 15, backS: 34 }] };
  t.deepEqual(failedOf(stretched('fault-reverted', 4_000_000, story)), []);
});
