import test from 'ava';

import { conductOf } from '../../src/certificate/conduct.ts';
import { contractOf } from '../../src/certificate/contract.ts';
import { testResults, type Trial } from '../../src/certificate/tests.ts';
import type { Conduct } from '../../src/certificate/conduct.ts';
import type { Body } from '../../src/model/event.ts';
import { findScenarios } from '../../src/scenarios/index.ts';
import { recordOf } from '../analysis/timeline-builder.ts';
import { trialOf } from '../claims/evidence.ts';

/** A LACPDU of the switch whose own state is this. */
const frame = (state: number): string => {
  const bytes = Buffer.alloc(124);
  bytes[32] = state;
  return bytes.toString('base64');
};
const pdu = (direction: 'in' | 'out', state = 0x3f, slave = 'eth1'): Body => ({ type: 'lacpdu', slave, direction, frame: frame(state) });
const bits = (actor: number, partner: number): Body => ({ type: 'lacp-changed', slave: 'eth1', actor, partner });
const [fastFast] = findScenarios(['802.3ad/fast-fast']);

const linux = recordOf({
  scenario: fastFast!, revertS: 20, endS: 40,
  also: [
    [-4.6, 'pve1', pdu('in')], [-3.5, 'pve1', pdu('in')], [-2.3, 'pve1', pdu('in')], [-0.4, 'pve1', pdu('out')],
    [3.0, 'pve1', pdu('in', 0x8f)], [3.05, 'pve1', bits(0x3f, 0x8f)], [6.2, 'pve1', pdu('in', 0x47)], [6.3, 'pve1', bits(0x0f, 0x47)],
    [30, 'pve1', bits(0x0f, 0x47)], [32.5, 'pve1', bits(0x3f, 0x3f)],
    [20.5, 'harness', { type: 'compared', device: 'pve1', before: 'a', after: 'a' }],
  ],
});

test('EXPIRED and DEFAULTED are read from the switch’s own LACPDUs, and counted from the last that the node sent', (t) => {
  const conduct = conductOf(linux);
  t.like(conduct, { expiredAfter: 3400, stateAtExpired: 0x8f, defaultedAfter: 3200, stateAtDefaulted: 0x47, longestGap: 1200, restored: true });
  t.is(Math.round(conduct.rejoinedAfter! / 100), 125);
});

test('what the record does not have is null', (t) => {
  t.deepEqual(conductOf([]), { expiredAfter: null, stateAtExpired: null, defaultedAfter: null, stateAtDefaulted: null, forwardsWhileExpired: null, longestGap: null, rejoinedAfter: null, restored: null });
  t.like(conductOf(recordOf({ scenario: fastFast! })), { expiredAfter: null, stateAtExpired: null, rejoinedAfter: null, restored: null });
});

test('whether data goes to an EXPIRED member is seen by what comes in there; where nothing came before it cannot be told', (t) => {
  const story = (rx: (atS: number) => number) => recordOf({
    scenario: fastFast!, revertS: 20, endS: 40, counters: (atS) => ({ tx: 1, rx: Math.round(rx(atS)), drops: null, carrier: 1 }),
    also: [[-0.4, 'pve1', pdu('out')], [3, 'pve1', pdu('in', 0x8f)], [6, 'pve1', bits(0x0f, 0x47)]],
  });
  t.true(conductOf(story((atS) => 2000 + 20 * atS)).forwardsWhileExpired);
  t.false(conductOf(story((atS) => 2000 + 20 * Math.min(atS, 3))).forwardsWhileExpired);
  t.is(conductOf(story((atS) => 2000 + atS)).forwardsWhileExpired, null);
});

const good: Conduct = { expiredAfter: 3300, stateAtExpired: 0x8f, defaultedAfter: 3200, stateAtDefaulted: 0x47, forwardsWhileExpired: true, longestGap: 1200, rejoinedAfter: 12_000, restored: true };
const withConduct = (scenario: string, conduct: Partial<Conduct> = {}, result: Parameters<typeof trialOf>[1] = {}): Trial => ({ ...trialOf(scenario, result), conduct: { ...good, ...conduct }, survey: null });
const stateOf = (id: string, trials: readonly Trial[], ends: Parameters<typeof testResults>[1] = []): string => testResults(trials, ends).find((each) => each.id === id)!.state;

test('without trials nothing was tested', (t) => {
  t.deepEqual([...new Set(testResults([], []).map(({ state }) => state))], ['not tested']);
});

test('C6 wants EXPIRED in time, the mux bits clear and a LACPDU at DEFAULTED', (t) => {
  t.is(stateOf('C6', [withConduct('802.3ad/fast-fast')]), 'passed');
  for (const wrong of [{ expiredAfter: 3501 }, { expiredAfter: null }, { stateAtExpired: 0xbf }, { defaultedAfter: null, stateAtDefaulted: null }, { defaultedAfter: 4001 }, { stateAtDefaulted: 0x4f }]) {
    t.is(stateOf('C6', [withConduct('802.3ad/fast-fast', wrong)]), 'failed', JSON.stringify(wrong));
  }
});

test('C1 wants all four combinations, and each end to send as the other requests', (t) => {
  const at = (name: string, sentMs: number | null, receivedMs: number | null): Trial => withConduct(`802.3ad/${name}`, {}, { lacpdus: { sentMs, receivedMs, switchSilentMs: null } });
  const four = [at('fast-fast', 1100, 1100), at('fast-slow', 33_000, 1100), at('slow-fast', 1100, 33_000), at('slow-slow', 33_000, 33_000)];
  t.is(stateOf('C1', four), 'passed');
  t.is(stateOf('C1', four.slice(1)), 'not tested');
  t.is(stateOf('C1', four.with(1, at('fast-slow', 1100, 33_000))), 'failed');
  t.is(stateOf('C1', four.with(1, at('fast-slow', null, 1100))), 'not tested');
});

test('C3 tells what a change of the rate cost, whatever that was', (t) => {
  const changed = (nodeStoppedMs: number | null, toMs: number | null | undefined): Trial => withConduct('802.3ad/fast-fast/switch-rate-slow', {}, {
    lacp: { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs, preventedByReset: false, errorMs: 1 },
    darkPairs: toMs === undefined ? [] : [{ from: 'pve1', to: 'pve2', fromMs: 0, toMs, lossRatio: 1, predicted: false }],
  });
  const found = (trials: readonly Trial[]) => { const { state, found: words } = testResults(trials, []).find(({ id }) => id === 'C3')!; return [state, words]; };
  t.deepEqual(found([changed(null, undefined)]), ['passed', 'live in 1 of 1 trials, else a flap; nobody was unheard']);
  t.deepEqual(found([changed(900, 2100)]), ['passed', 'live in 0 of 1 trials, else a flap; somebody was unheard until 2.1 s after it']);
  t.deepEqual(found([changed(null, null)]), ['passed', 'live in 0 of 1 trials, else a flap; somebody was unheard to the end']);
  t.is(stateOf('C3', []), 'not tested');
});

test('C9, C10 and C16 hold to their limits', (t) => {
  t.is(stateOf('C9', [withConduct('802.3ad/fast-fast', { rejoinedAfter: 35_000 })]), 'passed');
  t.is(stateOf('C9', [withConduct('802.3ad/fast-fast', { rejoinedAfter: 35_001 })]), 'failed');
  t.is(stateOf('C9', [withConduct('802.3ad/fast-fast', { rejoinedAfter: null })]), 'failed');
  const dark = (toMs: number | null) => [withConduct('control/carrier-down', {}, { darkPairs: [{ from: 'pve1', to: 'pve2', fromMs: 0, toMs, lossRatio: 1, predicted: true }] })];
  t.is(stateOf('C10', dark(1000)), 'passed');
  t.is(stateOf('C10', dark(1001)), 'failed');
  t.is(stateOf('C10', dark(null)), 'failed');
  const end = (afterMs: number | null) => [{ what: 'its input ends', afterMs, allowedMs: 2350 }];
  t.is(stateOf('C16', [withConduct('802.3ad/fast-fast')], end(2000)), 'passed');
  t.is(stateOf('C16', [withConduct('802.3ad/fast-fast')], []), 'not tested');
  t.is(stateOf('C16', [withConduct('802.3ad/fast-fast', { restored: false })], end(2000)), 'failed');
  t.is(stateOf('C16', [withConduct('802.3ad/fast-fast')], end(null)), 'failed');
});

test('the signal contract says what was seen, and that nothing was', (t) => {
  t.deepEqual([...new Set(contractOf([]).map(({ answer }) => answer))], ['not seen']);
  const lacpdus = { sentMs: 1100, receivedMs: 1100, switchSilentMs: null };
  const answers = (conduct: Partial<Conduct>) => contractOf([withConduct('802.3ad/fast-fast', conduct, { lacpdus })]).map(({ answer }) => answer);
  t.deepEqual(answers({}), [
    'EXPIRED 3.3 s after the last LACPDU, in 1 of 1 trial', 'not at EXPIRED; a LACPDU with SYNC clear told DEFAULTED in 1 of 1 trial', 'yes, in 1 trial',
    'asked for fast it sends every 1.1 s', 'yes, in 1 trial', 'its LACPDUs were 1.2 s apart at most: 1.8 s before a node misses it',
  ]);
  t.is(answers({ stateAtExpired: 0x87 })[1], 'at EXPIRED, in 1 trial');
  t.is(answers({ stateAtDefaulted: null })[1], 'not at EXPIRED; and no LACPDU told DEFAULTED, so the node had to time out by itself');
});
