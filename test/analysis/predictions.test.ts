import test from 'ava';
import { fencedOf } from '../../src/analysis/fencing.ts';
import { lacpOf } from '../../src/analysis/lacp.ts';
import { predictionsFor, wrongPredictions } from '../../src/analysis/predictions.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Body, Event } from '../../src/model/event.ts';
import type { PredictedWhat, PredictionResult } from '../../src/model/result.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const predictionsIn = (record: readonly Event[]): readonly PredictionResult[] => {
  const timeline = timelineOf(record);
  return predictionsFor(timeline, timeline.window!, { lacp: lacpOf(timeline, timeline.window!), fenced: fencedOf(timeline, timeline.window!) });
};
/** What a prediction says, what came, and whether that was right. */
const told = (what: PredictedWhat, story: Story, change: (record: readonly Event[]) => readonly Event[] = (record) => record): readonly [number, number | null, number | null, boolean | null] | undefined =>
  predictionsIn(change(recordOf({ revertS: 100, endS: 120, ...story }))).flatMap((each) => each.what === what ? [[each.earliestMs, each.latestMs, each.measuredMs, each.within] as const] : [])[0];

const fast: Partial<Scenario> = { bond: { mode: '802.3ad', lacpRate: 'slow', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'lacp', rate: 'fast' } };
const lacpdu = (atS: number, slave = 'eth1', direction: 'in' | 'out' = 'out'): NonNullable<Story['also']>[number] => [atS, 'pve1', { type: 'lacpdu', slave, direction, frame: '' }];
const bits = (atS: number, partner: number): NonNullable<Story['also']>[number] => [atS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3f, partner }];

test('the switch’s time is counted from the last LACPDU that the victim sent on the hit slave before the fault', (t) => {
  const also = [lacpdu(-8), lacpdu(-0.49), lacpdu(-0.1, 'eth2'), lacpdu(-0.2, 'eth1', 'in'), lacpdu(3)];
  // The zero is 10 ms after the fault's command was sent, and the LACPDU was seen to half a millisecond.
  t.deepEqual(told('switch expired', { scenario: fast, also: [...also, bits(3, 0x8f)] }), [2400, 3584, 2990, true]);
  t.deepEqual(told('switch expired', { scenario: fast, also: [bits(3, 0x8f)] }), [1689, 4083, 2990, true]);
});

test('the lab’s switch says by which engine is predicted, and one that nobody knows does what the standard says', (t) => {
  const by = (dialect: string) => (record: readonly Event[]): readonly Event[] => record.map((event) => event.type === 'trial-started' ? { ...event, lab: { ...event.lab, switch: { ...event.lab.switch, dialect } } } : event);
  const story: Story = { scenario: { ...fast, bond: { ...fast.bond!, lacpRate: 'fast' } }, also: [lacpdu(-0.49), bits(3.1, 0xbf), bits(5.6, 0x47), [5.7, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x0f, partner: 0x47 }]] };
  const of = (dialect: string) => (['switch expired', 'switch defaulted', 'node stopped'] as const).map((what) => told(what, story, by(dialect)));
  t.deepEqual(of('openvswitch'), [[2499, 4012, 3090, true], [5498, 6012, 5590, true], [5498, 6012, 5690, true]]);
  // teamd tells at once: the same record was another's.
  t.deepEqual(of('teamd'), [[2500, 2912, 3090, false], [5500, 6012, 5590, true], [5500, 6012, 5690, true]]);
  t.deepEqual(of('linux'), [[2400, 3584, 3090, true], [5300, null, 5590, true], [5300, 10_451, 5690, true]]);
  // Its LACP is Linux bonding's.
  t.deepEqual(of('cumulus'), of('linux'));
  t.deepEqual(of('passive'), [[2400, 3584, 3090, true], [5300, 7017, 5590, true], [5300, 7017, 5690, true]]);
});

test('when a fast node stops follows from how long its last LACPDU came after one of the switch’s, on the same slave', (t) => {
  const story = (inS: number): Story => ({
    scenario: { ...fast, bond: { ...fast.bond!, lacpRate: 'fast' } },
    also: [lacpdu(-0.4, 'eth1', 'in'), lacpdu(-0.3, 'eth2', 'in'), lacpdu(inS, 'eth1', 'in'), lacpdu(-0.49), [6, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x0f, partner: 0x47 }]],
  });
  t.deepEqual([told('node stopped', story(-0.5)), told('node stopped', story(-1))], [[5300, 7017, 5990, true], [7889, 9842, 5990, false]]);
});

test('what comes too early or too late was predicted wrong', (t) => {
  const of = (atS: number) => told('switch expired', { scenario: fast, also: [lacpdu(-0.49), bits(atS, 0x8f)] })?.[3];
  t.deepEqual([of(2.43), of(2.3), of(3.55), of(3.7), of(3.59)], [true, false, true, false, null]);
  const [wrong] = wrongPredictions(predictionsIn(recordOf({ scenario: fast, also: [lacpdu(-0.49), bits(3.7, 0x8f)] })).filter(({ what }) => what === 'switch expired'));
  t.deepEqual(wrong, { what: '"switch expired" came as predicted', found: 'after 3.7 s, predicted from 2.4 s to 3.6 s' });
});

test('an instant that is known badly tells nothing, but by how much better it would have to be known', (t) => {
  const story: Story = { scenario: { ha: 'armed' }, also: [[3, 'pve1', { type: 'token-lost', timeoutMs: 3125 }]] };
  const wide = (us: number) => (record: readonly Event[]): readonly Event[] => record.map((event) => event.type === 'token-lost' ? { ...event, at: [event.at[0] - us, event.at[1] + us] } : event);
  t.deepEqual([told('first token lost', story)?.[3], told('first token lost', story, wide(600_000))?.[3]], [false, null]);
  t.true(predictionsIn(wide(600_000)(recordOf(story))).find(({ what }) => what === 'first token lost')!.narrowerByMs! > 0);
});

test('what had to come and did not, while everybody watched, was predicted wrong', (t) => {
  t.deepEqual(told('first knet link down', {}), [581, 1963, null, false]);
  t.deepEqual(wrongPredictions(predictionsIn(recordOf())).find(({ what }) => what.includes('knet'))?.found, 'it did not come, predicted from 0.6 s to 2.0 s');
});

test('but not where the watch or a reset ended before, or it need not come', (t) => {
  t.deepEqual(told('switch expired', { revertS: 50, endS: 60 })?.slice(2), [null, null]);
  t.deepEqual(told('switch expired', { also: [[46, 'pve1', { type: 'watchdog-expired' }]], resets: [{ node: 'pve1', atS: 56, backS: 80 }] })?.slice(2), [null, null]);
  t.deepEqual(told('switch expired', { revertS: 120, endS: 130 })?.slice(2), [null, false]);
  t.deepEqual(told('first membership', {}), [6861, null, null, null]);
});

test('the first of all nodes counts, and only from the fault on', (t) => {
  const down = (atS: number, node: string, up = false): NonNullable<Story['also']>[number] => [atS, node, { type: 'knet-link-changed', peer: 'pve1', link: 0, up }];
  t.deepEqual(told('first knet link down', { also: [down(-4, 'pve2'), down(0.3, 'pve2', true), down(1.6, 'pve3'), down(1.2, 'pve1')] })?.slice(2), [1190, true]);
});

test('the point of no return is that of the oldest lock, and a reset as certain as its instant', (t) => {
  const alone: Story = { scenario: { detector: 'none', bond: { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'static' } }, predicted: { class: 'isolated', darkPeers: ['pve2', 'pve3'] }, refreshS: { pve1: [-2, 112], pve2: [-9, 1], pve3: [-5, 5] } };
  const expired: Body = { type: 'watchdog-expired' };
  t.deepEqual(told('point of no return', { ...alone, also: [[59, 'pve1', expired]], resets: [{ node: 'pve1', atS: 68.8, backS: 90 }] }), [49_990, 59_991, 58_990, true]);
  // Down somewhere from 68.8 to 70.8 s.
  t.deepEqual(told('reset', { ...alone, also: [[59, 'pve1', expired]], resets: [{ node: 'pve1', atS: 68.8, backS: 90 }] }), [58_990, 70_991, 69_790, true]);
  t.deepEqual(told('reset', { ...alone, also: [[59, 'pve1', expired]], resets: [{ node: 'pve1', atS: 78.8, backS: 95 }] })?.[3], false);
});

test('time-outs are what the victim tells, else what the lab’s size gives', (t) => {
  const totem = (is: { readonly tokenMs: number; readonly consensusMs: number } | null) => (record: readonly Event[]): readonly Event[] =>
    record.map((event) => event.type === 'node-surveyed' ? { ...event, survey: { ...event.survey, totem: is } } : event);
  t.deepEqual(told('first membership', {}, totem({ tokenMs: 3650, consensusMs: 4380 }))?.[0], 8047);
  t.deepEqual(told('first membership', {}, totem(null))?.[0], 6861);
});

test('without a hit slave, or a fault whose way is known, little is predicted', (t) => {
  t.deepEqual(predictionsIn(recordOf().filter(({ type }) => type !== 'target-chosen')), []);
  t.deepEqual(predictionsIn(recordOf({ scenario: { fault: 'carrier-down' } })).map(({ what }) => what), ['point of no return', 'reset']);
  t.deepEqual(predictionsIn(recordOf({ scenario: { fault: 'none' } })), []);
});
