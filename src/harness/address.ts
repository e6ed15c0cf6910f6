// Where a node's addresses are: on the bond, on what lies above it, or elsewhere.

import type { NodeSurvey } from '../model/event.ts';
import { managementPath } from './management-path.ts';
import type { BondLink } from './survey.ts';
import type { IpAddresses } from './way-back.ts';

/** Addresses are null where they could not be seen. */
interface Seen { readonly links: readonly BondLink[]; readonly bond: string; readonly addresses: readonly IpAddresses[] | null }

const deviceOf = ({ addresses }: Seen, address: string): string | null =>
  addresses?.find(({ addr_info: own }) => own?.some(({ local }) => local === address))?.ifname ?? null;

const isAbove = ({ links, bond }: Seen, device: string): boolean => device !== bond && managementPath(links, [device]).devices.has(bond);

/** Empty where the address is on the bond, or nobody sees where. The tag is that of a VLAN on the way from the address to the bond. */
export const addressOn = (seen: Seen, address: string): Pick<NodeSurvey, 'addressOn'> => {
  const { links, bond } = seen;
  const link = links.find(({ ifname }) => ifname === deviceOf(seen, address));
  if (link === undefined || link.ifname === bond) return {};
  const way = managementPath(links, [link.ifname]).devices;
  const vlan = links.find(({ ifname, linkinfo }) => linkinfo?.info_kind === 'vlan' && way.has(ifname) && isAbove(seen, ifname))?.linkinfo?.info_data?.id;
  return { addressOn: { device: link.ifname, kind: link.linkinfo?.info_kind ?? 'nic', mac: link.address ?? '', vlan: Number(vlan ?? 0) || null } };
};

/** corosync-cfgtool(8): blocks of `LINK ID 0 udp`, with our address and a line for each node. One of IPv6 has a zone there that means nothing: always 2 (exec/totemip.c, totemip_totemip_to_sockaddr_convert). */
export const corosyncLinksOf = (text: string, seen: Seen): NonNullable<NodeSurvey['corosyncLinks']> =>
  text.split(/^LINK ID /m).slice(1).map((block) => {
    const address = /^\s*addr\s*=\s*([^\s%]+)(?:%\d+)?$/m.exec(block)?.[1];
    const device = address === undefined ? null : deviceOf(seen, address);
    const below = device !== null && isAbove(seen, device) ? seen.bond : seen.links.find(({ ifname }) => ifname === device)?.link ?? null;
    return { id: Number.parseInt(block, 10), device, below, connected: [...block.matchAll(/^\s*nodeid:\s*\d+:\s*connected$/gm)].length };
  });
