// The text of a record: one event a line, with its number and a check sum, so that what became of the file later is found.

import { crc32 } from 'node:zlib';

import type { Damage } from '../model/damage.ts';
import type { Event } from '../model/event.ts';
import { isObject } from '../model/shape.ts';

/** A line is JSON and stays so. Its last two members are `n`, from 1, and `crc`, the CRC-32 of all text before that member. */
export const recordLine = (event: Event, n: number): string => {
  const text = JSON.stringify({ ...event, n }).slice(0, -1);
  return `${text},"crc":"${checkSum(text)}"}\n`;
};

const checkSum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** The end of a line: its number, and the sum of all before the second comma. */
const lineEnd = /,"n":(\d{1,15}),"crc":"([0-9a-f]{8})"\}$/;
const longestEnd = ',"n":999999999999999,"crc":"00000000"}'.length;
const [newline, closingBrace] = [0x0a, 0x7d];

/** Every whole line, whatever became of the others, and what is wrong with the rest. Never throws. */
export const parseRecord = (record: string | Buffer): { readonly events: readonly Event[]; readonly damage: Damage } => {
  const bytes = typeof record === 'string' ? Buffer.from(record) : record;
  const whole = new Map<number, Event>();
  let brokenLines = 0;
  let doubledLines = 0;
  let highest = 0;
  const take = (from: number, to: number): boolean => {
    const numbered = parseLine(bytes, from, to);
    if (numbered === null) return false;
    const { n, event } = numbered;
    if (whole.has(n)) doubledLines += 1;
    else whole.set(n, event);
    highest = Math.max(highest, n);
    return true;
  };
  let from = 0;
  for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
    if (!take(from, to)) brokenLines += 1;
    from = to + 1;
  }
  // A last line that lacks its newline alone is an event all the same.
  take(from, bytes.length);
  const events = [...whole.values()];
  const missingLines = Math.max(0, highest - whole.size - brokenLines);
  return { events, damage: { tornEnd: from < bytes.length || !events.some(({ type }) => type === 'trial-ended'), brokenLines, missingLines, doubledLines } };
};

/** Sums are of bytes, and so are lines until one is found to be whole. The bytes are left as they were. */
const parseLine = (bytes: Buffer, from: number, to: number): { readonly n: number; readonly event: Event } | null => {
  const end = lineEnd.exec(bytes.toString('latin1', Math.max(from, to - longestEnd), to));
  if (end === null) return null;
  const [{ length }, number, sum] = end as unknown as readonly [string, string, string];
  const summedTo = to - ',"crc":"00000000"}'.length;
  if (crc32(bytes.subarray(from, summedTo)) !== Number.parseInt(sum, 16)) return null;
  // What comes before the number is the event as it is, but for its brace: written over the comma, it spares a copy of each line.
  const commaAt = to - length;
  const comma = bytes[commaAt]!;
  bytes[commaAt] = closingBrace;
  try {
    const event: unknown = JSON.parse(bytes.toString('utf8', from, commaAt + 1));
    return isObject(event) && 'type' in event && 'at' in event ? { n: Number(number), event: event as unknown as Event } : null;
  } catch {
    return null; // A right sum of something that was never a line, like that of nothing.
  } finally {
    bytes[commaAt] = comma;
  }
};

/** The same record with every event changed: whole lines keep their numbers and get new sums, of the others nothing is kept but that they are broken. */
export const mapRecord = (text: string, change: (event: Event) => Event): string => text.split('\n').map((line) => {
  const bytes = Buffer.from(line);
  const numbered = parseLine(bytes, 0, bytes.length);
  return numbered === null ? line === '' ? '' : 'a broken line' : recordLine(change(numbered.event), numbered.n).trimEnd();
}).join('\n');

/** Records of before format 2 have no check sums: nobody can tell whether they are whole. */
export const isUnchecked = (text: string): boolean => {
  const first = text.slice(0, Math.max(0, text.indexOf('\n')));
  return first.startsWith('{') && first.endsWith('}') && first.includes('"type":"trial-started","format":1,');
};
