import test from 'ava';
import fc from 'fast-check';
import { arrivals, heardFrom } from '../../src/analysis/arrivals.ts';
import type { Event, EventOf } from '../../src/model/event.ts';
import { middleUs } from '../../src/model/instant.ts';

const sentAt = (...frames: readonly (readonly [seq: number, us: number])[]) => frames.map(([seq, us]) => ({ seq, fromUs: us, toUs: us }));

/** Which of the sent frames have arrived, by numbers and when each was heard. */
const arrivedOf = (sent: ReturnType<typeof sentAt>, heard: readonly { readonly seq: number; readonly atUs: number }[]): readonly boolean[] =>
  arrivals(sent, { seqs: heard.map(({ seq }) => seq), timesUs: heard.map(({ atUs }) => atUs) });

test('a frame has arrived when its number was heard', (t) => {
  t.deepEqual(arrivedOf(sentAt([1, 0], [2, 100], [3, 200]), [{ seq: 1, atUs: 50 }, { seq: 3, atUs: 900 }, { seq: 3, atUs: 901 }]), [true, false, true]);
});

test('after a restart of the sender a number belongs to the nearest frame', (t) => {
  t.deepEqual(arrivedOf(sentAt([1, 0], [1, 60e6]), [{ seq: 1, atUs: 60.1e6 }]), [false, true]);
  t.deepEqual(arrivedOf(sentAt([1, 0], [1, 60e6]), [{ seq: 1, atUs: 0.1e6 }]), [true, false]);
});

test('what is heard more than ten seconds away is another frame', (t) => {
  t.deepEqual(arrivedOf(sentAt([1, 0]), [{ seq: 1, atUs: 11e6 }]), [false]);
});

test('exactly the frames that were heard have arrived, for any loss', (t) => {
  fc.assert(fc.property(fc.array(fc.boolean()), (fates) => {
    const sent = sentAt(...fates.map((_, at) => [at + 1, at * 100_000] as const));
    const heard = fates.flatMap((arrives, at) => arrives ? [{ seq: at + 1, atUs: at * 100_000 + 5000 }] : []);
    t.deepEqual(arrivedOf(sent, heard), fates);
  }));
});

const tick = (by: string, us: number, seq: number, heard: EventOf<'tick'>['heard']): EventOf<'tick'> =>
  ({ type: 'tick', at: [us - 300, us + 300], by, seq, heard, canarySent: [], canaryHeard: [], delivered: [], undeliveredMs: 0, counters: {} }) satisfies Event;

test('a tick tells of each peer by its name, whatever that is', (t) => {
  t.deepEqual(heardFrom('pve2', [tick('pve1', 7, 1, { pve2: [4, 5], pve3: [6] })]), { seqs: [4, 5], timesUs: [7, 7] });
  t.deepEqual(heardFrom('constructor', [tick('pve1', 7, 1, { pve2: [4, 5] })]), { seqs: [], timesUs: [] });
});

/** As it is defined: every number that any tick tells of, against every frame that was sent. */
const arrivedPlainly = (from: string, sent: ReturnType<typeof sentAt>, ticks: readonly EventOf<'tick'>[]): readonly boolean[] => {
  const arrived = sent.map(() => false);
  for (const [peer, seq, atUs] of ticks.flatMap(({ at, heard }) => Object.entries(heard).flatMap(([name, seqs]) => seqs.map((each) => [name, each, middleUs(at)] as const)))) {
    if (peer !== from) continue;
    const apartUs = sent.map((frame) => frame.seq === seq ? Math.abs(frame.toUs - atUs) : Infinity);
    const leastUs = Math.min(...apartUs);
    // Of two that are as near it is the later one.
    if (leastUs <= 10e6) arrived[apartUs.lastIndexOf(leastUs)] = true;
  }
  return arrived;
};

test('any ticks of any peers, restarts among them: the same as number by number', (t) => {
  const seqs = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 });
  const times = fc.integer({ min: 0, max: 40 }).map((s) => s * 1e6);
  const ticks = fc.array(fc.record({ us: times, a: seqs, b: seqs }).map(({ us, a, b }) => tick('c', us, 1, { a, b })), { maxLength: 20 });
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), times), { maxLength: 20 }), ticks, (frames, told) => {
    const sent = sentAt(...frames.toSorted(([, a], [, b]) => a - b));
    t.deepEqual(arrivals(sent, heardFrom('a', told)), arrivedPlainly('a', sent, told));
  }));
});
