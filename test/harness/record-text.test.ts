import { crc32 } from 'node:zlib';

import test from 'ava';
import fc from 'fast-check';

import { isUnchecked, parseRecord, recordLine } from '../../src/harness/record-text.ts';
import { noDamage } from '../../src/model/damage.ts';
import type { Event } from '../../src/model/event.ts';

const events: readonly Event[] = [
  { at: [1, 1], by: 'harness', type: 'fault-staged' },
  { at: [2, 9], by: 'pve2', type: 'logged', identifier: 'kernel', text: 'ü \u2028 "\n' },
  { at: [3, 3], by: 'harness', type: 'trial-ended' },
];
const lines = events.map((event, at) => recordLine(event, at + 1));
const whole = lines.join('');

test('a line is JSON with its number and its sum at the end', (t) => {
  t.is(lines[0], '{"at":[1,1],"by":"harness","type":"fault-staged","n":1,"crc":"a0187d53"}\n');
});

test('a whole record gives its events as they were', (t) => {
  t.deepEqual(parseRecord(whole), { events, damage: noDamage });
});

test('cut at any byte: every line before the cut is there, and the cut is found', (t) => {
  const bytes = Buffer.from(whole);
  for (let length = 0; length < bytes.length; length += 1) {
    const text = bytes.subarray(0, length).toString();
    const { events: left, damage } = parseRecord(text);
    // A line that lacks its newline alone is whole.
    const expected = lines.filter((_, at) => length >= Buffer.byteLength(lines.slice(0, at + 1).join('')) - 1).length;
    t.deepEqual(left, events.slice(0, expected), `${length} bytes`);
    t.deepEqual(damage, { ...noDamage, tornEnd: true }, `${length} bytes`);
  }
});

test('any bit turned over: it is found, and every line that it did not touch is there', (t) => {
  const bytes = Buffer.from(whole);
  const ends = lines.map((_, at) => Buffer.byteLength(lines.slice(0, at + 1).join('')));
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const turned = Buffer.from(bytes);
    const at = Math.floor(bit / 8);
    turned[at]! ^= 1 << bit % 8;
    const { events: left, damage } = parseRecord(turned.toString());
    t.notDeepEqual(damage, noDamage, `bit ${bit}`);
    // A newline holds two lines apart.
    const hit = ends.findIndex((end) => at < end);
    const lost = at === ends[hit]! - 1 ? [hit, hit + 1] : [hit];
    t.deepEqual(left, events.filter((_, n) => !lost.includes(n)), `bit ${bit}`);
    t.true(damage.brokenLines > 0 || hit === events.length - 1, `bit ${bit}`);
  }
});

test('lines that are lost, doubled or not ours are counted, and the rest is used', (t) => {
  const [first, second, third] = lines as [string, string, string];
  t.deepEqual(parseRecord(first + third).damage, { ...noDamage, missingLines: 1 });
  t.deepEqual(parseRecord(second + third).damage, { ...noDamage, missingLines: 1 });
  t.deepEqual(parseRecord(first + second + second + third), { events, damage: { ...noDamage, doubledLines: 1 } });
  t.like(parseRecord(`${first}\u0000garbage\n42\n\n,"crc":"00000000"}\n${second}${third}`), { events: { length: 3 }, damage: { ...noDamage, brokenLines: 4 } });
  t.deepEqual(parseRecord(first + 'x' + second + third).damage, { ...noDamage, brokenLines: 1 }, 'a broken line is not missing as well');
});

test('records of before format 2 are known by their beginning', (t) => {
  t.true(isUnchecked('{"at":[0,0],"by":"harness","type":"trial-started","format":1,"run":"r"}\n{"at":'));
  t.false(isUnchecked('{"at":[0,0],"by":"harness","type":"trial-started","format":2,"run":"r","n":1,"crc":"00000000"}\n'));
  t.false(isUnchecked(whole));
  t.false(isUnchecked(''));
});

/** As it is defined: each line by itself, from its text. */
const parsedPlainly = (text: string): readonly Event[] => {
  const events = new Map<string, Event>();
  for (const line of text.split('\n')) {
    const [, summed, body, n, sum] = /^((.*),"n":(\d{1,15})),"crc":"([0-9a-f]{8})"\}$/s.exec(line) ?? [];
    if (summed === undefined || crc32(summed) !== Number.parseInt(sum!, 16) || events.has(n!)) continue;
    events.set(n!, JSON.parse(`${body}}`) as Event);
  }
  return [...events.values()];
};

test('any lines, cut, doubled, lost and changed: from bytes or from text, the same events as line by line; the bytes stay as they were', (t) => {
  const change = fc.record({ line: fc.nat(lines.length - 1), from: fc.nat(200), length: fc.nat(3), by: fc.constantFrom('', '"', '\n', '}', ',"n":9', 'ü', '0') });
  fc.assert(fc.property(fc.array(fc.nat(lines.length - 1), { maxLength: 6 }), fc.array(change, { maxLength: 2 }), (order, changes) => {
    const texts = [...lines];
    for (const { line, from, length, by } of changes) texts[line] = texts[line]!.slice(0, from) + by + texts[line]!.slice(from + length);
    const text = order.map((line) => texts[line]).join('');
    const bytes = Buffer.from(text);
    const parsed = parseRecord(bytes);
    t.deepEqual(parsed.events, parsedPlainly(text));
    t.deepEqual(parseRecord(text), parsed);
    t.is(bytes.toString(), text);
  }));
});
