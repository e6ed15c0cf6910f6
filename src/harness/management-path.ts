// Which interfaces carry the management connection: a fault on one of them would cut us off from the node.

/** What `ip -j -d link show` says of an interface, as far as we read it. */
export interface IpLink {
  readonly ifname: string;
  /** The interface below a VLAN or macvlan. */
  readonly link?: string;
  /** The bridge or bond above. */
  readonly master?: string;
}

/** The device itself and everything below it: VLANs' parents, bridges' ports, bonds' slaves, and what is below those. */
export const managementPath = (links: readonly IpLink[], device: string): ReadonlySet<string> => {
  const path = new Set<string>();
  const walk = (name: string): void => {
    if (path.has(name)) return;
    path.add(name);
    for (const { ifname, link, master } of links) {
      if (ifname === name && link !== undefined) walk(link);
      if (master === name) walk(ifname);
    }
  };
  walk(device);
  return path;
};
