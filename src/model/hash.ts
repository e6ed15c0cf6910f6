// The transmit hash oracle: which slave of a bond carries which peer, as the kernel computes it. Predictions and the virtual lab's MAC addresses
// come from here.

import type { FaultClass, NodeId } from './lab.ts';
import { exitCodes, Problem } from './problem.ts';
import type { BondConfig, BondMode } from './scenario.ts';

export type HashPolicy = BondConfig['xmitHashPolicy'];

/** One end of a flow: the bond's MAC (`02:62:70:00:01:10`) and its IPv4 address. */
export interface Station {
  readonly mac: string;
  readonly address: string;
}

/** An IPv4 flow of TCP or UDP. knet and the probes use one port number for both ends, which XORs to nothing. */
export interface Flow {
  readonly from: Station;
  readonly to: Station;
  readonly ports?: { readonly from: number; readonly to: number };
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
  /** The victim's usable slaves in order of enslavement. */
  readonly slaves: readonly string[];
  /** The slave that falls silent. */
  readonly hit: string;
  /** active-backup: the slave in use; null where there is none, and for the other modes. */
  readonly active: string | null;
}

export interface MacWish {
  /** Two to eight nodes; as many MACs are made for each as it has slaves. */
  readonly nodes: readonly { readonly name: NodeId; readonly address: string; readonly slaves: readonly string[] }[];
  readonly victim: NodeId;
  readonly class: FaultClass;
  readonly policy: HashPolicy;
  /** The first four bytes of every MAC, locally administered and unicast. */
  readonly prefix?: string;
}

/**
 * What a bond of this mode does to the victim's peers when its slave `hit` stops sending; null where the kernel fixes no mapping (it deals
 * balance-rr by packet, balance-tlb and balance-alb by load: drivers/net/bonding/bond_main.c bond_xmit_roundrobin, bond_alb.c bond_tlb_xmit).
 */
export const predict = ({ mode, policy, victim, peers, slaves, hit, active }: PredictionInput): Prediction | null => {
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
      return predictionOf(peers.filter((peer) => slaveIndex({ from: victim, to: peer }, policy, slaves.length) === index), peers);
  }
};

/**
 * MACs for the slaves of every node, in order of enslavement, such that the victim's first slave carries all of its peers (isolated), none of them
 * (none), or about half (partial). The same wish always gives the same MACs. A bond has its first slave's MAC
 * (drivers/net/bonding/bond_main.c bond_enslave). Throws a Problem where no MACs can do it.
 */
export const chooseMacs = (wish: MacWish): Readonly<Record<NodeId, readonly string[]>> => {
  const victim = wish.nodes.find((node) => node.name === wish.victim);
  if (victim === undefined) throw new Error(`the victim ${wish.victim} is none of the nodes ${wish.nodes.map((node) => node.name).join(', ')}`);
  if (wish.nodes.length < 2 || wish.nodes.length > 32) throw impossible(wish, `there are ${wish.nodes.length} nodes`, '2 to 32 nodes');
  const peers = wish.nodes.filter((node) => node !== victim);
  if (wish.class === 'partial' && peers.length < 2) throw impossible(wish, `${wish.victim} has one peer, which cannot be in part reached`, 'at least 3 nodes');
  if (wish.class !== 'isolated' && victim.slaves.length < 2) throw impossible(wish, `${wish.victim} has one slave, which carries every peer`, 'at least 2 slaves');

  const prefix = wish.prefix ?? '02:62:70:00';
  if (!/^[0-9a-f][26ae](:[0-9a-f]{2}){3}$/.test(prefix)) throw new Error(`${prefix} is not four bytes of a locally administered, unicast MAC`);
  const macOf = (node: number, slave: number, last = 0): string => `${prefix}:${hex(16 * Math.floor(node / 8) + slave + 1)}:${hex(16 * (node % 8 + 1) + last)}`;
  const from = { mac: macOf(wish.nodes.indexOf(victim), 0), address: victim.address };
  const lasts = chooseLastBytes(wish, peers, (peer, last) =>
    slaveIndex({ from, to: { mac: macOf(wish.nodes.indexOf(peer), 0, last), address: peer.address } }, wish.policy, victim.slaves.length) === 0);
  return Object.fromEntries(wish.nodes.map((node, at) => [node.name, node.slaves.map((_, slave) => macOf(at, slave, lasts.get(node.name)))]));
};

/**
 * Position in the list of usable slaves (order of enslavement) of the slave that sends this flow: the hash of drivers/net/bonding/bond_main.c
 * (`__bond_xmit_hash`, `bond_eth_hash`, `bond_ip_hash`) modulo their number (`bond_xmit_3ad_xor_slave_get`), on a little-endian machine.
 * Older kernels take the ethertype in network order, which makes a difference with three slaves or more only.
 */
export const slaveIndex = (flow: Flow, policy: HashPolicy, usable: number): number => {
  if (!Number.isSafeInteger(usable) || usable < 1) throw new Error(`a bond with ${usable} usable slaves sends nothing`);
  return hashOf(flow, policy) % usable;
};

const hashOf = ({ from, to, ports }: Flow, policy: HashPolicy): number => {
  const ethernet = lastByte(from.mac) ^ lastByte(to.mac) ^ ethertypeIpv4;
  if (policy === 'layer2') return ethernet;
  const start = policy === 'layer2+3' ? ethernet : ports === undefined ? 0 : swapped(ports.from) | (swapped(ports.to) << 16);
  let hash = start ^ wordOf(from.address) ^ wordOf(to.address);
  hash ^= hash >>> 16;
  hash ^= hash >>> 8;
  // layer3+4 drops the lowest bit, because ports are often even.
  return policy === 'layer3+4' ? hash >>> 1 : hash >>> 0;
};

/** ETH_P_IP of include/uapi/linux/if_ether.h. */
const ethertypeIpv4 = 0x0800;

const lastByte = (mac: string): number => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) throw new Error(`"${mac}" is not a MAC address`);
  return Number.parseInt(mac.slice(-2), 16);
};

/** An IPv4 address as a little-endian machine holds it: its first octet is the lowest byte. */
const wordOf = (address: string): number => {
  const octets = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address.split('.').map(Number) : [];
  if (octets.length === 0 || octets.some((octet) => octet > 255)) throw new Error(`"${address}" is not an IPv4 address`);
  return octets.reduceRight((word, octet) => (word << 8) | octet, 0);
};

const swapped = (port: number): number => ((port & 0xff) << 8) | (port >>> 8);

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

const predictionOf = (dark: readonly { readonly name: NodeId }[], peers: readonly unknown[]): Prediction => ({
  class: dark.length === 0 ? 'none' : dark.length === peers.length ? 'isolated' : 'partial',
  darkPeers: dark.map((peer) => peer.name),
});

type WishedNode = MacWish['nodes'][number];

/** What to add to the last byte of each peer's MACs. The last of the peers are the ones that get the first slave. */
const chooseLastBytes = (wish: MacWish, peers: readonly WishedNode[], isFirst: (peer: WishedNode, last: number) => boolean): ReadonlyMap<NodeId, number> => {
  const dark = { none: 0, partial: Math.floor(peers.length / 2), isolated: peers.length }[wish.class];
  // The MACs are no part of this hash: the addresses alone decide.
  if (wish.policy === 'layer3+4') {
    const found = peers.filter((peer) => isFirst(peer, 0)).length;
    if (wish.class === 'partial' ? found > 0 && found < peers.length : found === dark) return new Map();
    throw impossible(wish, `layer3+4 does not hash MACs, and by the addresses the first slave of ${wish.victim} carries ${found} of ${peers.length} peers`, 'other addresses, or another hash policy');
  }
  return new Map(peers.map((peer, at) => {
    const wanted = at >= peers.length - dark;
    const last = [...Array(16).keys()].find((byte) => isFirst(peer, byte) === wanted);
    if (last === undefined) throw new Error(`no last byte of ${peer.name}'s MAC gives ${wanted ? 'the first' : 'another'} slave`);
    return [peer.name, last];
  }));
};

const impossible = (wish: MacWish, found: string, right: string): Problem =>
  new Problem({ asked: `class ${wish.class} for ${wish.victim}`, found, right, exitCode: exitCodes.usage });
