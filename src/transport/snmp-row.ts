// A row of a walk as a line, as net-snmp's snmpwalk prints it with -On. How octets are written, the column's kind says: one cannot tell a name from an address by looking.

import type { Varbind } from './net-snmp.ts';

/**
 * text: for people to read; octets: in hex, six of them as a MAC address; id: a text, an address of a network or of a station, as LLDP has them.
 * A number is a number whatever its kind.
 */
export const walkedKinds = ['number', 'text', 'octets', 'id'] as const;
export type WalkedKind = (typeof walkedKinds)[number];

export const rowText = ({ oid, type, value }: Varbind, kind: WalkedKind): string => `${oid} = ${valueText(type, value, kind)}`;

/** By the tags of RFC 2578, 7.1, and RFC 3416. */
const valueText = (type: number, value: unknown, kind: WalkedKind): string => {
  const word = numberWords[type];
  if (word !== undefined) return `${word}: ${Buffer.isBuffer(value) ? BigInt(`0x0${value.toString('hex')}`) : String(value)}`;
  if (type === 6) return `OID: ${String(value)}`;
  if (type === 64) return `IpAddress: ${String(value)}`;
  if (!Buffer.isBuffer(value)) return `Null: ${type}`;
  const text = kind === 'octets' ? null : readable(value);
  if (kind === 'id') return networkAddress(value) ?? (text === null || mayBeStation(value) ? hexText(value) : `STRING: ${JSON.stringify(text)}`);
  return text === null ? hexText(value) : `STRING: ${JSON.stringify(text)}`;
};

const numberWords: Readonly<Record<number, string>> = { 2: 'INTEGER', 65: 'Counter32', 66: 'Gauge32', 67: 'Timeticks', 70: 'Counter64' };

const readable = (octets: Buffer): string | null => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    // Some agents send the end of a C string with it; other control characters but line ends are no text.
    return /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]|\0(?!\0*$)/.test(text) ? null : text.replace(/\0+$/, '');
  } catch {
    return null;
  }
};

/** Six octets whose first is even are an address of one station (IEEE Std 802, individual/group bit): it must not pass for a name, in which nobody would look for it. */
const mayBeStation = (octets: Buffer): boolean => octets.length === 6 && (octets[0]! & 1) === 0;

/** An address family of IANA and an address: LLDP's subtype networkAddress (LLDP-MIB, LldpChassisId). A text begins with neither number. */
const networkAddress = (octets: Buffer): string | null => {
  if (octets.length === 5 && octets[0] === 1) return `Network Address: ${octets.subarray(1).join('.')}`;
  if (octets.length === 17 && octets[0] === 2) return `Network Address: ${Array.from({ length: 8 }, (_, at) => octets.readUInt16BE(1 + 2 * at).toString(16)).join(':')}`;
  return null;
};

const hexText = (octets: Buffer): string => `Hex-STRING: ${[...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(octets.length === 6 ? ':' : ' ')}`;
