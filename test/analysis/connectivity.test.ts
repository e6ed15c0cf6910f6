import test from 'ava';
import { connectivity } from '../../src/analysis/connectivity.ts';
import type { Connectivity } from '../../src/analysis/connectivity.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const judged = (story: Story): Connectivity => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  return connectivity(timeline, timeline.window!);
};

const near = (value: number | null, wanted: number, by = 250): boolean => value !== null && Math.abs(value - wanted) <= by;

test('a healthy lab has no dark pair, and class none', (t) => {
  t.deepEqual(judged({}), { darkPairs: [], measured: 'none', measuredOf: { pve1: 'none' } });
});

test('a pair that loses every probe is dark from the first loss to the first arrival', (t) => {
  const { darkPairs, measured } = judged({ dark: [{ from: 'pve1', to: 'pve3', fromS: 1, toS: 12 }] });
  t.is(darkPairs.length, 1);
  const [pair] = darkPairs;
  t.like(pair, { from: 'pve1', to: 'pve3', lossRatio: 1, predicted: true });
  t.true(near(pair!.fromMs, 1000) && near(pair!.toMs, 12_000));
  t.is(measured, 'partial');
});

test('a pair that is dark to the revert has no end', (t) => {
  t.is(judged({ dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 99 }] }).darkPairs[0]?.toMs, null);
});

test('where probes go out on every fourth tick only, no other tick counts as one that was lost', (t) => {
  const trial = { probeEveryTicks: 4 };
  t.deepEqual(judged({ trial }).darkPairs, []);
  const [pair, ...others] = judged({ trial, dark: [{ from: 'pve1', to: 'pve3', fromS: 1, toS: 12 }] }).darkPairs;
  t.deepEqual(others, []);
  t.like(pair, { from: 'pve1', to: 'pve3', lossRatio: 1 });
  t.true(near(pair!.fromMs, 1000, 450) && near(pair!.toMs, 12_000, 450));
});

test('what was not predicted is told apart', (t) => {
  const { darkPairs } = judged({ predicted: { class: 'partial', darkPeers: ['pve3'] }, dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 20 }, { from: 'pve3', to: 'pve1', fromS: 0, toS: 20 }] });
  t.deepEqual(darkPairs.map(({ from, to, predicted }) => [from, to, predicted]), [['pve1', 'pve2', false], ['pve3', 'pve1', false]]);
});

test('a victim that no peer hears is isolated', (t) => {
  t.is(judged({ dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 99 }, { from: 'pve1', to: 'pve3', fromS: 0, toS: 99 }] }).measured, 'isolated');
});

test('losing half of the probes to every peer is dark, and partial', (t) => {
  const { darkPairs, measured } = judged({ dark: ['pve2', 'pve3'].map((to) => ({ from: 'pve1', to, fromS: 0, toS: 99, lossOneIn: 2 })) });
  t.is(darkPairs.length, 2);
  t.true(darkPairs.every(({ lossRatio }) => lossRatio > 0.45 && lossRatio < 0.55));
  t.is(measured, 'partial');
});

test('one probe lost in ten is no darkness', (t) => {
  t.deepEqual(judged({ dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 99, lossOneIn: 10 }] }).darkPairs, []);
});

test('two probes lost, as when a bond changes its slave, are no darkness', (t) => {
  t.deepEqual(judged({ dark: [{ from: 'pve1', to: 'pve2', fromS: 5, toS: 5.2 }] }).darkPairs, []);
});

test('two dark times with more than a second of hearing between them are two', (t) => {
  const { darkPairs } = judged({ dark: [{ from: 'pve1', to: 'pve2', fromS: 2, toS: 6 }, { from: 'pve1', to: 'pve2', fromS: 9, toS: 14 }] });
  t.deepEqual(darkPairs.map(({ fromMs, toMs }) => near(fromMs, 2000) ? near(toMs, 6000) : near(fromMs, 9000) && near(toMs, 14_000)), [true, true]);
});

test('the class is the one that held longest: a peer that follows late does not make the fault isolating', (t) => {
  t.is(judged({ dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 30 }, { from: 'pve1', to: 'pve2', fromS: 25, toS: 30 }] }).measured, 'partial');
  t.is(judged({ dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 30 }, { from: 'pve1', to: 'pve2', fromS: 5, toS: 30 }] }).measured, 'isolated');
});

test('a node that is reset makes no pair dark, neither as sender nor as listener', (t) => {
  t.deepEqual(judged({ resets: [{ node: 'pve2', atS: 10, backS: 25 }] }).darkPairs, []);
  t.deepEqual(judged({ resets: [{ node: 'pve1', atS: 10, backS: null }] }).darkPairs, []);
});

test('what was dark before a reset of the sender ends with it', (t) => {
  const [pair] = judged({ dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 10 }], resets: [{ node: 'pve1', atS: 10, backS: null }] }).darkPairs;
  t.true(near(pair!.toMs, 10_000));
});

test('nothing is known of the probes to a listener that said nothing', (t) => {
  t.deepEqual(judged({ mute: [{ node: 'pve2', fromS: 5, toS: 15 }] }).darkPairs, []);
  const { darkPairs, measured } = judged({ mute: [{ node: 'pve2', fromS: -9, toS: 99 }] });
  t.deepEqual(darkPairs, []);
  t.is(measured, null);
});

test('a fault of the victim’s reception has the class of whom it does not hear', (t) => {
  const proof = { canary: 'kept-in-use', rx: 'dropped' } as const;
  const { darkPairs, measured } = judged({ proof, predicted: { class: 'partial', darkPeers: ['pve3'] }, dark: [{ from: 'pve3', to: 'pve1', fromS: 0, toS: 20 }, { from: 'pve1', to: 'pve3', fromS: 5, toS: 20 }] });
  t.is(measured, 'partial');
  t.deepEqual(darkPairs.map(({ from, to, predicted }) => [from, to, predicted]), [['pve1', 'pve3', false], ['pve3', 'pve1', true]]);
  t.is(judged({ proof, dark: ['pve2', 'pve3'].map((to) => ({ from: 'pve1', to, fromS: 0, toS: 99 })) }).measured, 'none');
  t.is(judged({ proof, dark: ['pve2', 'pve3'].map((from) => ({ from, to: 'pve1', fromS: 0, toS: 99 })) }).measured, 'isolated');
});
