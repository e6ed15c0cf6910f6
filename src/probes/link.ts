// The kernel's view of the bond and what is below and beside it, from rtnetlink: only changes, and the state at the start.

import { decodeNetlink } from '../agent/netlink.ts';
import type { LinkChange, NeighbourChange, NetlinkChange, QdiscChange } from '../agent/netlink.ts';
import type { Body } from '../model/event.ts';
import type { Node } from '../model/lab.ts';
import type { Probe } from './probe.ts';

export const link: Probe = {
  name: 'link',
  summary: 'the bond, its slaves, their qdiscs and the peers\' neighbour entries, as the kernel changes them',
  reader: (node, lab) => {
    const links = linkReader(node);
    const peers = new Set(lab.nodes.filter(({ name }) => name !== node.name).map(({ address }) => address));
    const read = (change: NetlinkChange): readonly Body[] => {
      switch (change.kind) {
        case 'link': return links.read(change);
        case 'qdisc': return qdiscBodies(change, links.nicOf(change.index));
        case 'neighbour': return peers.has(change.address) ? [neighbourBody(change)] : [];
        case 'not understood': return [];
      }
    };
    return (message) => (message.kind === 'netlink' ? decodeNetlink(Buffer.from(message.data, 'base64')).flatMap(read) : []);
  },
};

interface LinkReader {
  read(change: LinkChange): readonly Body[];
  /** The name of one of this bond's interfaces; null for others. */
  nicOf(index: number): string | null;
}

/**
 * Remembers names, since messages speak of indexes, and what was told last. A slave is listed before its bond at the start; it waits
 * until the bond's name is known.
 */
const linkReader = (node: Node): LinkReader => {
  const watched = new Set([node.bond, ...node.slaves]);
  const names = new Map<number, string>();
  const told = new Map<string, string>();
  let waiting: readonly LinkChange[] = [];
  const isNew = (body: Body, nic: string): boolean => {
    const key = `${body.type} ${nic}`;
    const text = JSON.stringify(body);
    const differs = told.get(key) !== text;
    told.set(key, text);
    return differs;
  };
  const tell = (change: LinkChange): readonly Body[] => {
    // A bond that is made anew starts anew, even if it looks as before.
    if (change.gone || !change.bond) told.delete(`active-slave-changed ${change.name}`);
    if (change.gone || !change.slave) told.delete(`slave-changed ${change.name}`);
    return linkBodies(change, (index) => (index ? (names.get(index) ?? null) : null)).filter((body) => isNew(body, change.name));
  };
  return {
    nicOf: (index) => {
      const name = names.get(index);
      return name !== undefined && watched.has(name) ? name : null;
    },
    read: (change) => {
      names.set(change.index, change.name);
      const others = waiting.filter(({ index }) => index !== change.index); // what came later counts
      const changes = watched.has(change.name) ? [...others, change] : others;
      waiting = changes.filter((each) => indexesIn(each).some((index) => !names.has(index)));
      return changes.filter((each) => !waiting.includes(each)).flatMap(tell);
    },
  };
};

const indexesIn = ({ gone, master, bond }: LinkChange): readonly number[] => (gone ? [] : [master, bond?.activeSlave].filter((index) => typeof index === 'number' && index > 0) as readonly number[]);

const linkBodies = (change: LinkChange, nameOf: (index: number | null | undefined) => string | null): readonly Body[] => {
  const { gone, name, up, carrier, bond, slave } = change;
  const bodies: Body[] = [{ type: 'link-changed', nic: name, up, carrier, master: gone ? null : nameOf(change.master) }];
  if (gone) return bodies;
  if (bond) bodies.push({ type: 'active-slave-changed', bond: name, slave: nameOf(bond.activeSlave) });
  if (slave?.state !== undefined && slave.miiStatus !== undefined) {
    // BOND_STATE_ACTIVE and BOND_LINK_UP are 0; BOND_LINK_FAIL, 1, is a link still in use (uapi/linux/if_bonding.h).
    bodies.push({ type: 'slave-changed', slave: name, state: slave.state === 0 ? 'active' : 'backup', miiUp: slave.miiStatus <= 1, aggregator: slave.aggregator ?? null });
  }
  return bodies;
};

const qdiscBodies = (change: QdiscChange, nic: string | null): readonly Body[] =>
  nic === null ? [] : [{ type: 'qdisc-changed', nic, gone: change.gone, kind: change.qdisc, handle: change.handle, lossRatio: change.lossRatio }];

const neighbourBody = ({ gone, address, mac, state }: NeighbourChange): Body => ({ type: 'neighbour-changed', address, mac: gone ? null : mac, state: gone ? 'gone' : state });
