// Whether a node's cluster is the lab: its own entry in corosync.conf, and that nobody else is in it.

import { isIP } from 'node:net';

import { plainAddress } from '../model/address.ts';
import { corosyncAddresses, type Lab, type Node } from '../model/lab.ts';
import type { Survey } from './survey.ts';

interface Member {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly addresses: readonly string[];
}

/** The node's own entry: null, or what is wrong with it. */
export const clusterWrong = (lab: Lab, node: Node, { corosyncConf }: Survey): string | null => {
  const cluster = /^[ \t]*cluster_name:[ \t]*(\S+)/m.exec(corosyncConf)?.[1];
  if (cluster !== lab.cluster) return `cluster ${cluster ?? 'unknown'}`;
  const entry = membersOf(corosyncConf).find(({ id }) => id === String(node.id));
  if (!entry) return `no node ${node.id}`;
  if (entry.name !== node.name) return `node ${node.id} is ${entry.name ?? 'nameless'}`;
  const [address] = entry.addresses;
  // Where there is a name in place of an address we cannot tell: the bond's address is checked with the bond.
  return address !== undefined && isIP(address) !== 0 && address !== corosyncAddresses(node)[0] ? `${node.name} has ring0_addr ${address}` : null;
};

/** A member that the lab file does not know would be disturbed, or fenced, without having been asked. */
export const membersWrong = (lab: Lab, { corosyncConf, members }: Survey): string | null => {
  const words = (all: readonly { readonly name?: string | undefined; readonly id?: string | number | undefined }[]): readonly string[] =>
    all.map(({ name, id }) => `${name ?? 'nameless'} (${id ?? 'no nodeid'})`);
  const there = words(membersOf(corosyncConf));
  const wanted = words(lab.nodes);
  const foreign = there.filter((member, at) => !wanted.includes(member) || there.indexOf(member) !== at);
  const missing = wanted.filter((member) => !there.includes(member));
  if (foreign.length > 0) return `corosync.conf also has ${foreign.join(', ')}`;
  if (missing.length > 0) return `corosync.conf lacks ${missing.join(', ')}`;
  return members > lab.nodes.length ? `corosync counts ${members} members` : null;
};

/** Where corosync on this node listens and sends, on every link. */
export const addressesInUse = (node: Node, { corosyncConf }: Survey): readonly string[] =>
  [node.address, ...membersOf(corosyncConf).filter(({ name, id }) => name === node.name || id === String(node.id)).flatMap(({ addresses }) => addresses)];

const membersOf = (corosyncConf: string): readonly Member[] => {
  const text = corosyncConf.replaceAll(/^[ \t]*#.*$/gm, '');
  return text.split(/\bnode\s*\{/).slice(1).map((part) => part.slice(0, part.indexOf('}'))).map((entry) => ({
    id: /^[ \t]*nodeid:[ \t]*(\S+)[ \t]*$/m.exec(entry)?.[1],
    name: /^[ \t]*name:[ \t]*(\S+)/m.exec(entry)?.[1],
    addresses: [...entry.matchAll(/^[ \t]*ring\d+_addr:[ \t]*(\S+)/gm)].map(([, address]) => plainAddress(address!)),
  }));
};
