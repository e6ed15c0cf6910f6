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

const [beforeSum, behindSum] = [',"crc":"', '"}'];
const sumLength = 8;
const beforeNumber = ',"n":';
const lastNumber = /,"n":(\d{1,15})$/;
const longestNumber = beforeNumber.length + 15;
const tailLength = beforeSum.length + sumLength + behindSum.length;

/** Every whole line, whatever became of the others, and what is wrong with the rest. Never throws. */
export const parseRecord = (text: string): { readonly events: readonly Event[]; readonly damage: Damage } => {
  const whole = new Map<number, Event>();
  let brokenLines = 0;
  let doubledLines = 0;
  const take = (line: string): boolean => {
    const numbered = parseLine(line);
    if (numbered === null) return false;
    const { n, event } = numbered;
    if (whole.has(n)) doubledLines += 1;
    else whole.set(n, event);
    return true;
  };
  let from = 0;
  for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
    if (!take(text.slice(from, to))) brokenLines += 1;
    from = to + 1;
  }
  const rest = text.slice(from);
  // A last line that lacks its newline alone is an event all the same.
  take(rest);
  const events = [...whole.values()];
  const highest = [...whole.keys()].reduce((most, n) => Math.max(most, n), 0);
  const missingLines = Math.max(0, highest - whole.size - brokenLines);
  return { events, damage: { tornEnd: rest !== '' || !events.some(({ type }) => type === 'trial-ended'), brokenLines, missingLines, doubledLines } };
};

const parseLine = (line: string): { readonly n: number; readonly event: Event } | null => {
  const at = line.length - tailLength;
  if (at < 0 || !line.startsWith(beforeSum, at) || !line.endsWith(behindSum)) return null;
  const text = line.slice(0, at);
  if (checkSum(text) !== line.slice(at + beforeSum.length, -behindSum.length)) return null;
  try {
    // What comes before the number is the event as it is: to take the number out of it again would copy each.
    const [, number] = lastNumber.exec(text.slice(-longestNumber)) ?? [];
    if (number === undefined) return null;
    const event: unknown = JSON.parse(`${text.slice(0, -(beforeNumber.length + number.length))}}`);
    return isObject(event) && 'type' in event && 'at' in event ? { n: Number(number), event: event as unknown as Event } : null;
  } catch {
    return null; // A right sum of something that was never a line, like that of nothing.
  }
};

/** The same record with every event changed: whole lines keep their numbers and get new sums, of the others nothing is kept but that they are broken. */
export const mapRecord = (text: string, change: (event: Event) => Event): string => text.split('\n').map((line) => {
  const numbered = parseLine(line);
  return numbered === null ? line === '' ? '' : 'a broken line' : recordLine(change(numbered.event), numbered.n).trimEnd();
}).join('\n');

/** Records of before format 2 have no check sums: nobody can tell whether they are whole. */
export const isUnchecked = (text: string): boolean => {
  const first = text.slice(0, Math.max(0, text.indexOf('\n')));
  return first.startsWith('{') && first.endsWith('}') && first.includes('"type":"trial-started","format":1,');
};
