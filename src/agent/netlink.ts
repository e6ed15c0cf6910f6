// Decodes the rtnetlink datagrams that the agent relays. Bytes that make no sense give a value that says so, never an exception.

import { getU32, getU8, parseMessages, readU32 } from 'netlink/dist/structs.js';
import { parseLink, parseNeighbor, parseTc } from 'netlink/dist/rt/gen_structs.js';

import { address, bondSlaveTable, bondTable, bytes, mac, readAttributes, text } from './attributes.ts';
import type { Read } from './attributes.ts';

export type NetlinkChange = LinkChange | NeighbourChange | QdiscChange | NotUnderstood;

export interface LinkChange {
  readonly kind: 'link';
  readonly gone: boolean;
  readonly index: number;
  readonly name: string;
  readonly mac: string | null;
  /** IFF_UP: it was told to be up. */
  readonly up: boolean;
  readonly carrier: boolean;
  /** IF_OPER_*, uapi/linux/if.h; 6 is up. */
  readonly operstate: number | null;
  /** The master's interface index. */
  readonly master: number | null;
  /** Of a bond; `activeSlave` is an interface index. */
  readonly bond: Read<typeof bondTable> | null;
  /** Of a bond's slave. */
  readonly slave: Read<typeof bondSlaveTable> | null;
}

export interface NeighbourChange {
  readonly kind: 'neighbour';
  readonly gone: boolean;
  readonly index: number;
  readonly address: string;
  readonly mac: string | null;
  /** NUD_* of uapi/linux/neighbour.h in lower case. */
  readonly state: string;
}

export interface QdiscChange {
  readonly kind: 'qdisc';
  readonly gone: boolean;
  readonly index: number;
  readonly qdisc: string;
  /** As tc prints it, `8001:`. */
  readonly handle: string;
  /** `root`, or the class it hangs on, `1:3`. */
  readonly parent: string;
  /** netem's share of lost packets, 0 to 1; null for other qdiscs. */
  readonly lossRatio: number | null;
}

export interface NotUnderstood {
  readonly kind: 'not understood';
  readonly because: string;
}

/** All messages of one datagram; kinds that say nothing about links, neighbours or qdiscs are passed over. */
export const decodeNetlink = (datagram: Buffer): readonly NetlinkChange[] => {
  try {
    return parseMessages(datagram).flatMap(({ type, data }) => decodeMessage(type, data));
  } catch (error) {
    return [notUnderstood(error)];
  }
};

const decodeMessage = (type: number, data: Buffer): readonly NetlinkChange[] => {
  const decode = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
  if (!decode) return [];
  try {
    const change = decode(data);
    return change ? [change] : [];
  } catch (error) {
    return [notUnderstood(error)];
  }
};

const notUnderstood = (error: unknown): NotUnderstood => ({ kind: 'not understood', because: error instanceof Error ? error.message : String(error) });

/** Interface attributes that matter here, IFLA_* of uapi/linux/if_link.h. The rest may be as long as it likes. */
const linkTable = { 1: ['mac', mac], 3: ['name', text], 10: ['master', getU32], 16: ['operstate', getU8], 18: ['info', bytes], 33: ['carrier', getU8] } as const;
const infoTable = { 1: ['kind', text], 2: ['data', bytes], 4: ['slaveKind', text], 5: ['slaveData', bytes] } as const;
const neighbourTable = { 1: ['address', address], 2: ['mac', mac] } as const;
/** TCA_KIND and TCA_OPTIONS, uapi/linux/rtnetlink.h. */
const qdiscTable = { 1: ['qdisc', text], 2: ['options', bytes] } as const;

const AF_UNSPEC = 0;
const IFF_LOWER_UP = 0x1_0000; // uapi/linux/if.h
const LINK_HEADER = 16;
const NEIGHBOUR_HEADER = 12;
const TC_HEADER = 20;

const decodeLink = (gone: boolean) => (data: Buffer): LinkChange | null => {
  const header = parseLink(data.subarray(0, LINK_HEADER));
  // Bridges tell of their ports under their own family; a DELLINK of theirs is no end of a link.
  if (header.family !== AF_UNSPEC) return null;
  const flags = readU32.call(data, 8);
  const attributes = readAttributes(data.subarray(LINK_HEADER), linkTable);
  if (attributes.name === undefined) throw new Error('a link without a name');
  const info = attributes.info ? readAttributes(attributes.info, infoTable) : {};
  return {
    kind: 'link',
    gone,
    index: header.index ?? 0,
    name: attributes.name,
    mac: attributes.mac ?? null,
    up: !gone && (flags & 1) !== 0,
    carrier: !gone && (attributes.carrier === undefined ? (flags & IFF_LOWER_UP) !== 0 : attributes.carrier === 1),
    operstate: attributes.operstate ?? null,
    master: attributes.master || null,
    bond: info.kind === 'bond' && info.data ? readAttributes(info.data, bondTable) : null,
    slave: info.slaveKind === 'bond' && info.slaveData ? readAttributes(info.slaveData, bondSlaveTable) : null,
  };
};

/** NUD_*, uapi/linux/neighbour.h. */
const neighbourStates: Readonly<Record<number, string>> = { 0: 'none', 1: 'incomplete', 2: 'reachable', 4: 'stale', 8: 'delay', 16: 'probe', 32: 'failed', 64: 'noarp', 128: 'permanent' };

const decodeNeighbour = (gone: boolean) => (data: Buffer): NeighbourChange | null => {
  const header = parseNeighbor(data.subarray(0, NEIGHBOUR_HEADER));
  const attributes = readAttributes(data.subarray(NEIGHBOUR_HEADER), neighbourTable);
  if (attributes.address === undefined) return null; // an entry of a bridge's or tunnel's own table
  const state = data.readUInt16LE(8);
  return { kind: 'neighbour', gone, index: header.ifindex ?? 0, address: attributes.address, mac: attributes.mac || null, state: neighbourStates[state] ?? `0x${state.toString(16)}` };
};

const TC_H_ROOT = 0xffff_ffff; // uapi/linux/pkt_sched.h
/** Where struct tc_netem_qopt has its `loss`, a share of 2^32-1 (uapi/linux/pkt_sched.h; tc-netem's q_netem.c). */
const NETEM_LOSS_OFFSET = 8;
const NETEM_QOPT_LENGTH = 24;

const decodeQdisc = (gone: boolean) => (data: Buffer): QdiscChange => {
  const header = parseTc(data.subarray(0, TC_HEADER));
  const { qdisc, options } = readAttributes(data.subarray(TC_HEADER), qdiscTable);
  if (qdisc === undefined) throw new Error('a qdisc without a kind');
  const lossRatio = qdisc === 'netem' && options && options.length >= NETEM_QOPT_LENGTH ? readU32.call(options, NETEM_LOSS_OFFSET) / 0xffff_ffff : null;
  return { kind: 'qdisc', gone, index: header.ifindex ?? 0, qdisc, handle: handleText(header.handle ?? 0), parent: header.parent === TC_H_ROOT ? 'root' : handleText(header.parent ?? 0), lossRatio };
};

/** As tc prints handles, in hex; without a minor number nothing follows the colon. */
const handleText = (handle: number): string => `${(handle >>> 16).toString(16)}:${handle & 0xffff ? (handle & 0xffff).toString(16) : ''}`;

/** RTM_*, uapi/linux/rtnetlink.h. */
const decoders: Readonly<Record<number, (data: Buffer) => NetlinkChange | null>> = {
  16: decodeLink(false),
  17: decodeLink(true),
  28: decodeNeighbour(false),
  29: decodeNeighbour(true),
  36: decodeQdisc(false),
  37: decodeQdisc(true),
};
