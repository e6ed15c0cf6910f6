// Other words for what tells whose lab it was: the same for the same, in every text. What is not ours to hide (group addresses, loopback) stays.

import { isIPv4, isIPv6 } from 'node:net';

import { plainAddress } from '../model/address.ts';

export const nameKinds = ['lab', 'cluster', 'node', 'switch', 'domain', 'serial', 'host'] as const;
export type NameKind = (typeof nameKinds)[number];

export interface Name { readonly kind: NameKind; readonly name: string }

export interface Pseudonyms {
  /** The text with every name and address replaced. */
  readonly text: (original: string) => string;
  /** The same for all strings in plain data, names of fields included. */
  data<Data>(original: Data): Data;
  /** Six octets; those of a group address, or of none, as they are. */
  mac(original: Uint8Array): Uint8Array;
}

/** `aa:bb:cc:dd:ee:ff`, or with hyphens; as Cisco writes it; six to eight groups of IPv6; IPv4. Names are put behind. */
const macForm = '(?<![0-9a-f:-])[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})(?![0-9a-f]|[:-][0-9a-f]{2})';
const dottedMacForm = String.raw`(?<![0-9a-f.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![0-9a-f.])`;
const ipv6Form = String.raw`(?<![0-9a-f:.])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}(?![0-9a-z])`;
const ipv4Form = String.raw`(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)`;
const addresses = new RegExp([macForm, dottedMacForm, ipv6Form, ipv4Form].join('|'), 'gi');

/** Every address in a text as it stands there: enough to be an original of `pseudonymsFor`. */
export const addressesIn = (text: string): readonly string[] => [...text.matchAll(addresses)].map(([found]) => found);

/** `originals`: all texts that will be asked for, for no pseudonym may be what another stands for. `macs`: six octets each, of what is no text. */
export const pseudonymsFor = (names: readonly Name[], originals: Iterable<string>, macs: Iterable<Uint8Array> = []): Pseudonyms => {
  const seen = new Set([...macs].map(hexOf).filter((hex) => !isPublicMac(hex)).map((hex) => `mac ${hex}`));
  for (const text of originals) for (const found of addressesIn(text)) {
    const address = addressOf(found);
    if (address !== null) seen.add(address.key);
  }
  const known = new Map<string, string>();
  const taken = new Set(seen);
  const give = (key: string, candidate: (n: number) => string, keyFor: (value: string) => string): void => {
    for (let n = 1; !known.has(key); n += 1) {
      const value = candidate(n);
      if (taken.has(keyFor(value))) continue;
      taken.add(keyFor(value));
      known.set(key, value);
    }
  };
  for (const key of seen) {
    const [kind = ''] = key.split(' ');
    give(key, ({ mac: macNumber, ipv4: ipv4Number, ipv6: ipv6Number })[kind]!, (value) => `${kind} ${value}`);
  }
  const bare = [...seen].filter((key) => key.startsWith('mac ')).map((key) => key.slice(4));
  const words = new Map<string, string>();
  const wanted = names.filter(({ name }) => name !== '');
  const anyName = wordsForm([...wanted.map(({ name }) => name), ...bare]);
  for (const { kind, name } of wanted) {
    const key = name.toLowerCase();
    if (words.has(key)) continue;
    const candidates = [`${kind}-`, kind, 'p'].flatMap((stem) => Array.from({ length: wanted.length + 1 }, (_, n) => `${stem}${n + 1}`));
    const fresh = candidates.find((each) => ![...words.values()].includes(each) && each.search(anyName) < 0);
    if (fresh === undefined) throw new Error(`no other word for ${name}`);
    words.set(key, fresh);
  }
  for (const hex of bare) words.set(hex, known.get(`mac ${hex}`)!);
  const form = new RegExp([macForm, dottedMacForm, ipv6Form, ipv4Form, ...words.size === 0 ? [] : [anyName.source]].join('|'), 'gi');
  const one = (found: string): string => {
    const address = addressOf(found);
    if (address !== null) return address.written(known.get(address.key) ?? missing(found));
    return words.get(found.toLowerCase()) ?? found;
  };
  const text = (original: string): string => original.replace(form, one);
  return {
    text,
    data: <Data>(original: Data): Data => replaced(original, text) as Data,
    mac: (original) => isPublicMac(hexOf(original)) ? original : Buffer.from(known.get(`mac ${hexOf(original)}`) ?? missing(hexOf(original)), 'hex'),
  };
};

const missing = (found: string): never => {
  throw new Error(`${found} was not among the originals`);
};

const wordsForm = (words: readonly string[]): RegExp => {
  if (words.length === 0) return /(?!)/;
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map((word) => escaped(word));
  return new RegExp(`(?<![A-Za-z0-9])(?:${longestFirst.join('|')})(?![A-Za-z0-9])`, 'i');
};

/** A text that a regular expression takes literally. */
export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Which address it is, and how the pseudonym of it is written in its place. */
interface Address { readonly key: string; readonly written: (pseudonym: string) => string }

const addressOf = (found: string): Address | null => {
  const hex = found.toLowerCase().replace(/[:.-]/g, '');
  if (/^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i.test(found)) {
    return isPublicMac(hex) ? null : { key: `mac ${hex}`, written: (other) => other.match(/../g)!.join(found[2]) };
  }
  if (/^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i.test(found)) return isPublicMac(hex) ? null : { key: `mac ${hex}`, written: (other) => other.match(/..../g)!.join('.') };
  if (isIPv4(found)) return isPublicIpv4(found) ? null : { key: `ipv4 ${found}`, written: (other) => other };
  const [, address = '', colon = ''] = /^(.*?[^:]|.*::)(:?)$/.exec(found) ?? [];
  const plain = plainAddress(address);
  return !isIPv6(address) || ['::', '::1'].includes(plain) || /^ff/.test(plain) ? null : { key: `ipv6 ${plain}`, written: (other) => `${other}${colon}` };
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A group address (IEEE 802, first bit on the wire), or no address. */
const isPublicMac = (hex: string): boolean => (Number.parseInt(hex.slice(0, 2), 16) & 1) === 1 || /^0{12}$/.test(hex);

/** Unspecified, loopback, multicast, broadcast and masks (RFC 6890, RFC 5771). */
const isPublicIpv4 = (address: string): boolean => /^(?:0|127|22[4-9]|23\d|255)\./.test(address);

/** Locally administered; for benchmarks (RFC 2544); for documentation (RFC 3849). */
const macNumber = (n: number): string => `02${n.toString(16).padStart(10, '0')}`;
const ipv4Number = (n: number): string => `198.${18 + (n >> 16)}.${n >> 8 & 255}.${n & 255}`;
const ipv6Number = (n: number): string => `2001:db8::${n.toString(16)}`;

const replaced = (data: unknown, text: (original: string) => string): unknown => {
  if (typeof data === 'string') return text(data);
  if (Array.isArray(data)) return data.map((item) => replaced(item, text));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [text(key), replaced(item, text)]));
};
