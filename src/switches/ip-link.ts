// Reads `ip -d -j addr show` of a Linux switch (iproute2 ip/ipaddress.c, ip/iplink_bond.c, ip/iplink_bond_slave.c): its ports' health and form.

import { exitCodes, Problem } from '../model/problem.ts';
import type { LacpRate, PortsConfig } from '../model/scenario.ts';
import { shownJson } from '../model/shape.ts';
import type { PortGroup, PortHealth } from './dialect.ts';

export interface Link {
  readonly name: string;
  /** Administratively up, and with carrier. */
  readonly up: boolean;
  readonly master: string | null;
  readonly kind: string | null;
  /** Bonds only. */
  readonly bond: { readonly mode: string; readonly lacpRate: string | null } | null;
  /** Slaves of bonds only; `lacp` for those of 802.3ad. */
  readonly slave: { readonly miiUp: boolean; readonly lacp: { readonly actor: number; readonly partner: number } | null } | null;
}

/** Throws for text that is not of this kind, with the text. */
export const parseLinks = (stdout: string): readonly Link[] => {
  const shown = parsed(stdout);
  if (!Array.isArray(shown)) throw new Error(`ip -d -j addr show did not print a list: ${stdout.slice(0, 200)}`);
  return shown.map(linkOf);
};

/** Of `ip -s -j addr show`: what came to each port, in bytes (iproute2 ip/ipaddress.c, print_link_stats64). Throws for a port that is not among it, or has no figure. */
export const bytesOfPorts = (ports: readonly string[], stdout: string): Readonly<Record<string, number>> => {
  const shown = parsed(stdout);
  if (!Array.isArray(shown)) throw new Error(`ip -s -j addr show did not print a list: ${stdout.slice(0, 200)}`);
  return Object.fromEntries(ports.map((port) => {
    const bytes = fields(fields(fields(shown.find((link) => fields(link)['ifname'] === port))['stats64'])['rx'])['bytes'];
    if (typeof bytes !== 'number') throw new Error(`ip -s -j addr show did not tell what came to ${port}`);
    return [port, bytes];
  }));
};

const parsed = (stdout: string): unknown => {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`ip -d -j addr show did not print JSON: ${stdout.slice(0, 200)}`, { cause: error });
  }
};

/** An object of JSON whose values are not known yet. */
type Fields = Readonly<Record<string, unknown>>;

const linkOf = (shown: unknown): Link => {
  const link = fields(shown);
  const { ifname, flags, master } = link;
  if (typeof ifname !== 'string' || !Array.isArray(flags)) throw new Error(`ip -d -j addr show printed a link without name or flags: ${shownJson(shown)}`);
  const info = fields(link['linkinfo']);
  const [kind, slaveKind] = [textOf(info['info_kind']), textOf(info['info_slave_kind'])];
  return {
    name: ifname,
    // LOWER_UP is carrier (include/uapi/linux/if.h IFF_LOWER_UP).
    up: flags.includes('UP') && flags.includes('LOWER_UP'),
    master: textOf(master),
    kind,
    bond: kind === 'bond' ? bondOf(fields(info['info_data'])) : null,
    slave: slaveKind === 'bond' ? slaveOf(fields(info['info_slave_data'])) : null,
  };
};

const bondOf = (data: Fields): Link['bond'] => ({ mode: textOf(data['mode']) ?? 'unknown', lacpRate: textOf(data['ad_lacp_rate']) });

const slaveOf = (data: Fields): Link['slave'] => {
  const { mii_status, ad_actor_oper_port_state: actor, ad_partner_oper_port_state: partner } = data;
  return { miiUp: mii_status === 'UP', lacp: typeof actor === 'number' && typeof partner === 'number' ? { actor, partner } : null };
};

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Throws a Problem for a port that the switch does not have. */
export const healthOfPorts = (groups: readonly PortGroup[], links: readonly Link[]): readonly PortHealth[] =>
  groups.flatMap((group) => group.ports.map((port) => {
    const { up, slave } = findPort(port, links);
    const lacp = slave?.lacp ?? null;
    return { port, up, inUse: lacp === null || (slave?.miiUp === true && isInUse(lacp.actor) && isInUse(lacp.partner)) };
  }));

/** Throws a Problem when the groups have different forms, or one that `configure` does not give. */
export const formOfPorts = (groups: readonly PortGroup[], links: readonly Link[], bridge: string): PortsConfig => {
  const [first, ...others] = groups.map((group) => formOfGroup(group, links, bridge));
  if (first === undefined) throw new Error('no groups of ports were given');
  const odd = others.findIndex((form) => JSON.stringify(form) !== JSON.stringify(first));
  if (odd >= 0) throw unknownForm(groups[odd + 1]!, `${describe(others[odd]!)}, while those of ${groups[0]!.name} are ${describe(first)}`);
  return first;
};

const formOfGroup = (group: PortGroup, links: readonly Link[], bridge: string): PortsConfig => {
  const masters = [...new Set(group.ports.map((port) => findPort(port, links).master))];
  const [master] = masters;
  if (masters.length !== 1 || master === null || master === undefined) throw unknownForm(group, `in ${masters.map((name) => name ?? 'nothing').join(' and ')}`);
  if (master === bridge) return { kind: 'plain' };
  const above = links.find((link) => link.name === master);
  const { mode, lacpRate } = above?.bond ?? { mode: null, lacpRate: null };
  if (above?.master !== bridge || mode === null) throw unknownForm(group, `in ${master}, which is no bond in ${bridge}`);
  if (mode === 'balance-xor') return { kind: 'static' };
  if (mode === '802.3ad' && isRate(lacpRate)) return { kind: 'lacp', rate: lacpRate };
  throw unknownForm(group, `in ${master}, a bond of mode ${mode}`);
};

const isRate = (rate: string | null): rate is LacpRate => rate === 'slow' || rate === 'fast';

/** In sync (8), collecting (16) and distributing (32): IEEE 802.1AX port state (include/net/bond_3ad.h LACP_STATE_*). */
const isInUse = (state: number): boolean => (state & 56) === 56;

const findPort = (port: string, links: readonly Link[]): Link => {
  const found = links.find((link) => link.name === port);
  if (found !== undefined) return found;
  throw new Problem({
    asked: `port ${port} of the switch`,
    found: 'it has no such port',
    right: `one of ${links.map((link) => link.name).join(', ')}`,
    exitCode: exitCodes.device,
  });
};

const unknownForm = (group: PortGroup, found: string): Problem =>
  new Problem({
    asked: `form of the switch ports of ${group.name} (${group.ports.join(', ')})`,
    found,
    right: 'all ports of the lab alike: in the bridge, or per node in a bond of mode balance-xor or 802.3ad in the bridge',
    todo: 'give the ports one of these forms, which bondproof can bring back after its trials',
    exitCode: exitCodes.device,
  });

const describe = (form: PortsConfig): string => (form.kind === 'lacp' ? `lacp ${form.rate}` : form.kind);
