// Rows of a walk, as transport/snmp-row.ts writes them, read again: by the index that stands behind the column's OID. They throw on what they do not understand.

import type { Command } from '../model/command.ts';

/** An object or a column of a MIB, by its name and OID there, and how its values are to be written. */
export interface Column { readonly name: string; readonly oid: string; readonly kind: 'number' | 'text' | 'octets' | 'id' }

export const walk = ({ name, oid, kind }: Column): Command => ({ argv: ['walk', name, oid, kind] });

/** Values by index, in the order of the rows. */
export type Rows<Value> = ReadonlyMap<string, Value>;

/** Whole numbers up to those of a Counter32. */
export const numbersOf = (column: Column, output: string): Rows<number> => read(column, output, (type, shown) =>
  (/^(?:INTEGER|Counter32|Gauge32|Timeticks)$/.test(type) && /^-?\d{1,10}$/.test(shown) ? Number(shown) : null));

export const textsOf = (column: Column, output: string): Rows<string> => read(column, output, (type, shown) => {
  // Octets that are no UTF-8 are shown as what they would be if they were.
  if (type === 'Hex-STRING') return octetsIn(shown)?.toString('utf8') ?? null;
  return type === 'STRING' ? textIn(shown) : null;
});

export const octetsOf = (column: Column, output: string): Rows<Uint8Array> => read(column, output, (type, shown) => (type === 'Hex-STRING' ? octetsIn(shown) : null));

/** MAC addresses in the kernel's way, addresses, or texts. */
export const idsOf = (column: Column, output: string): Rows<string> => read(column, output, (type, shown) => {
  if (type === 'STRING') return textIn(shown);
  if (type === 'Network Address') return /^[\da-f.:]+$/.test(shown) ? shown : null;
  if (type !== 'Hex-STRING') return null;
  const octets = octetsIn(shown);
  return octets === null ? null : [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
});

const read = <Value>({ name, oid }: Column, output: string, valueOf: (type: string, shown: string) => Value | null): Rows<Value> => {
  const rows = new Map<string, Value>();
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const [, at = '', type = '', shown = ''] = /^\.?(\d+(?:\.\d+)*) = ([A-Za-z][A-Za-z0-9 -]*): ?(.*)$/.exec(line) ?? [];
    const index = at.startsWith(`${oid}.`) ? at.slice(oid.length + 1) : null;
    if (index === null) throw new Error(`${name}: ${JSON.stringify(line.slice(0, 200))} is no row of ${oid}`);
    const value = valueOf(type, shown);
    if (value === null) throw new Error(`${name}: ${JSON.stringify(line.slice(0, 200))} has no value of its kind`);
    if (rows.has(index)) throw new Error(`${name}: row ${index} is there twice, in ${JSON.stringify(line.slice(0, 200))}`);
    rows.set(index, value);
  }
  return rows;
};

const textIn = (shown: string): string | null => {
  try {
    const text: unknown = JSON.parse(shown);
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
};

const octetsIn = (shown: string): Buffer | null => {
  const words = shown.trim();
  if (!/^(?:[\da-fA-F]{2}(?:[ :][\da-fA-F]{2})*)?$/.test(words)) return null;
  return Buffer.from(words.replaceAll(/[ :]/g, ''), 'hex');
};

/** IF-MIB (RFC 2863): what the device calls its interfaces, by ifIndex. */
export const ifName: Column = { name: 'ifName', oid: '1.3.6.1.2.1.31.1.1.1.1', kind: 'text' };
export const ifDescr: Column = { name: 'ifDescr', oid: '1.3.6.1.2.1.2.2.1.2', kind: 'text' };

export interface InterfaceNames {
  /** ifName, or ifDescr where that is empty; else its number, and that it is one. */
  readonly of: (ifIndex: string) => string;
  /** The same name for whichever of both the device says elsewhere; null where it is neither. */
  readonly known: (said: string) => string | null;
}

export const interfaceNames = (names: string, descriptions: string): InterfaceNames => {
  const [short, long] = [textsOf(ifName, names), textsOf(ifDescr, descriptions)];
  const of = (ifIndex: string): string => short.get(ifIndex) || long.get(ifIndex) || `ifIndex ${ifIndex}`;
  const all = new Map([...long, ...short].filter(([, said]) => said !== '').map(([index, said]) => [said, of(index)]));
  return { of, known: (said) => all.get(said) ?? null };
};

/** The order of indexes that are one number. */
export const byNumber = (a: string, b: string): number => Number(a) - Number(b);
