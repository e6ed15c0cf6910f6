// The cables of a lab file, and what the switch hears of them by LLDP. What it does not hear says nothing: not every node speaks LLDP.

import type { Link } from './lab.ts';
import type { LldpNeighbour } from './switch-facts.ts';

type Cable = Pick<Link, 'node' | 'nic' | 'port'>;

export interface CableSight extends Cable {
  /** At this port: the node and its NIC, the node with another NIC, the node with a NIC that it does not tell by name, somebody else, or nobody. */
  readonly heard: 'as-expected' | 'other-nic' | 'nic-unnamed' | 'other' | 'nobody';
  /** Other ports of the switch at which this NIC is heard. */
  readonly elsewhere: readonly string[];
}

/** `neighbours`: null where the switch does not tell them; then it cannot be said. */
export const cablesOf = (cables: readonly Cable[], neighbours: readonly LldpNeighbour[] | null): readonly CableSight[] => (neighbours === null ? [] : cables.map((cable) => {
  const here = neighbours.filter(({ port }) => port === cable.port);
  const node = here.filter((each) => isNode(each, cable));
  const heard = here.length === 0 ? 'nobody' : node.length === 0 ? 'other' : node.some((each) => isNic(each, cable)) ? 'as-expected' : node.some(isUnnamed) ? 'nic-unnamed' : 'other-nic';
  const elsewhere = neighbours.filter((each) => each.port !== cable.port && isNode(each, cable) && isNic(each, cable)).map(({ port }) => port);
  return { node: cable.node, nic: cable.nic, port: cable.port, heard, elsewhere };
}));

/** A node says its host name, with or without its domain. */
const isNode = ({ system }: LldpNeighbour, { node }: Cable): boolean => system?.split('.')[0]?.toLowerCase() === node.toLowerCase();
const isNic = ({ theirPort, theirPortName }: LldpNeighbour, { nic }: Cable): boolean => theirPort === nic || theirPortName === nic;
/** By a MAC address alone, which the lab file does not have. */
const isUnnamed = ({ theirPort, theirPortName }: LldpNeighbour): boolean => (theirPortName ?? null) === null && /^[\da-f]{2}(?:[:.-]?[\da-f]{2}){5}$/i.test(theirPort);
