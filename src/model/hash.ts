// The transmit hash oracle: which slave of a bond carries which peer, as the kernel computes it. Predictions and the virtual lab's MAC addresses
// (macs.ts) come from here.

import { isIPv4, isIPv6 } from 'node:net';

import type { FaultClass, NodeId } from './lab.ts';
import type { BondConfig, BondMode } from './scenario.ts';

export type HashPolicy = BondConfig['xmitHashPolicy'];

/** One end of a flow: the bond's MAC (`02:62:70:00:01:10`) and its address, IPv4 or IPv6 without a zone. */
export interface Station {
  readonly mac: string;
  readonly address: string;
}

/** A flow of TCP or UDP over one IP version. knet and the probes use one port number for both ends, which XORs to nothing. */
export interface Flow {
  readonly from: Station;
  readonly to: Station;
  readonly ports?: { readonly from: number; readonly to: number };
  /** The VLAN tag's number that the kernel puts on it (vlan+srcmac only); 0 where there is none. */
  readonly vlan?: number;
}

export interface Prediction {
  readonly class: FaultClass;
  /** Peers that the victim's packets do not reach, in the order of the peers given. */
  readonly darkPeers: readonly NodeId[];
}

export interface PredictionInput {
  readonly mode: BondMode;
  readonly policy: HashPolicy;
  readonly victim: Station;
  readonly peers: readonly (Station & { readonly name: NodeId })[];
  /** The VLAN tag's number on all that the victim sends; without it there is none. */
  readonly vlan?: number;
  /** The victim's kernel as `uname -r` tells it; without it a new one. */
  readonly kernel?: string;
  /** The victim's usable slaves in order of enslavement. */
  readonly slaves: readonly string[];
  /** The slave that falls silent. */
  readonly hit: string;
  /** active-backup: the slave in use; null where there is none, and for the other modes. */
  readonly active: string | null;
}

/**
 * What a bond of this mode does to the victim's peers when its slave `hit` stops sending; null where the kernel fixes no mapping (it deals
 * balance-rr by packet, balance-tlb and balance-alb by load: drivers/net/bonding/bond_main.c bond_xmit_roundrobin, bond_alb.c bond_tlb_xmit;
 * and encap3+4 with IPv6 by `isByChance`).
 */
export const predict = ({ mode, policy, victim, peers, slaves, hit, active, kernel, vlan = 0 }: PredictionInput): Prediction | null => {
  const index = slaves.indexOf(hit);
  if (index < 0) throw new Error(`${hit} is none of the slaves ${slaves.join(', ')}`);
  switch (mode) {
    case 'balance-rr':
    case 'balance-tlb':
    case 'balance-alb':
      return null;
    case 'broadcast':
      return predictionOf(slaves.length === 1 ? peers : [], peers);
    case 'active-backup':
      return predictionOf(active === hit ? peers : [], peers);
    case 'balance-xor':
    case '802.3ad':
      if (slaves.length > 1 && isByChance(victim, policy)) return null;
      return predictionOf(peers.filter((peer) => slaveIndex({ from: victim, to: peer, vlan }, policy, slaves.length, kernel) === index), peers);
  }
};

/**
 * encap3+4 takes a packet's own hash where it has one (`bond_xmit_hash`, skb->l4_hash). All of TCP and UDP over IPv6 has one, for the flow label is made of it
 * (include/net/ipv6.h, ip6_make_flowlabel; net.ipv6.auto_flowlabels is 1 by default), with a secret that is new at each boot (net/core/flow_dissector.c, hashrnd).
 */
const isByChance = ({ address }: Station, policy: HashPolicy): boolean => policy === 'encap3+4' && isIPv6(address);

/**
 * Position in the list of usable slaves (order of enslavement) of the slave that sends this flow: the hash of drivers/net/bonding/bond_main.c
 * (`__bond_xmit_hash`) modulo their number (`bond_xmit_3ad_xor_slave_get`), on a little-endian machine. `kernel` is as `uname -r` tells it. encap3+4 takes
 * a socket's own hash where it has one (`bond_xmit_hash`, skb->l4_hash: TCP, and UDP that is connected, go where chance says, and with IPv6 all does); over
 * IPv4 the sockets of knet and of the probes are not connected. Kernels from 5.5 on dropped the lowest bit for layer2+3, too, until 5.17 and the stable ones of its time: not told here.
 */
export const slaveIndex = (flow: Flow, policy: HashPolicy, usable: number, kernel?: string): number => {
  if (!Number.isSafeInteger(usable) || usable < 1) throw new Error(`a bond with ${usable} usable slaves sends nothing`);
  return hashOf(flow, policy, kernel) % usable;
};

const hashOf = (flow: Flow, policy: HashPolicy, kernel: string | undefined): number => {
  switch (policy) {
    case 'vlan+srcmac':
      return sourceHash(flow);
    case 'layer2':
      return ethernetHash(flow, kernel);
    case 'layer2+3':
    // The inner headers of a tunnel; of what is no tunnel the same as without encap (`bond_flow_dissect`).
    case 'encap2+3':
      return folded(flow, ethernetHash(flow, kernel)) >>> 0;
    case 'layer3+4':
    case 'encap3+4':
      // Without the lowest bit, because ports are often even (`bond_ip_hash`).
      return folded(flow, flow.ports === undefined ? 0 : swapped(flow.ports.from) | (swapped(flow.ports.to) << 16)) >>> 1;
  }
};

/** `bond_ip_hash`, before its last step. */
const folded = ({ from, to }: Flow, start: number): number => {
  let hash = start ^ addressHash(from.address) ^ addressHash(to.address);
  if (isIPv4(from.address) !== isIPv4(to.address)) throw new Error(`${from.address} and ${to.address} are of two IP versions`);
  hash ^= hash >>> 16;
  return hash ^ hash >>> 8;
};

/** `bond_eth_hash`. */
const ethernetHash = ({ from, to }: Flow, kernel: string | undefined): number => {
  const ethertype = isIPv6(from.address) ? ethertypes.ipv6 : ethertypes.ipv4;
  return lastByte(from.mac) ^ lastByte(to.mac) ^ (ethertypeIsSwapped(kernel) ? swapped(ethertype) : ethertype);
};

/** `bond_vlan_srcmac_hash`: one slave for all that a node sends. */
const sourceHash = ({ from, vlan = 0 }: Flow): number => {
  const [a, b, c, d, e, f] = bytesOf(from.mac) as [number, number, number, number, number, number];
  return vlan ^ (a << 16 | b << 8 | c) ^ (d << 16 | e << 8 | f);
};

/** include/uapi/linux/if_ether.h: ETH_P_IP, ETH_P_IPV6. */
const ethertypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;

/** Before "net, bonding: Add XDP support to the bonding driver" of 5.15 the ethertype was taken in network order. It matters with three slaves, and with IPv6. */
const ethertypeIsSwapped = (kernel: string | undefined): boolean => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? '') ?? [];
  return major !== undefined && (Number(major) < 5 || Number(major) === 5 && Number(minor) < 15);
};

const bytesOf = (mac: string): readonly number[] => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) throw new Error(`"${mac}" is not a MAC address`);
  return mac.split(':').map((byte) => Number.parseInt(byte, 16));
};

const lastByte = (mac: string): number => bytesOf(mac)[5]!;

/** An address as a little-endian machine holds it, the first octet in the lowest byte; of IPv6 the XOR of its four words (include/net/ipv6.h, `ipv6_addr_hash`). */
const addressHash = (address: string): number => {
  const octets = isIPv4(address) ? address.split('.').map(Number) : isIPv6(address) && !address.includes('%') ? octetsOf(address) : null;
  if (octets === null) throw new Error(`"${address}" is not an IP address`);
  return octets.reduce((hash, octet, place) => hash ^ octet << 8 * (place % 4), 0);
};

/** Of a valid IPv6 address, whose last two groups may be written as IPv4. */
const octetsOf = (address: string): readonly number[] => {
  const [before = [], after] = address.split('::').map((part) => part.split(':').filter(Boolean).flatMap((group) =>
    group.includes('.') ? group.split('.').map(Number) : [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff]));
  return after === undefined ? before : [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after];
};

const swapped = (word: number): number => ((word & 0xff) << 8) | (word >>> 8);

const predictionOf = (dark: readonly { readonly name: NodeId }[], peers: readonly unknown[]): Prediction => ({
  class: dark.length === 0 ? 'none' : dark.length === peers.length ? 'isolated' : 'partial',
  darkPeers: dark.map((peer) => peer.name),
});
