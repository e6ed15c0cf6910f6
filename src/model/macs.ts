// MAC addresses for a lab, such that the transmit hash puts the wanted peers on the wanted slave.

import { slaveIndex, type HashPolicy, type Station } from './hash.ts';
import type { FaultClass, NodeId } from './lab.ts';
import { exitCodes, Problem } from './problem.ts';

export interface MacWish {
  /** Two to 32 nodes; as many MACs are made for each as it has slaves. */
  readonly nodes: readonly { readonly name: NodeId; readonly address: string; readonly slaves: readonly string[] }[];
  readonly victim: NodeId;
  readonly class: FaultClass;
  readonly policy: HashPolicy;
  /** The first four bytes of every MAC, locally administered and unicast. */
  readonly prefix?: string;
}

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
  const stationOf = (node: WishedNode, last: number): Station => ({ mac: macOf(wish.nodes.indexOf(node), 0, last), address: node.address });
  const isFirst = (peer: WishedNode, last: LastBytes): boolean =>
    slaveIndex({ from: stationOf(victim, last.victim ?? 0), to: stationOf(peer, last.peer ?? 0) }, wish.policy, victim.slaves.length) === 0;
  const lasts = wish.policy === 'vlan+srcmac' ? victimsLastByte(wish, victim, isFirst) : peersLastBytes(wish, peers, isFirst);
  return Object.fromEntries(wish.nodes.map((node, at) => [node.name, node.slaves.map((_, slave) => macOf(at, slave, lasts.get(node.name)))]));
};

/** A MAC for a machine beside the nodes, such that what `from` sends there goes by its first slave, or by another of as many; layer2 hashes nothing but MACs. */
export const hostMac = (from: Station, { first, slaves, address }: { readonly first: boolean; readonly slaves: number; readonly address: string }): string => {
  const macOf = (last: number): string => `02:62:74:00:00:${hex(16 + last)}`;
  return macOf(lastByteFor('the host', first, (last) => (slaveIndex({ from, to: { mac: macOf(last), address } }, 'layer2', slaves) === 0) === first));
};

type WishedNode = MacWish['nodes'][number];

/** What to add to the last bytes of the MACs of two nodes. */
interface LastBytes { readonly victim?: number; readonly peer?: number }

type IsFirst = (peer: WishedNode, last: LastBytes) => boolean;

/** Of each peer. The last of the peers are the ones that get the first slave. */
const peersLastBytes = (wish: MacWish, peers: readonly WishedNode[], isFirst: IsFirst): ReadonlyMap<NodeId, number> => {
  const dark = { none: 0, partial: Math.floor(peers.length / 2), isolated: peers.length }[wish.class];
  // The MACs are no part of these hashes: the addresses alone decide.
  if (wish.policy === 'layer3+4' || wish.policy === 'encap3+4') {
    const found = peers.filter((peer) => isFirst(peer, {})).length;
    if (wish.class === 'partial' ? found > 0 && found < peers.length : found === dark) return new Map();
    throw impossible(wish, `${wish.policy} does not hash MACs, and by the addresses the first slave of ${wish.victim} carries ${found} of ${peers.length} peers`, 'other addresses, or another hash policy');
  }
  return new Map(peers.map((peer, at) => {
    const wanted = at >= peers.length - dark;
    return [peer.name, lastByteFor(peer.name, wanted, (last) => isFirst(peer, { peer: last }) === wanted)];
  }));
};

/** Of the victim, for a hash that knows no peers. */
const victimsLastByte = (wish: MacWish, victim: WishedNode, isFirst: IsFirst): ReadonlyMap<NodeId, number> => {
  if (wish.class === 'partial') throw impossible(wish, `${wish.policy} sends all that a node sends on one slave`, 'class none or isolated, or another hash policy');
  const wanted = wish.class === 'isolated';
  return new Map([[victim.name, lastByteFor(victim.name, wanted, (last) => isFirst(victim, { victim: last }) === wanted)]]);
};

const lastByteFor = (node: NodeId, wanted: boolean, fits: (last: number) => boolean): number => {
  const last = [...Array(16).keys()].find(fits);
  if (last === undefined) throw new Error(`no last byte of ${node}'s MAC gives ${wanted ? 'the first' : 'another'} slave`);
  return last;
};

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

const impossible = (wish: MacWish, found: string, right: string): Problem =>
  new Problem({ asked: `class ${wish.class} for ${wish.victim}`, found, right, exitCode: exitCodes.usage });
