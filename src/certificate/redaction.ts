// A record without what tells whose lab it was. What is judged by it stays the same: the recorded predictions say who was cut off, and no pseudonym is hashed.

import type { Event, EventOf } from '../model/event.ts';
import { escaped, type Name, type Pseudonyms } from './pseudonyms.ts';

/** What the events name: lab, cluster, devices, serial numbers, and the domains that follow a device's name. */
export const namesOf = (events: readonly Event[]): readonly Name[] => {
  const started = events.find((event) => event.type === 'trial-started');
  if (started?.type !== 'trial-started') return [];
  const { lab, about } = started;
  const devices = [...lab.nodes.map(({ name }) => ({ kind: 'node' as const, name })), { kind: 'switch' as const, name: lab.switch.name }];
  const domain = new RegExp(String.raw`(?<![A-Za-z0-9])(?:${devices.map(({ name }) => escaped(name)).join('|')})((?:\.[a-z0-9-]+)+)`, 'gi');
  const texts = events.flatMap((event) => event.type === 'logged' ? [event.text] : []);
  return [
    ...devices,
    // Embedded labs may bear our own name, which tells of nobody.
    ...[{ kind: 'lab' as const, name: lab.name }, { kind: 'cluster' as const, name: lab.cluster }].filter(({ name }) => name !== 'bondproof'),
    ...texts.flatMap((text) => [...text.matchAll(domain)].map(([, suffix]): Name => ({ kind: 'domain', name: suffix!.slice(1) }))),
    ...Object.entries(about).filter(([what]) => /serial/i.test(what)).map(([, name]): Name => ({ kind: 'serial', name })),
    ...texts.flatMap((text) => [...text.matchAll(serial)].map(([, name]): Name => ({ kind: 'serial', name: name! }))),
  ];
};

const serial = /\bserial(?:[ -]?(?:number|no\.?))?\s*[:=]\s*([\w-]{4,64})/gi;

/** All texts of an event that may hold a name or an address. */
export const textOf = (event: Event): string => event.type === 'lacpdu' ? event.by : strings(event).join('\n');

const strings = (data: unknown): readonly string[] => {
  if (typeof data === 'string') return [data];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, item]) => [...Array.isArray(data) ? [] : [key], ...strings(item)]);
};

/** Where a LACPDU's frame has addresses: the frame's source, and the systems of actor and partner (IEEE 802.1AX, 6.4.2.3). */
const macsAt = [6, 20, 40] as const;

export const macsOf = ({ frame }: EventOf<'lacpdu'>): readonly Uint8Array[] => {
  const bytes = Buffer.from(frame, 'base64');
  return macsAt.filter((at) => at + 6 <= bytes.length).map((at) => bytes.subarray(at, at + 6));
};

export const redactEvent = (event: Event, pseudonyms: Pseudonyms): Event => {
  if (event.type !== 'lacpdu') return pseudonyms.data(event);
  const bytes = Buffer.from(event.frame, 'base64');
  for (const at of macsAt) if (at + 6 <= bytes.length) bytes.set(pseudonyms.mac(bytes.subarray(at, at + 6)), at);
  return { ...event, by: pseudonyms.text(event.by), slave: pseudonyms.text(event.slave), frame: bytes.toString('base64') };
};
