// Attributes of rtnetlink that package netlink leaves as bytes or drops: one table for each nest, one reader for all.

import { getU16, getU32, getU8, parseAttributes } from 'netlink/dist/structs.js';

import { plainAddress } from '../model/address.ts';

type Reader<T> = (data: Buffer) => T;
type Table = Readonly<Record<number, readonly [name: string, read: Reader<unknown>]>>;
type Row<T extends Table, Id extends keyof T> = T[Id] extends readonly [infer Name extends string, Reader<infer Value>] ? { readonly [K in Name]?: Value } : never;
type Together<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
/** What a table makes of a nest; each attribute may be missing. */
export type Read<T extends Table> = Together<{ [Id in keyof T]: Row<T, Id> }[keyof T]>;

/** Reads what the table knows, passes over what it does not; throws where an attribute is not as long as it should be. */
export const readAttributes = <const T extends Table>(data: Buffer, table: T): Read<T> => {
  const values: Record<string, unknown> = {};
  parseAttributes(data, ({ type, data: value }) => {
    const row = table[type];
    if (row) values[row[0]] = row[1](value);
  });
  return values as Read<T>;
};

export const bytes: Reader<Buffer> = (data) => data;
/** Strings end with a zero, which IFLA_INFO_KIND of some kernels lacks. */
export const text: Reader<string> = (data) => data.toString('latin1').replace(/\0.*$/s, '');
export const mac: Reader<string> = (data) => (data.toString('hex').match(/../g) ?? []).join(':');
/** Dotted for 4 bytes, as inet_ntop(3) writes it for 16; longer or shorter ones in hex. */
export const address: Reader<string> = (data) => {
  if (data.length === 4) return [...data].join('.');
  return data.length === 16 ? plainAddress((data.toString('hex').match(/..../g) ?? []).join(':')) : data.toString('hex');
};
const listOf = <T>(read: Reader<T>): Reader<readonly T[]> => (data) => {
  const values: T[] = [];
  parseAttributes(data, (item) => values.push(read(item.data)));
  return values;
};

/** IFLA_BOND_AD_INFO_*, uapi/linux/if_link.h. */
const adInfo = {
  1: ['aggregator', getU16],
  2: ['ports', getU16],
  3: ['actorKey', getU16],
  4: ['partnerKey', getU16],
  5: ['partnerMac', mac],
} as const satisfies Table;

/** IFLA_BOND_*, uapi/linux/if_link.h; sizes from bond_fill_info, drivers/net/bonding/bond_netlink.c. */
export const bondTable = {
  1: ['mode', getU8],
  2: ['activeSlave', getU32],
  3: ['miimonMs', getU32],
  4: ['updelayMs', getU32],
  5: ['downdelayMs', getU32],
  6: ['useCarrier', getU8],
  7: ['arpIntervalMs', getU32],
  8: ['arpIpTargets', listOf(address)],
  9: ['arpValidate', getU32],
  10: ['arpAllTargets', getU32],
  11: ['primary', getU32],
  12: ['primaryReselect', getU8],
  13: ['failOverMac', getU8],
  14: ['xmitHashPolicy', getU8],
  15: ['resendIgmp', getU32],
  16: ['peerNotifications', getU8],
  17: ['allSlavesActive', getU8],
  18: ['minLinks', getU32],
  19: ['lpIntervalS', getU32],
  20: ['packetsPerSlave', getU32],
  21: ['lacpRate', getU8],
  22: ['adSelect', getU8],
  23: ['adInfo', (data: Buffer) => readAttributes(data, adInfo)],
  24: ['adActorSystemPriority', getU16],
  25: ['adUserPortKey', getU16],
  26: ['adActorSystem', mac],
  27: ['tlbDynamicLb', getU8],
  28: ['peerNotifyDelayMs', getU32],
  29: ['lacpActive', getU8],
  30: ['missedMax', getU8],
  31: ['nsIp6Targets', listOf(address)],
  32: ['coupledControl', getU8],
  33: ['broadcastNeighbour', getU8],
} as const satisfies Table;

/** IFLA_BOND_SLAVE_*, uapi/linux/if_link.h. The partner's port state has 16 bits on the wire, the actor's 8 (bond_fill_slave_info). */
export const bondSlaveTable = {
  1: ['state', getU8],
  2: ['miiStatus', getU8],
  3: ['linkFailures', getU32],
  4: ['permanentMac', mac],
  5: ['queue', getU16],
  6: ['aggregator', getU16],
  7: ['actorPortState', getU8],
  8: ['partnerPortState', getU16],
  9: ['priority', getU32],
  10: ['actorPortPriority', getU16],
  11: ['churnActor', getU8],
  12: ['churnPartner', getU8],
} as const satisfies Table;
