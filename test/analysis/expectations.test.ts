import test from 'ava';
import { connectivity } from '../../src/analysis/connectivity.ts';
import { breaches, expectationsOf } from '../../src/analysis/expectations.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Event } from '../../src/model/event.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const dark: NonNullable<Story['dark']> = [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 30 }];
const times = { revertS: 30, endS: 40 } as const;

const toldOf = (record: readonly Event[]): ReadonlyMap<string, readonly [held: boolean | null, found: string]> => {
  const timeline = timelineOf(record);
  return new Map(expectationsOf(timeline, timeline.window!, connectivity(timeline, timeline.window!)).map(({ what, held, found }) => [what, [held, found]]));
};
const told = (story: Story) => toldOf(recordOf({ ...times, dark, ...story }));
const breached = (story: Story): readonly string[] => {
  const timeline = timelineOf(recordOf({ ...times, dark, ...story }));
  return breaches(timeline, timeline.window!, connectivity(timeline, timeline.window!)).map(({ what, found }) => `${what}: ${found}`);
};

test('a trial in which all is as it must be has no finding', (t) => {
  t.deepEqual(breached({}), []);
  t.deepEqual([...told({}).values()].map(([held]) => held), [true, true, true, true]);
});

const early = 'no node was reset over a lock that was less than 60 s old';

const starved = (refreshS: readonly number[], expiredS?: number): Story => ({
  revertS: 90, endS: 100, dark: [{ ...dark[0]!, toS: 90 }], refreshS: { pve2: refreshS },
  also: expiredS === undefined ? [] : [[expiredS, 'pve2', { type: 'watchdog-expired' }]], resets: [{ node: 'pve2', atS: 68, bootS: 0, backS: 85 }],
});

test('a lock that is refreshed when the watchdog has given up does not save the node', (t) => {
  t.deepEqual(told(starved([-4, 60], 58)).get(early), [true, 'all of 1 resets']);
  t.deepEqual(told(starved([-1, 60], 57.9)).get(early), [false, 'pve2 was, 58.9 s after a refresh']);
});

test('a reset less than 59 s after a refresh is a finding, where nobody saw the watchdog give up', (t) => {
  const reset = (refreshedS: number): Story => starved([-4, refreshedS]);
  t.deepEqual(told(reset(8)).get(early), [true, 'all of 1 resets']);
  // The reset came at 68 s, the refresh half a millisecond before 9 s at the soonest.
  t.deepEqual(told(reset(9)).get(early), [true, 'all of 1 resets']);
  t.deepEqual(told(reset(9.1)).get(early), [false, 'pve2 was, 58.9 s after a refresh']);
  t.deepEqual(breached(reset(30)), [`${early}: pve2 was, 38.0 s after a refresh`]);
});

test('a rehearsed reset is one, and of a node whose refreshes were not seen nothing is told', (t) => {
  const also: Story['also'] = [[20, 'pve2', { type: 'watchdog-expired' }], [28, 'pve2', { type: 'reset-rehearsed' }]];
  t.deepEqual(told({ scenario: { ha: 'rehearse' }, also }).get(early)?.[0], false);
  t.deepEqual(told({ scenario: { ha: 'rehearse' }, also, refreshS: { pve2: [] } }).get(early), [null, 'no refresh of pve2 was seen']);
});

const idle = 'no node was reset while HA was idle';

test('a reset while HA is idle is a finding, whatever made it', (t) => {
  t.false(told({}).has(idle));
  t.deepEqual(told({ scenario: { ha: 'idle' } }).get(idle), [true, 'no reset']);
  t.deepEqual(told({ scenario: { ha: 'idle' }, resets: [{ node: 'pve3', atS: 12, backS: 25 }] }).get(idle), [false, 'pve3 was']);
  t.deepEqual(told({ scenario: { ha: 'idle' }, resets: [{ node: 'pve3', atS: -3, bootS: 1, backS: -0.5 }] }).get(idle), [true, 'no reset']);
});

const back = 'everything came back after the fault';

test('what does not come back after the fault is a finding', (t) => {
  const failed = (interrupted: boolean): readonly Event[] => recordOf({ ...times, dark, also: [[39, 'harness', { type: 'trial-broken', step: 'recover', because: 'pve2 was not quorate', interrupted }]] }).filter(({ type }) => type !== 'lab-whole');
  t.deepEqual(told({}).get(back), [true, 'the lab was whole again']);
  t.deepEqual(toldOf(failed(false)).get(back), [false, 'pve2 was not quorate']);
  t.deepEqual(toldOf(failed(true)).get(back), [null, 'nobody looked to the end']);
  t.deepEqual(toldOf(recordOf({ ...times, dark }).filter(({ type }) => type !== 'lab-whole' && type !== 'fault-reverted')).get(back), [null, 'the fault was never reverted']);
});

const hash = 'the peers went dark that the hash foretold';

test('a peer that the hash kept and that went dark is a finding, as is the other way round', (t) => {
  t.deepEqual(told({}).get(hash), [true, 'pve3 went dark']);
  t.deepEqual(told({ dark: [...dark, { from: 'pve1', to: 'pve2', fromS: 0, toS: 30 }] }).get(hash), [false, 'pve2 went dark, too']);
  t.deepEqual(told({ dark: [] }).get(hash), [false, 'pve3 went on hearing']);
  t.deepEqual(told({ dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 30 }] }).get(hash), [false, 'pve3 went on hearing; pve2 went dark, too']);
});

test('what goes dark later, when neighbour entries age, is not the hash', (t) => {
  t.is(told({ dark: [...dark, { from: 'pve1', to: 'pve2', fromS: 3, toS: 30 }, { from: 'pve2', to: 'pve1', fromS: 0, toS: 30 }] }).get(hash)?.[0], true);
});

test('where the mode fixes nobody, nothing is expected; where nobody was heard, it cannot be told', (t) => {
  t.false(told({ predicted: null }).has(hash));
  t.deepEqual(told({ mute: [{ node: 'pve3', fromS: -0.5, toS: 99 }] }).get(hash), [null, 'who went dark was not seen']);
});
