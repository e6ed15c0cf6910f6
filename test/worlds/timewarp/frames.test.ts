import test from 'ava';
import fc from 'fast-check';

import { frame, framesIn } from '../../../src/worlds/timewarp/frames.ts';

const said = (letter: string, stream: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.write(letter, 0);
  head.writeUInt32LE(stream, 1);
  head.writeUInt32LE(body.length, 5);
  return Buffer.concat([head, body]);
};

test('an order is its letter, its stream, its length and its bytes', (t) => {
  t.deepEqual([...frame('input', 258, 'ab')], [0x49, 2, 1, 0, 0, 2, 0, 0, 0, 0x61, 0x62]);
  t.deepEqual([...frame('end', 1)], [0x45, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test('what was said comes back frame by frame', (t) => {
  const one = fc.record({ letter: fc.constantFrom('O', 'X', 'Z', 'N', 'T'), stream: fc.nat(0xffffffff), body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) });
  fc.assert(fc.property(fc.array(one, { maxLength: 8 }), (frames) => {
    const got = framesIn(Buffer.concat(frames.map(({ letter, stream, body }) => said(letter, stream, body))));
    t.deepEqual(got.map(({ stream, body }) => [stream, body.toString('hex')]), frames.map(({ stream, body }) => [stream, body.toString('hex')]));
    t.deepEqual(got.map(({ word }) => ({ output: 'O', errors: 'X', exited: 'Z', node: 'N', turn: 'T' })[word]), frames.map(({ letter }) => letter));
  }));
});

test('what no box says is told with its words', (t) => {
  const message = /^the lab said .*, which is no frame$/;
  t.throws(() => framesIn(Buffer.from('Kernel panic - not syncing')), { message });
  t.throws(() => framesIn(said('O', 1, Buffer.from('abc')).subarray(0, -1)), { message });
  t.throws(() => framesIn(Buffer.from('T')), { message });
});
