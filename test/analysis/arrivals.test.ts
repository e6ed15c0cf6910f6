import test from 'ava';
import fc from 'fast-check';
import { arrivals } from '../../src/analysis/arrivals.ts';

const sentAt = (...frames: readonly (readonly [seq: number, us: number])[]) => frames.map(([seq, us]) => ({ seq, fromUs: us, toUs: us }));

test('a frame has arrived when its number was heard', (t) => {
  t.deepEqual(arrivals(sentAt([1, 0], [2, 100], [3, 200]), [{ seq: 1, atUs: 50 }, { seq: 3, atUs: 900 }, { seq: 3, atUs: 901 }]), [true, false, true]);
});

test('after a restart of the sender a number belongs to the nearest frame', (t) => {
  t.deepEqual(arrivals(sentAt([1, 0], [1, 60e6]), [{ seq: 1, atUs: 60.1e6 }]), [false, true]);
  t.deepEqual(arrivals(sentAt([1, 0], [1, 60e6]), [{ seq: 1, atUs: 0.1e6 }]), [true, false]);
});

test('what is heard more than ten seconds away is another frame', (t) => {
  t.deepEqual(arrivals(sentAt([1, 0]), [{ seq: 1, atUs: 11e6 }]), [false]);
});

test('exactly the frames that were heard have arrived, for any loss', (t) => {
  fc.assert(fc.property(fc.array(fc.boolean()), (fates) => {
    const sent = sentAt(...fates.map((_, at) => [at + 1, at * 100_000] as const));
    const heard = fates.flatMap((arrives, at) => arrives ? [{ seq: at + 1, atUs: at * 100_000 + 5000 }] : []);
    t.deepEqual(arrivals(sent, heard), fates);
  }));
});
