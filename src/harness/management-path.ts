// Which interfaces carry the management connection: a fault on one of them would cut us off from the node.

/** What `ip -j -d addr show` says of an interface, as far as we read it. */
export interface IpLink {
  readonly ifname: string;
  /** The interface below a VLAN or macvlan, a tunnel's underlay where it is bound to one, the other end of a veth pair. */
  readonly link?: string | null;
  /** In place of `link`: its number in another network namespace, that with this id here. */
  readonly link_index?: number;
  readonly link_netnsid?: number;
  /** The bridge, bond, team or VRF above. */
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly type?: string; readonly vnet_hdr?: boolean } };
}

export interface ManagementPath {
  readonly devices: ReadonlySet<string>;
  /** Where the path leads out of sight, in words. Unknown is not safe. */
  readonly unknown: readonly string[];
}

/** The devices themselves and everything that a frame may leave by: VLANs' parents, ports, slaves, what is behind a veth pair, and what is below those. */
export const managementPath = (links: readonly IpLink[], devices: readonly string[]): ManagementPath => {
  const walked = new Set<string>();
  const passed = new Set<string>();
  const unknown: string[] = [];
  const walk = (name: string): void => {
    if (walked.has(name)) return;
    walked.add(name);
    const link = links.find(({ ifname }) => ifname === name);
    const { next, through, lost } = link ? below(link, links) : { next: [], through: null, lost: `there is no interface ${name}` };
    if (through !== null) passed.add(through);
    if (lost !== null) unknown.push(lost);
    next.forEach(walk);
  };
  devices.forEach(walk);
  return { devices: new Set([...walked, ...passed]), unknown };
};

/** Whether any of these is a cable's end: a connection that stands has one below it, or something that nobody sees. */
export const hasNic = (links: readonly IpLink[], devices: ReadonlySet<string>): boolean =>
  links.some(({ ifname, link, link_netnsid: namespace, linkinfo }) => devices.has(ifname) && ifname !== 'lo' && linkinfo?.info_kind === undefined && (link ?? null) === null && namespace === undefined);

interface Below {
  readonly next: readonly string[];
  /** Where a frame comes in again, and so does not leave. */
  readonly through: string | null;
  readonly lost: string | null;
}

const leads = (next: readonly string[], lost: string | null = null): Below => ({ next, through: null, lost });

const below = (link: IpLink, links: readonly IpLink[]): Below => {
  const { ifname, link_index: number, link_netnsid: namespace, linkinfo } = link;
  const kind = linkinfo?.info_kind;
  const parent = link.link ?? null;
  if (namespace !== undefined || number !== undefined) return leads([], `${ifname} (${kind ?? 'unknown kind'}) leads into another network namespace`);
  if (kind === undefined || kind === 'dummy') return leads(parent === null ? [] : [parent]);
  if (gathering.includes(kind)) return leads(links.filter(({ master }) => master === ifname).map((port) => port.ifname));
  if (isMachines(link)) return leads([]);
  if (parent === null) return leads([], `nothing says what ${ifname} (${kind}) is carried by`);
  if (kind === 'veth') return acrossPair(parent, links);
  return leads([parent], carried.includes(kind) ? null : `${ifname} is a ${kind}, which may be carried by more than ${parent}`);
};

/**
 * What goes into one end of a pair comes out at the other, rises there, and goes on where it meets a bridge. Where it meets none it is for the node
 * itself, which drops what bears its own address (net/ipv4/fib_frontend.c __fib_validate_source), or sends it by the routes that it has.
 */
const acrossPair = (peer: string, links: readonly IpLink[]): Below => {
  const risen = new Set([peer]);
  for (const name of risen) {
    const master = links.find((link) => link.ifname === name)?.master;
    if (master !== undefined) risen.add(master);
    for (const { ifname, link, linkinfo } of links) if (link === name && linkinfo?.info_kind !== 'veth') risen.add(ifname);
  }
  return { next: links.filter((link) => risen.has(link.ifname) && link.linkinfo?.info_kind === 'bridge').map((link) => link.ifname), through: peer, lost: null };
};

/** Above others, which name them as their master. */
const gathering: readonly string[] = ['bridge', 'bond', 'team', 'vrf'];

/** Above the one interface that `link` names and no other. Tunnels are bound to it (IFLA_VXLAN_LINK, IFLA_GRE_LINK and the like). */
const carried: readonly string[] = ['vlan', 'macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'macsec', 'vxlan', 'gre', 'gretap', 'ip6gre', 'ip6gretap', 'ipip', 'sit', 'ip6tnl'];

/** The NIC of a virtual machine ends there. A VPN's tap is no different but for the header that only QEMU asks for. */
const isMachines = ({ linkinfo }: IpLink): boolean => linkinfo?.info_kind === 'tun' && linkinfo.info_data?.type === 'tap' && linkinfo.info_data.vnet_hdr === true;
