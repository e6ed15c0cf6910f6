import test from 'ava';
import { faultProof } from '../../src/analysis/fault-proof.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Event } from '../../src/model/event.ts';
import type { Proof } from '../../src/model/scenario.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const times = { revertS: 30, endS: 40 };
const failedOf = (events: readonly Event[]): readonly string[] => {
  const timeline = timelineOf(events);
  return faultProof(timeline, timeline.window!).filter((part) => !part.held).map((part) => `${part.what}: ${part.found}`);
};
const failed = (story: Story): readonly string[] => failedOf(recordOf({ ...times, ...story }));

type Counters = NonNullable<Story['counters']>;
const counters = (change: (atS: number) => Partial<ReturnType<Counters>>): Counters => (atS) =>
  ({ tx: 1000, rx: 2000, drops: Math.round(20 * Math.max(atS, 0)), carrier: 1, ...change(atS) });

test('a fault that did what it declares leaves no part open', (t) => {
  t.deepEqual(failed({}), []);
});

test('each part has its figures', (t) => {
  const timeline = timelineOf(recordOf({ ...times, counters: counters(() => ({})) }));
  t.deepEqual(faultProof(timeline, timeline.window!).slice(4), [
    { what: 'the qdisc dropped frames during the fault', held: true, found: '598 more' },
    { what: 'the NIC sent nothing during the fault', held: true, found: '0 more packets' },
    { what: 'the carrier stayed up', held: true, found: 'up in all of 300 ticks' },
  ]);
});

const lacking: readonly { readonly title: string; readonly story: Story; readonly found: RegExp }[] = [
  { title: 'no canary before the fault', story: { canaryPasses: (atS) => atS > 30 }, found: /^canaries arrived before the fault: 0 of \d+ arrived$/ },
  { title: 'a canary during the fault', story: { canaryPasses: (atS) => atS < 0 || atS > 30 || Math.abs(atS - 15) < 0.08 }, found: /^no canary arrived during the fault: [12] of \d+ arrived$/ },
  { title: 'no canary after the revert', story: { canaryPasses: (atS) => atS < 0 }, found: /^canaries arrived after the revert: 0 of \d+ arrived$/ },
  { title: 'a qdisc that dropped nothing', story: { counters: counters(() => ({ drops: 7 })) }, found: /^the qdisc dropped frames during the fault: 0 more$/ },
  { title: 'no qdisc', story: { counters: counters(() => ({ drops: null })) }, found: /^the qdisc dropped frames during the fault: no such qdisc was seen$/ },
  { title: 'a NIC that sent', story: { counters: counters((atS) => ({ tx: atS > 20 ? 1001 : 1000 })) }, found: /^the NIC sent nothing during the fault: 1 more packets$/ },
  { title: 'a lost carrier', story: { counters: counters((atS) => ({ carrier: Math.abs(atS - 15) < 0.06 ? 0 : 1 })) }, found: /^the carrier stayed up: otherwise in 1 of \d+ ticks$/ },
  { title: 'an unknown carrier', story: { counters: counters(() => ({ carrier: null })) }, found: /^the carrier stayed up: the carrier was not seen$/ },
];

for (const { title, story, found } of lacking) {
  test(`${title} is one failed part`, (t) => {
    const parts = failed(story);
    t.is(parts.length, 1);
    t.regex(parts[0]!, found);
  });
}

test('a victim whose agent was mute proves nothing', (t) => {
  t.deepEqual(failed({ mute: [{ node: 'pve1', fromS: 0, toS: 30 }] }).map((part) => part.split(':')[0]), [
    'no canary arrived during the fault', 'the qdisc dropped frames during the fault', 'the NIC sent nothing during the fault', 'the carrier stayed up',
  ]);
});

const nothing: Proof = { canary: 'kept', drops: 'still', tx: 'moves', carrier: 1 };
const sending = counters((atS) => ({ tx: Math.round(5000 + 100 * atS), drops: 0 }));

test('the control without a fault holds when everything goes on', (t) => {
  t.deepEqual(failed({ proof: nothing, canaryPasses: () => true, counters: sending }), []);
});

test('the control without a fault fails when canaries, counters or the qdisc say otherwise', (t) => {
  t.deepEqual(failed({ proof: nothing, canaryPasses: (atS) => atS < 0 || atS > 25, counters: counters((atS) => ({ drops: Math.round(Math.max(0, atS)) })) }).map((part) => part.split(':')[0]),
    ['canaries arrived all the time', 'the qdisc dropped nothing', 'the NIC went on sending']);
});

const pulled: Proof = { canary: 'lost', drops: null, tx: null, carrier: 0 };

test('a pulled cable is proven by its carrier, and needs no canaries that were sent', (t) => {
  const down = counters((atS) => ({ carrier: atS > 0.5 && atS < 30 ? 0 : 1, drops: null }));
  t.deepEqual(failed({ proof: pulled, counters: down }), []);
  const silent = recordOf({ ...times, proof: pulled, counters: down }).map((event): Event => event.type === 'tick' && event.at[0] > 12e6 && event.at[0] < 42e6 ? { ...event, canarySent: [] } : event);
  t.deepEqual(failedOf(silent), []);
  t.deepEqual(failed({ proof: pulled }).map((part) => part.split(':')[0]), ['the carrier was down']);
});

/** LACPDUs that the victim sends on eth1 from one second to another, one each so many. */
const lacpdus = (fromS: number, toS: number, everyS: number): NonNullable<Story['also']> =>
  Array.from({ length: Math.ceil((toS - fromS) / everyS) }, (_, n) => [fromS + n * everyS, 'pve1', { type: 'lacpdu', slave: 'eth1', direction: 'out', frame: '' }] as const);
const fast = { ports: { kind: 'lacp', rate: 'fast' } } as const;

const dataOnly: Proof = { canary: 'lost', drops: 'rise', tx: null, carrier: 1, lacpdus: 'kept' };

test('data that is lost alone is proven by LACPDUs that go on, closer than any partner would miss', (t) => {
  t.deepEqual(failed({ proof: dataOnly, scenario: fast, also: lacpdus(-5, 40, 1) }), []);
  t.deepEqual(failed({ proof: dataOnly, scenario: fast, also: [...lacpdus(-5, 10, 1), ...lacpdus(14, 40, 1)] }), ['LACPDUs went on leaving: 25 of them, 5.0 s apart at most']);
  t.deepEqual(failed({ proof: dataOnly, scenario: fast, also: lacpdus(-5, 0, 1) }), ['LACPDUs went on leaving: 0 of them, 30.0 s apart at most']);
  // Those of another slave, or that came in, prove nothing.
  const others = lacpdus(-5, 40, 1).flatMap(([atS, by, body]) => body.type !== 'lacpdu' ? [] : [[atS, by, { ...body, slave: 'eth2' }] as const, [atS, by, { ...body, direction: 'in' }] as const]);
  t.is(failed({ proof: dataOnly, scenario: fast, also: others }).length, 1);
});

test('where no LACP is spoken the rest proves it', (t) => {
  t.deepEqual(failed({ proof: dataOnly, scenario: { bond: { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'static' } } }), []);
});

const lacpOnly: Proof = { canary: 'kept-in-use', drops: 'rise', tx: 'moves', carrier: 1, lacpdus: 'lost' };
const dropping = counters((atS) => ({ tx: Math.round(5000 + 100 * atS) }));
/** The switch gives the port up: its canaries are lost from then on, and a little before it is told. */
const expires = (atS: number): NonNullable<Story['also']> => [[atS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 63, partner: 143 }]];

test('LACPDUs that are lost alone are proven by those before, and canaries count until LACP acts', (t) => {
  const story: Story = { proof: lacpOnly, scenario: fast, counters: dropping, canaryPasses: (atS) => atS < 2.5 || atS > 30 };
  t.deepEqual(failed({ ...story, also: [...lacpdus(-5, 0, 1), ...expires(2.6)] }), []);
  t.deepEqual(failed({ ...story, also: lacpdus(-5, 0, 1) }).map((part) => part.split(':')[0]), ['canaries arrived while LACP had the NIC in use']);
  t.deepEqual(failed({ ...story, canaryPasses: (atS) => atS < 0 || atS > 30, also: [...lacpdus(-5, 0, 1), ...expires(2.6)] }).map((part) => part.split(':')[0]), ['canaries arrived while LACP had the NIC in use']);
  t.deepEqual(failed({ ...story, also: [...lacpdus(-5, 1, 1), ...lacpdus(1.5, 2, 1), ...expires(2.6)] }), ['no LACPDU left during the fault, and some before: 5 before, 1 during']);
  t.deepEqual(failed({ ...story, also: expires(2.6) }), ['no LACPDU left during the fault, and some before: 0 before, 0 during']);
});

const deaf: Proof = { canary: 'kept-in-use', drops: 'rise', tx: 'moves', carrier: 1, rx: 'dropped' };

test('a NIC that hears nothing is proven by what came and was dropped', (t) => {
  const hears = (dropped: number): Story => ({ proof: deaf, canaryPasses: () => true, counters: counters((atS) => ({ tx: Math.round(5000 + 100 * atS), rx: Math.round(2000 + 100 * atS), drops: Math.round(dropped * 100 * Math.max(atS, 0)) })) });
  t.deepEqual(failed(hears(1)), []);
  t.deepEqual(failed(hears(0.95)), []);
  t.regex(failed(hears(0.5)).join(), /^what came to the NIC was dropped: 14\d\d of 29\d\d packets$/);
  t.regex(failed({ ...hears(1), counters: counters((atS) => ({ tx: Math.round(5000 + 100 * atS), rx: 2000, drops: 0 })) }).join(), /the qdisc dropped frames during the fault: 0 more,what came to the NIC was dropped: 0 of 0 packets/);
  t.regex(failed({ ...hears(1), counters: counters((atS) => ({ tx: Math.round(5000 + 100 * atS), drops: null })) }).join(), /what came to the NIC was dropped: no such qdisc was seen/);
});

const unheard: Proof = { canary: 'kept-in-use', drops: null, tx: 'moves', carrier: 1, rx: 'still' };

test('a port that sends nothing is proven by a NIC that nothing comes to, but for what was on its way', (t) => {
  const comes = (untilS: number): Story => ({ proof: unheard, canaryPasses: () => true, counters: counters((atS) => ({ tx: Math.round(5000 + 100 * atS), rx: Math.round(2000 + 100 * Math.min(atS, untilS)), drops: null })) });
  t.deepEqual(failed(comes(0)), []);
  t.deepEqual(failed(comes(0.3)), []);
  t.deepEqual(failed(comes(0.9)).map((part) => part.split(':')[0]), ['nothing came to the NIC during the fault']);
  t.is(failed({ ...comes(0), mute: [{ node: 'pve1', fromS: 0, toS: 30 }] }).find((part) => part.startsWith('nothing came')), 'nothing came to the NIC during the fault: its counters were not seen');
});

test('a reset of the victim takes the fault with it, and the proof is of the time before', (t) => {
  t.deepEqual(failed({ resets: [{ node: 'pve1', atS: 15, backS: 25 }], counters: counters((atS) => atS > 15 ? { tx: Math.round(50 * atS), drops: null } : {}) }), []);
});

test('without a declaration or a hit slave there is one part, and it fails', (t) => {
  const record = recordOf(times);
  t.deepEqual(failedOf(record.filter(({ type }) => type !== 'trial-started')), ['the record says what must be proven: no beginning of the trial']);
  t.deepEqual(failedOf(record.filter(({ type }) => type !== 'target-chosen')), ['the record says what must be proven: no hit slave']);
});

const asksForSlow: Proof = { canary: null, drops: null, tx: 'moves', carrier: 1, asksFor: 'slow' };

/** LACPDUs of the switch, one each second; the actor's state is the 33rd octet (IEEE 802.1AX, 6.4.2.3), in which bit 1 asks for fast ones. */
const asking = (isFast: (atS: number) => boolean): NonNullable<Story['also']> => Array.from({ length: 45 }, (_, n) => n - 5).map((atS) => {
  const frame = Buffer.alloc(124);
  frame[32] = isFast(atS) ? 0x3f : 0x3d;
  return [atS, 'pve1', { type: 'lacpdu', slave: 'eth1', direction: 'in', frame: frame.toString('base64') }] as const;
});

test('a change of the switch’s rate is proven by what it asks for on the wire, whatever becomes of canaries', (t) => {
  const found = (isFast: (atS: number) => boolean, more: Partial<Story> = {}): readonly string[] =>
    failed({ proof: asksForSlow, scenario: fast, counters: sending, also: asking(isFast), ...more });
  t.deepEqual(found((atS) => atS < 1 || atS > 31), []);
  t.deepEqual(found((atS) => atS < 1 || atS > 31, { canaryPasses: (atS) => atS < 0 || atS > 8 }), []);
  const what = 'the switch asked for slow LACPDUs during the fault, and not before';
  t.deepEqual(found(() => true), [`${what}: fast before, slow in 0 of 24 LACPDUs`]);
  t.deepEqual(found(() => false), [`${what}: slow before, slow in 24 of 24 LACPDUs`]);
  t.deepEqual(found((atS) => atS < 1 || atS > 20), [`${what}: fast before, slow in 15 of 24 LACPDUs`]);
  t.deepEqual(failed({ proof: asksForSlow, scenario: fast, counters: sending }), [`${what}: nothing before, slow in 0 of 0 LACPDUs`]);
});
