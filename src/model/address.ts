// IP addresses as text: one text for each, by which what a lab file says and what nodes tell can be compared.

import { isIPv6, SocketAddress } from 'node:net';

import type { IpVersion, Lab } from './lab.ts';

/** As the kernel's tools write it (inet_ntop(3)), however it was given; what is no IPv6 address without a zone is left as it is. */
export const plainAddress = (text: string): string =>
  (isIPv6(text) && !text.includes('%') ? new SocketAddress({ address: text, family: 'ipv6' }).address : text);

export const versionOf = (address: string): IpVersion => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Of the nodes' addresses on the bond, which are all of one version. */
export const ipVersionOf = ({ nodes }: Pick<Lab, 'nodes'>): IpVersion => versionOf(nodes[0]!.address);
