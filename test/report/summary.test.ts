import test from 'ava';
import { isSuperseded, summarise } from '../../src/report/summary.ts';
import { invalid, node, runOf, slowSlow, smallRun, trialResult } from './small-run.ts';

test('modes stand best to worst, without the controls, those without a verdict last', (t) => {
  const { modes, controls, uncounted } = summarise(smallRun);
  t.deepEqual(modes.map(({ scenario, outcome }) => [scenario, outcome]), [
    ['broadcast', 'undisturbed'], ['802.3ad/fast-fast', 'disturbed'], ['802.3ad/slow-slow', 'fenced-bystander'], ['balance-tlb', 'invalid'],
  ]);
  t.deepEqual(controls.map(({ scenario }) => scenario), ['control/none']);
  t.deepEqual(uncounted.map(({ number }) => number), [4]);
});

test('of two modes with one outcome the one with the shorter pause of delivery is better', (t) => {
  const slower = trialResult(1, 'a', { outcome: 'split', nodes: { pve1: node({ deliveryOutageMs: 9000 }) } });
  const faster = trialResult(2, 'b', { outcome: 'split', nodes: { pve1: node({ deliveryOutageMs: 8000 }) } });
  t.deepEqual(summarise(runOf(slower, faster)).modes.map(({ scenario }) => scenario), ['b', 'a']);
});

test('a mode is as bad as the worst of its trials that count, and says how often', (t) => {
  const good = trialResult(1, 'm', { repetition: 1 });
  const bad = trialResult(2, 'm', { ...slowSlow, number: 2, scenario: 'm', repetition: 2 });
  const row = summarise(runOf(good, bad, { ...invalid, scenario: 'm', repetition: 3 })).modes[0];
  t.is(row?.outcome, 'fenced-bystander');
  t.is(row?.seen, 1);
  t.is(row?.counted.length, 2);
  t.deepEqual(row?.delivery, { victimMs: 91_000, bystanderMs: 68_000 });
  t.deepEqual(row?.resets, [
    { node: 'pve2', bystander: true, rehearsed: false, afterMs: [62_100] },
    { node: 'pve3', bystander: true, rehearsed: false, afterMs: [70_400] },
  ]);
});

test('figures of a trial without a verdict are not shown as findings', (t) => {
  const row = summarise(runOf({ ...invalid, nodes: { pve1: node({ deliveryOutageMs: 99_000 }) } })).modes[0];
  t.deepEqual(row?.delivery, { victimMs: 0, bystanderMs: 0 });
});

test('only a first attempt that has a second one is superseded', (t) => {
  const again = { ...invalid, attempt: 2 as const };
  t.true(isSuperseded(invalid, runOf(invalid, again)));
  t.false(isSuperseded(again, runOf(invalid, again)));
  t.false(isSuperseded(invalid, runOf(invalid, { ...again, repetition: 2 })));
});

test('the longest of nodes with healthy bonds is not that of a second victim', (t) => {
  const nodes = { pve1: node({ deliveryOutageMs: 1000 }), pve2: node({ deliveryOutageMs: 9000 }), pve3: node({ deliveryOutageMs: 2000 }) };
  const also = { victim: 'pve2', link: 'pve2-eth1', class: { predicted: null, measured: null }, lacp: null };
  t.deepEqual([trialResult(1, 'm', { nodes }), trialResult(1, 'm', { nodes, also })].map((trial) => summarise(runOf(trial)).modes[0]!.delivery), [{ victimMs: 1000, bystanderMs: 9000 }, { victimMs: 9000, bystanderMs: 2000 }]);
});
