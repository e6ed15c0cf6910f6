import test from 'ava';
import { lacpdusOf } from '../../src/analysis/lacpdus.ts';
import { lacpOf } from '../../src/analysis/lacp.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { LacpdusResult } from '../../src/model/result.ts';
import { recordOf, type Story } from './timeline-builder.ts';

type Line = NonNullable<Story['also']>[number];
const pdu = (atS: number, direction: 'in' | 'out', slave = 'eth1', by = 'pve1'): Line => [atS, by, { type: 'lacpdu', slave, direction, frame: '' }];
const well: Line = [-5, 'harness', { type: 'step-started', step: 'baseline' }];

const judged = (...also: readonly Line[]): LacpdusResult => {
  const timeline = timelineOf(recordOf({ revertS: 120, endS: 121, also }));
  return lacpdusOf(timeline, timeline.window!, lacpOf(timeline, timeline.window!)!);
};

test('the periods are medians, by direction, over the slaves', (t) => {
  const { sentMs, receivedMs } = judged(well, pdu(-4, 'out'), pdu(-3, 'out'), pdu(-2, 'out'), pdu(5, 'in', 'eth2'), pdu(35, 'in', 'eth2'), pdu(65.1, 'in', 'eth2'));
  t.deepEqual([sentMs, receivedMs], [1000, 30_100]);
});

test('negotiation does not count, nor what the silent NIC seems to send', (t) => {
  const { sentMs } = judged(pdu(-8, 'out'), pdu(-7.9, 'out'), well, pdu(-4, 'out'), pdu(-3, 'out'), pdu(3, 'out'), pdu(3.1, 'out'));
  t.is(sentMs, 1000);
});

test('nor does what a node that was reset sends when it is back', (t) => {
  const timeline = timelineOf(recordOf({
    revertS: 120, endS: 121, resets: [{ node: 'pve1', atS: 65 }],
    also: [well, pdu(-2, 'out', 'eth2'), pdu(31, 'out', 'eth2'), pdu(64, 'out', 'eth2'), ...[70, 71, 71.5, 72, 75].map((atS) => pdu(atS, 'out', 'eth2'))],
  }));
  t.is(lacpdusOf(timeline, timeline.window!, lacpOf(timeline, timeline.window!)!).sentMs, 33_000);
});

test('one LACPDU has no period', (t) => {
  t.deepEqual(judged(well, pdu(-3, 'out')), { sentMs: null, receivedMs: null, switchSilentMs: null });
});

test('how long the switch had none is counted from the last that left the hit slave', (t) => {
  const expired: Line = [2.4, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3f, partner: 0x8f }];
  const { switchSilentMs } = judged(well, pdu(-1.6, 'out'), pdu(-0.6, 'out'), pdu(-0.1, 'out', 'eth2'), pdu(-0.2, 'in'), expired);
  t.true(Math.abs(switchSilentMs! - 3000) < 20, String(switchSilentMs));
});
