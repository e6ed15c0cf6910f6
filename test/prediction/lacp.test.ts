import test from 'ava';
import fc from 'fast-check';
import type { Interval, Situation } from '../../src/prediction/index.ts';
import { nodeStopped, switchDefaulted, switchExpired } from '../../src/prediction/lacp.ts';
import { exactly, lacp, situation, type Told } from './situation.ts';

type Edges = readonly [number, number | null];
const edges = (interval: Interval | null): Edges | null => interval && [interval.earliestMs, interval.latestMs];
const rates = ['slow', 'fast'] as const;

// 30 or 900 runs of 100 to 111.1 ms, the first of which may be over at once, and 100 ms for a busy processor; less the phase; 650 ms until the node knows.
const expiries = [
  ['fast', null, [1689, 4083]], ['fast', 0, [2900, 4083]], ['fast', 500, [2400, 3583]], ['fast', 1000, [1900, 3083]],
  ['slow', null, [56_467, 100_750]], ['slow', 0, [89_900, 100_750]], ['slow', 30_000, [59_900, 70_750]],
] as const;

for (const [rate, phaseMs, wanted] of expiries) {
  test(`a ${rate} switch expires ${wanted.join(' to ')} ms after the fault, ${phaseMs ?? 'some'} ms after a LACPDU, whatever the node’s rate`, (t) => {
    for (const node of rates) t.deepEqual(edges(switchExpired(lacp(node, rate, { sinceLacpdu: phaseMs === null ? null : exactly(phaseMs) }))), wanted);
  });
}

// T = u + 0, 3, or 3 and the own time-out.
const stops: readonly (readonly [title: string, node: 'slow' | 'fast', more: Told, readonly [number, number]])[] = [
  ['at DEFAULTED, where a slow node is told', 'slow', {}, [5800, 7517]],
  ['by its own time-out, where a fast node is not', 'fast', {}, [5800, 10_950]],
  ['at DEFAULTED, with a switch that tells', 'fast', { engine: 'at-defaulted' }, [5800, 7517]],
  ['at EXPIRED, with a switch that clears SYNC then', 'fast', { engine: 'clears-sync-at-expired' }, [2900, 4083]],
];

for (const [title, node, more, wanted] of stops) {
  test(`the node stops ${title}`, (t) => t.deepEqual(edges(nodeStopped(lacp(node, 'fast', { sinceLacpdu: exactly(0), ...more }))), wanted));
}

// One in ten: the victim's LACPDU came in the run after one of the switch's, so that one of these falls due when it is DEFAULTED.
const steps: readonly (readonly [behindMs: number, onSwitch: 'slow' | 'fast', readonly [number, number]])[] = [
  [10, 'fast', [5800, 7517]], [10, 'slow', [92_800, 104_183]],
  // Of the last LACPDU before DEFAULTED the node waits for its own time-out, of 30 runs: 90 runs, or 960, after that of the switch's which came before the victim's last.
  [500, 'fast', [8400, 10_350]], [900, 'fast', [8000, 9950]], [500, 'slow', [95_400, 107_017]],
  // Too close to one of the two runs to tell.
  [90, 'fast', [5800, 10_950]], [180, 'fast', [5800, 10_950]], [1050, 'fast', [5800, 10_950]],
];

for (const [behindMs, onSwitch, wanted] of steps) {
  test(`a fast node whose last LACPDU came ${behindMs} ms after one of a ${onSwitch} Linux bond stops ${wanted.join(' to ')} ms after the fault`, (t) => {
    t.deepEqual(edges(nodeStopped(lacp('fast', onSwitch, { sinceLacpdu: exactly(0), afterSwitchs: exactly(behindMs) }))), wanted);
    t.deepEqual(edges(nodeStopped(lacp('fast', onSwitch, { sinceLacpdu: exactly(700), afterSwitchs: exactly(behindMs) }))), wanted.map((ms) => ms - 700));
  });
}

test('a slow node whose last LACPDU came in the second run after one of a Linux bond may hear of DEFAULTED with the next slow one only', (t) => {
  const at = (behindMs: number) => lacp('slow', 'slow', { sinceLacpdu: exactly(0), afterSwitchs: exactly(behindMs) });
  // Measured on timewarp labs: 160 ms after it, EXPIRED at 99.2 s, DEFAULTED told at 135.2.
  t.deepEqual([switchDefaulted, nodeStopped].map((predict) => edges(predict(at(160)))), [[92_800, 137_517], [92_800, 137_517]]);
  for (const behindMs of [10, 400, 20_000]) t.deepEqual([switchDefaulted, nodeStopped].map((predict) => edges(predict(at(behindMs)))), [[92_800, 104_183], [92_800, 104_183]]);
});

test('a switch that tells in any case does so whatever falls due', (t) => {
  for (const engine of ['at-defaulted', 'openvswitch', 'teamd'] as const) {
    const at = lacp('fast', 'fast', { engine, sinceLacpdu: exactly(0) });
    t.deepEqual(nodeStopped({ ...at, afterSwitchs: exactly(500) }), nodeStopped(at));
  }
});

test('under independent control the node goes by COLLECTING, which not every switch clears at EXPIRED', (t) => {
  const { scenario } = lacp('fast', 'fast');
  const off = { sinceLacpdu: exactly(0), scenario: { ...scenario, bond: { ...scenario.bond, options: { coupledControl: 'off' } } } } as const;
  t.deepEqual(edges(nodeStopped(lacp('fast', 'fast', off))), [2900, 4083]);
  t.deepEqual(edges(nodeStopped(lacp('fast', 'fast', { ...off, engine: 'at-defaulted' }))), [2900, 7517]);
});

// Timers of exactly 3, 90 and 1 s, each up to 100 ms late; 311 ms until the node's machines ran and somebody looked. After a LACPDU: EXPIRED, DEFAULTED, the node stops.
const engines: readonly (readonly [engine: Situation['engine'], node: 'slow' | 'fast', onSwitch: 'slow' | 'fast', expired: Edges, defaulted: Edges, stopped: Edges])[] = [
  // Open vSwitch says EXPIRED with the next LACPDU: within a second to who asked for fast ones, and to others only if one is due.
  ['openvswitch', 'fast', 'fast', [2999, 4511], [5998, 6511], [5998, 6511]],
  ['openvswitch', 'slow', 'fast', [2999, null], [5998, 6511], [5998, 6511]],
  ['openvswitch', 'fast', 'slow', [89_999, 91_511], [92_998, 93_511], [92_998, 93_511]],
  ['openvswitch', 'slow', 'slow', [89_999, null], [92_998, 93_511], [92_998, 93_511]],
  ['teamd', 'fast', 'fast', [3000, 3411], [6000, 6511], [6000, 6511]],
  ['teamd', 'slow', 'fast', [3000, 3411], [6000, 6511], [6000, 6511]],
  ['teamd', 'fast', 'slow', [90_000, 90_411], [93_000, 93_511], [93_000, 93_511]],
  ['teamd', 'slow', 'slow', [90_000, 90_411], [93_000, 93_511], [93_000, 93_511]],
];

for (const [engine, node, onSwitch, ...wanted] of engines) {
  test(`${engine} at ${node}-${onSwitch}: EXPIRED, DEFAULTED, and the node stops, each from the phase`, (t) => {
    const at = (phaseMs: number) => lacp(node, onSwitch, { engine, sinceLacpdu: exactly(phaseMs) });
    const sooner = (by: number) => wanted.map(([from, to]) => [from - by, to === null ? null : to - by]);
    for (const phaseMs of [0, 700]) t.deepEqual([switchExpired, switchDefaulted, nodeStopped].map((predict) => edges(predict(at(phaseMs)))), sooner(phaseMs));
  });
}

test('under independent control teamd’s node stops at EXPIRED, and that of Open vSwitch not before DEFAULTED', (t) => {
  const { scenario } = lacp('fast', 'fast');
  const off = { sinceLacpdu: exactly(0), scenario: { ...scenario, bond: { ...scenario.bond, options: { coupledControl: 'off' } } } } as const;
  t.deepEqual(edges(nodeStopped(lacp('fast', 'fast', { ...off, engine: 'teamd' }))), [3000, 3411]);
  t.deepEqual(edges(nodeStopped(lacp('fast', 'fast', { ...off, engine: 'openvswitch' }))), [5998, 6511]);
});

test('each engine’s prediction names its own source', (t) => {
  for (const [engine, wanted] of [['linux', /^bond_3ad\.c, ad_rx_machine/], ['openvswitch', /lib\/lacp\.c, lacp_run/], ['teamd', /teamd_runner_lacp\.c/], ['at-defaulted', /^IEEE 802\.1AX/]] as const) {
    for (const predict of [switchExpired, switchDefaulted]) t.regex(predict(lacp('fast', 'fast', { engine }))!.source, wanted);
  }
});

test('that a Linux switch is DEFAULTED a fast node may never hear', (t) => {
  t.deepEqual(edges(switchDefaulted(lacp('slow', 'fast', { sinceLacpdu: exactly(0) }))), [5800, 7517]);
  t.deepEqual(edges(switchDefaulted(lacp('fast', 'fast', { sinceLacpdu: exactly(0) }))), [5800, null]);
  t.deepEqual(edges(switchDefaulted(lacp('fast', 'fast', { sinceLacpdu: exactly(0), engine: 'at-defaulted' }))), [5800, 7517]);
});

test('without LACP, or with another fault, there is nothing to predict', (t) => {
  for (const predict of [switchExpired, switchDefaulted, nodeStopped]) {
    t.is(predict(situation()), null);
    t.is(predict(lacp('fast', 'fast', { scenario: { fault: 'carrier-down' } })), null);
    t.is(predict(lacp('fast', 'fast', { scenario: { ports: { kind: 'static' } } })), null);
  }
});

test('a fault that ends before is not missed, and one that ends in between may be', (t) => {
  const of = (forMs: number): Interval | null => switchExpired(lacp('fast', 'fast', { sinceLacpdu: exactly(0), scenario: { forMs } }));
  t.is(of(2900), null);
  t.deepEqual(edges(of(3000)), [2900, null]);
  t.deepEqual(edges(of(4100)), [2900, 4083]);
});

test('what is known of the phase makes an interval narrower, and moves nothing out of the one that knows nothing', (t) => {
  fc.assert(fc.property(fc.constantFrom(...rates), fc.constantFrom(...rates), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(switchExpired, nodeStopped), (node, onSwitch, share, predict) => {
    const known = predict(lacp(node, onSwitch, { sinceLacpdu: exactly(share * (onSwitch === 'fast' ? 1000 : 30_000)) }))!;
    const unknown = predict(lacp(node, onSwitch))!;
    t.true(unknown.earliestMs <= known.earliestMs && known.earliestMs < known.latestMs! && known.latestMs! <= unknown.latestMs!);
  }));
});

// Trials on timewarp labs by phase (bench/results/lacp-phases.ndjson): what was measured there was to be expected.
const measured = [
  ['slow', 'slow', 26_029.107, 73_173, 76_473], ['fast', 'slow', 7733.107, 91_360, 94_659], ['slow', 'fast', 302.37, 3090, 6390], ['fast', 'fast', 346.108, 3215, 9515],
  ['slow', 'slow', 4380.107, 94_701, 98_002], ['fast', 'slow', 716.107, 98_574, 104_774], ['slow', 'fast', 750.107, 2562, 6062], ['fast', 'fast', 592.107, 2671, 8270],
  // Late by the spells of a busy processor: before they were counted these came 0.2 to 0.3 s after the latest instant.
  ['slow', 'slow', 650, 99_200, 102_600], ['slow', 'slow', 19_787.1, 79_384, 82_685], ['slow', 'slow', 23_985.1, 75_196, 78_496], ['fast', 'slow', 18_636.1, 80_536, 86_536],
  ['slow', 'slow', 9762.108, 89_339, 92_740], ['fast', 'slow', 28_327.108, 71_284, 77_585], ['slow', 'fast', 825.107, 2477, 5777], ['fast', 'fast', 46.108, 3566, 9766],
] as const;

for (const [node, onSwitch, phaseMs, expiredMs, stoppedMs] of measured) {
  test(`${node}-${onSwitch}, ${phaseMs} ms after a LACPDU, came within what is predicted`, (t) => {
    const at = lacp(node, onSwitch, { sinceLacpdu: exactly(phaseMs) });
    for (const [interval, ms] of [[switchExpired(at)!, expiredMs], [nodeStopped(at)!, stoppedMs]] as const) t.true(ms >= interval.earliestMs && ms <= interval.latestMs!, JSON.stringify(interval));
  });
}

// The same of the other engines, 24 trials of each: those that came soonest and latest after what is predicted.
const measuredOf: readonly (readonly [engine: Situation['engine'], node: 'slow' | 'fast', onSwitch: 'slow' | 'fast', phaseMs: number, expiredMs: number | null, defaultedMs: number, stoppedMs: number])[] = [
  ['openvswitch', 'fast', 'fast', 520.165, 2735, 5535, 5535],
  ['openvswitch', 'fast', 'fast', 113.179, 3030, 5931, 6031],
  ['openvswitch', 'slow', 'fast', 371.947, null, 5702, 5702],
  ['openvswitch', 'slow', 'fast', 937.54, null, 5093, 5195],
  ['openvswitch', 'fast', 'slow', 15_139.466, 75_382, 77_882, 77_882],
  ['openvswitch', 'fast', 'slow', 29_435.04, 61_117, 63_617, 63_718],
  ['openvswitch', 'slow', 'slow', 5650.853, null, 87_401, 87_401],
  ['openvswitch', 'slow', 'slow', 24_068.181, null, 68_984, 69_085],
  ['teamd', 'fast', 'fast', 326.998, 2755, 5755, 5755],
  ['teamd', 'fast', 'fast', 411.122, 2650, 5650, 5751],
  ['teamd', 'slow', 'fast', 372.115, 2683, 5683, 5683],
  ['teamd', 'slow', 'fast', 578.087, 2477, 5477, 5577],
  ['teamd', 'fast', 'slow', 21_538.04, 68_504, 71_504, 71_504],
  ['teamd', 'fast', 'slow', 15_140.032, 74_921, 77_922, 78_022],
  ['teamd', 'slow', 'slow', 28_690.05, 61_382, 64_382, 64_382],
  ['teamd', 'slow', 'slow', 24_066.05, 66_006, 69_006, 69_106],
];

for (const [engine, node, onSwitch, phaseMs, ...came] of measuredOf) {
  test(`${engine} at ${node}-${onSwitch}, ${phaseMs} ms after a LACPDU, came within what is predicted`, (t) => {
    const at = lacp(node, onSwitch, { engine, sinceLacpdu: exactly(phaseMs) });
    [switchExpired, switchDefaulted, nodeStopped].forEach((predict, n) => {
      const [interval, ms] = [predict(at)!, came[n] ?? null];
      if (ms === null) t.is(interval.latestMs, null);
      else t.true(ms >= interval.earliestMs && ms <= (interval.latestMs ?? Infinity), JSON.stringify(interval));
    });
  });
}
