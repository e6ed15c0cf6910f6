import test from 'ava';

import { decide, fullWatchMs, leftMs, limitMs, type Decided } from '../../src/harness/decision.ts';
import { emptyNode, type LabView, type NodeView } from '../../src/harness/view.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import { paperScenario } from './paper-lab.ts';

const seconds = 1_000_000;

/** A node that is well at second `now`. */
const well = (now: number, over: Partial<NodeView> = {}): NodeView => ({ ...emptyNode(), agentUs: now * seconds, quorate: true, deliveredUs: now * seconds, refreshedUs: (now - 5) * seconds, lrmState: 'active', ...over });

const viewOf = (nodes: Readonly<Record<string, NodeView>>, gaveUp: number | null = null, victims: readonly string[] = ['pve1']): LabView =>
  ({ nodes: new Map(Object.entries(nodes)), gaveUpUs: gaveUp === null ? null : gaveUp * seconds, canaryHeardUs: Object.fromEntries(victims.map((name) => [name, null])), canariesSent: 0 });

const decidedAt = (now: number, node: NodeView, { scenario = paperScenario(), gaveUp = null }: { readonly scenario?: Scenario; readonly gaveUp?: number | null } = {}): Decided | null | undefined =>
  decide(viewOf({ pve1: node }, gaveUp), { scenario, injectedUs: 0, revertedUs: null, nowUs: now * seconds }).get('pve1');

const noDetector = paperScenario({ name: 'balance-xor', detector: 'none' });

test('a node is decided 15 s after the bond gave up the slave, when nothing happened since', (t) => {
  t.is(decidedAt(20, well(20), { gaveUp: 6 }), null);
  t.is(decidedAt(21, well(21), { gaveUp: 6 }), 'stable');
});

test('what happens after that starts the 15 s anew', (t) => {
  t.is(decidedAt(21, well(21, { disturbedUs: 10 * seconds }), { gaveUp: 6 }), null);
  t.is(decidedAt(25, well(25, { disturbedUs: 10 * seconds }), { gaveUp: 6 }), 'stable');
});

test('as long as the bond did not give up the slave, a quiet node is not decided', (t) => {
  t.is(decidedAt(100, well(100)), null);
});

test('without a detector the full time is watched, however quiet it is', (t) => {
  t.is(decidedAt(fullWatchMs / 1000 - 1, well(119), { scenario: noDetector, gaveUp: 6 }), null);
  t.is(decidedAt(fullWatchMs / 1000, well(120), { scenario: noDetector }), 'watched-out');
});

test('a node whose lock ages is watched beyond the full time, to the limit', (t) => {
  const counting = well(125, { refreshedUs: 100 * seconds });
  t.is(decidedAt(125, counting, { scenario: noDetector }), null);
  t.is(decidedAt(limitMs / 1000, counting, { scenario: noDetector }), 'time-limit');
});

test('a rehearsing node has no watchdog to be watched to its end', (t) => {
  t.is(decidedAt(125, well(125, { refreshedUs: 10 * seconds, doomed: true }), { scenario: paperScenario({ detector: 'none', ha: 'rehearse' }) }), 'watched-out');
});

test('a node out of quorum, silent, or without delivery is not decided', (t) => {
  for (const trouble of [{ quorate: false }, { agentUs: null }, { agentUs: 120 * seconds }, { undeliveredUs: 124 * seconds }]) t.is(decidedAt(125, well(125, trouble), { scenario: noDetector }), null, JSON.stringify(trouble));
});

test('a reset node is decided when it is back', (t) => {
  t.is(decidedAt(90, well(90, { resetUs: 72 * seconds })), null);
  t.is(decidedAt(95, well(95, { resetUs: 72 * seconds, backUs: 94 * seconds })), 'reset-and-back');
});

test('when the victim was reset before the bond gave up, its return ends the fault for the others', (t) => {
  const view = viewOf({ pve1: well(110, { resetUs: 72 * seconds, backUs: 90 * seconds }), pve2: well(110, { disturbedUs: 91 * seconds }) });
  t.deepEqual([...decide(view, { scenario: paperScenario(), injectedUs: 0, revertedUs: null, nowUs: 110 * seconds })], [['pve1', 'reset-and-back'], ['pve2', 'stable']]);
});

test('the time left is that of the longest way out', (t) => {
  const moment = { scenario: paperScenario(), injectedUs: 0, revertedUs: null, nowUs: 10 * seconds };
  t.is(leftMs(viewOf({ pve1: well(10) }), moment), 110_000);
  t.is(leftMs(viewOf({ pve1: well(10) }, 6), moment), 11_000);
  t.is(leftMs(viewOf({ pve1: well(10, { quorate: false }) }, 6), moment), 170_000);
});

const ends = paperScenario({ forMs: 30_000 });
/** At second `now`, after a fault that was reverted at second 30. */
const afterwards = (now: number, node: NodeView, scenario = ends): Decided | null | undefined =>
  decide(viewOf({ pve1: node }, 6), { scenario, injectedUs: 0, revertedUs: 30 * seconds, nowUs: now * seconds }).get('pve1');

test('while a fault lasts that has an end, nothing is decided', (t) => {
  for (const node of [well(29), well(29, { resetUs: 10 * seconds, backUs: 20 * seconds })]) t.is(decide(viewOf({ pve1: node }, 6), { scenario: ends, injectedUs: 0, revertedUs: null, nowUs: 29 * seconds }).get('pve1'), null);
});

test('after it a node is decided when 15 s were quiet, whatever could have detected the fault', (t) => {
  for (const detector of ['lacp', 'none', 'unneeded'] as const) {
    t.is(afterwards(44, well(44), { ...ends, detector }), null);
    t.is(afterwards(45, well(45), { ...ends, detector }), 'stable');
  }
  t.is(afterwards(45, well(45, { disturbedUs: 33 * seconds })), null);
  t.is(afterwards(48, well(48, { disturbedUs: 33 * seconds })), 'stable');
});

test('a watchdog that counts when the fault ends is watched to its end', (t) => {
  const counting = { refreshedUs: 2 * seconds };
  t.is(afterwards(60, well(60, counting)), null);
  t.is(afterwards(75, well(75, { ...counting, doomed: true })), null);
  t.is(afterwards(76, well(76, { resetUs: 72 * seconds })), null);
  t.is(afterwards(90, well(90, { resetUs: 72 * seconds, backUs: 89 * seconds })), 'reset-and-back');
  t.is(afterwards(60, well(60)), 'stable');
});

test('a node that was reset and back while such a fault lasted has its end still before it', (t) => {
  const back = { resetUs: 5 * seconds, backUs: 25 * seconds };
  t.is(afterwards(44, well(44, back)), null);
  t.is(afterwards(45, well(45, back)), 'stable');
});

test('a watchdog that only rehearses is watched, until it has run out', (t) => {
  const rehearsing: Scenario = { ...ends, ha: 'rehearse' };
  t.is(afterwards(60, well(60, { refreshedUs: 2 * seconds }), rehearsing), null);
  t.is(afterwards(63, well(63, { refreshedUs: 2 * seconds, doomed: true }), rehearsing), 'stable');
});

test('what never ends after the fault is given the same time as one that lasts', (t) => {
  t.is(afterwards(30 + limitMs / 1000 - 1, well(209, { quorate: false })), null);
  t.is(afterwards(30 + limitMs / 1000, well(210, { quorate: false })), 'time-limit');
});

test('the time left of a fault with an end is what is left of it, and the quiet after', (t) => {
  t.is(leftMs(viewOf({ pve1: well(10) }), { scenario: ends, injectedUs: 0, revertedUs: null, nowUs: 10 * seconds }), 35_000);
  t.is(leftMs(viewOf({ pve1: well(40) }), { scenario: ends, injectedUs: 0, revertedUs: 30 * seconds, nowUs: 40 * seconds }), 5000);
  t.is(leftMs(viewOf({ pve1: well(40, { quorate: false }) }), { scenario: ends, injectedUs: 0, revertedUs: 30 * seconds, nowUs: 40 * seconds }), 170_000);
});

test('of two victims one that is back frees nobody: the others wait until both are', (t) => {
  const back = { resetUs: 70 * seconds, backUs: 90 * seconds };
  const other = (victims: readonly string[], gaveUp: number | null): Decided | null | undefined =>
    decide(viewOf({ pve1: well(106, back), pve3: well(106) }, gaveUp, victims), { scenario: paperScenario(), injectedUs: 0, revertedUs: null, nowUs: 106 * seconds }).get('pve3');
  t.deepEqual([other(['pve1'], null), other(['pve1', 'pve2'], null), other(['pve1', 'pve2'], 91)], ['stable', null, 'stable']);
});
