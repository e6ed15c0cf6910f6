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
  return framesByName(events).map(([name, own]) => ({ name, content: pcap(own, zeroUs) }));
};

export const captureNames = (events: readonly Event[]): readonly string[] => framesByName(events).map(([name]) => name);

const framesByName = (events: readonly Event[]): readonly (readonly [name: string, frames: readonly EventOf<'lacpdu'>[]])[] =>
  [...Map.groupBy(events.filter((event) => event.type === 'lacpdu'), ({ by, slave }) => `${fileName(by)}-${fileName(slave)}.lacp.pcap`)].sort(([a], [b]) => byText(a, b));

/** https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ : microsecond magic, version 2.4, little endian. */
const magic = 0xa1b2c3d4;
/** LINKTYPE_ETHERNET, https://www.tcpdump.org/linktypes.html */
const linktypeEthernet = 1;
const [headerLength, recordHeaderLength] = [24, 16];
const snapshotLength = 262_144; // the largest that libpcap takes, MAXIMUM_SNAPLEN of pcap-int.h

const pcap = (frames: readonly EventOf<'lacpdu'>[], zeroUs: number): Uint8Array => {
  const ordered = frames.map((event) => ({ us: Math.max(0, zeroUs + middleUs(event.at)), frame: Buffer.from(event.frame, 'base64') })).sort((a, b) => a.us - b.us);
  const bytes = new Uint8Array(headerLength + ordered.reduce((sum, { frame }) => sum + recordHeaderLength + frame.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapshotLength, true);
  view.setUint32(20, linktypeEthernet, true);
  let at = headerLength;
  for (const { us, frame } of ordered) {
    view.setUint32(at, Math.floor(us / 1_000_000), true);
    view.setUint32(at + 4, us % 1_000_000, true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    bytes.set(frame, at + recordHeaderLength);
    at += recordHeaderLength + frame.length;
  }
  return bytes;
};
