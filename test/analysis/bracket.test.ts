import test from 'ava';
import { canaryCounts } from '../../src/analysis/canary.ts';
import { timelineOf, type Window } from '../../src/analysis/timeline.ts';
import type { Body } from '../../src/model/event.ts';
import type { Proof } from '../../src/model/scenario.ts';
import { atUs, recordOf, type Story } from './timeline-builder.ts';

/** The fault's command takes from 0 to 20 ms, its revert as long 30 s later; the victim's clock is known to half a millisecond. */
const revertS = 30;
const heard = (canaryHeard: readonly number[]): Body => ({ type: 'tick', seq: 0, heard: {}, canarySent: [], canaryHeard, delivered: [], undeliveredMs: 0, counters: {} });

/** A canary each millisecond from `fromMs` to `toMs` after `atS`, 0.1 ms in the kernel's hands; `passes` says which of them pve2 hears. */
const burst = (atS: number, [fromMs, toMs]: readonly [number, number], passes: (ms: number) => boolean): NonNullable<Story['also']> => {
  const sentMs = Array.from({ length: toMs - fromMs + 1 }, (_, n) => fromMs + n);
  const seqOf = (ms: number): number => 2_000_000 + 1000 * atS + ms;
  return [
    [atS + toMs / 1000, 'pve1', { type: 'burst-sent', sent: sentMs.map((ms) => [seqOf(ms), 1000 * (toMs - ms), 100] as const) }],
    [atS + 0.2, 'pve2', heard(sentMs.filter(passes).map(seqOf))],
  ];
};

const windowOf = (also: NonNullable<Story['also']>, proof: Partial<Proof> = {}): Window => timelineOf(recordOf({ revertS, endS: 40, proof, also })).window!;
const commands = { injected: [atUs(0), atUs(0.02)], reverted: [atUs(revertS), atUs(revertS + 0.02)] } as const;

test('the fault came between the last canary that passed and the first that did not', (t) => {
  const { injected, sure } = windowOf(burst(0, [-50, 120], (ms) => ms <= 7));
  t.deepEqual(injected, [atUs(0.007) - 500, atUs(0.008) + 600]);
  t.is(sure.fromUs, injected[1]);
});

test('it went between the last that did not pass and the first that did', (t) => {
  const { injected, reverted } = windowOf(burst(revertS, [-50, 120], (ms) => ms >= 12));
  t.deepEqual(reverted, [atUs(revertS + 0.011) - 500, atUs(revertS + 0.012) + 600]);
  t.deepEqual(injected, commands.injected);
});

test('never outside of the command', (t) => {
  t.deepEqual(windowOf(burst(0, [-50, 120], (ms) => ms < 0)).injected, [atUs(0), atUs(0) + 600]);
  t.deepEqual(windowOf(burst(0, [-50, 120], (ms) => ms <= 19)).injected, [atUs(0.019) - 500, atUs(0.02)]);
});

test('where canaries tell nothing, or contradict the command, it is the command that is known', (t) => {
  for (const also of [[], burst(0, [-50, 120], () => false), burst(0, [-50, 120], () => true), burst(0, [30, 120], (ms) => ms < 60), burst(0, [-50, 120], (ms) => ms < 40), burst(-9, [-50, 120], (ms) => ms < 0)]) {
    t.deepEqual(windowOf(also).injected, commands.injected);
  }
});

test('a switch that opens the port again after the answer says nothing of the revert', (t) => {
  t.deepEqual(windowOf(burst(revertS, [-50, 120], (ms) => ms >= 60)).reverted, commands.reverted);
});

test('a fault that lets canaries pass, or acts when a driver notices, is not bracketed by them', (t) => {
  for (const proof of [{ canary: 'kept' }, { canary: 'kept-in-use' }, { carrier: 0 }] as const) t.deepEqual(windowOf(burst(0, [-50, 120], (ms) => ms <= 7), proof).injected, commands.injected);
});

test('canaries of a burst prove the fault as the others do', (t) => {
  const of = (passes: (ms: number) => boolean) => {
    const timeline = timelineOf(recordOf({ revertS, endS: 40, also: burst(0, [-50, 120], passes) }));
    return canaryCounts(timeline, timeline.window!);
  };
  const [none, some] = [of((ms) => ms <= 7), of((ms) => ms <= 7 || ms === 90)];
  t.is(none.during.heard, 0);
  t.is(none.before.heard, none.before.sent);
  // One that passes after the answer is one too many, and nothing is bracketed by it.
  t.true(some.during.heard > 0);
});
