// The LACPDUs of each slave as captures that Wireshark opens.

import type { Event, EventOf } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import { fileName } from './text.ts';
import { byText } from './words.ts';

export interface Capture { readonly name: string; readonly content: Uint8Array }

/** One capture for each slave of each node that has LACPDUs, by file name. */
export const lacpCaptures = (events: readonly Event[]): readonly Capture[] => {
  const started = events.find((event) => event.type === 'trial-started');
  const zeroUs = started === undefined ? 0 : (Date.parse(started.startedAt) || 0) * 1000;
  const frames = Map.groupBy(events.filter((event) => event.type === 'lacpdu'), ({ by, slave }) => `${fileName(by)}-${fileName(slave)}.lacp.pcap`);
  return [...frames].sort(([a], [b]) => byText(a, b)).map(([name, own]) => ({ name, content: pcap(own, zeroUs) }));
};

/** https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ : microsecond magic, version 2.4, little endian. */
const magic = 0xa1b2c3d4;
/** LINKTYPE_ETHERNET, https://www.tcpdump.org/linktypes.html */
const linktypeEthernet = 1;
const snapshotLength = 262_144; // the largest that libpcap takes, MAXIMUM_SNAPLEN of pcap-int.h

const pcap = (frames: readonly EventOf<'lacpdu'>[], zeroUs: number): Uint8Array => {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(magic, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapshotLength, 16);
  header.writeUInt32LE(linktypeEthernet, 20);
  const ordered = frames.map((event) => ({ us: Math.max(0, zeroUs + middleUs(event.at)), frame: Buffer.from(event.frame, 'base64') })).sort((a, b) => a.us - b.us);
  return new Uint8Array(Buffer.concat([header, ...ordered.flatMap(({ us, frame }) => [recordHeader(us, frame.length), frame])]));
};

const recordHeader = (us: number, length: number): Buffer => {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(us / 1_000_000) >>> 0, 0);
  header.writeUInt32LE(us % 1_000_000, 4);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(length, 12);
  return header;
};
