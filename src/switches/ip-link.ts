// Reads `ip -d -j addr show` of a Linux switch (iproute2 ip/ipaddress.c, ip/iplink_bond.c, ip/iplink_bond_slave.c): its ports' health and form.

import { exitCodes, Problem } from '../model/problem.ts';
import type { LacpRate, PortsConfig } from '../model/scenario.ts';
import { shownJson } from '../model/shape.ts';
import type { Dialect, PortGroup, PortHealth } from './dialect.ts';
import { readJson, type Fields } from './reading.ts';

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
export const parseLinks = (stdout: string): readonly Link[] => linksOf(readJson(asked, stdout));

const asked = 'ip -d -j addr show';

export const linksOf = (shown: unknown): readonly Link[] => {
  if (!Array.isArray(shown)) throw new Error(`${asked} did not print a list: ${shownJson(shown)}`);
  return shown.map(linkOf);
};

/** Of `ip -s -j addr show`: what came to each port, in bytes (iproute2 ip/ipaddress.c, print_link_stats64). Throws for a port that is not among it, or has no figure. */
const bytesOfPorts = (ports: readonly string[], stdout: string): Readonly<Record<string, number>> => {
  const shown = readJson('ip -s -j addr show', stdout);
  if (!Array.isArray(shown)) throw new Error(`ip -s -j addr show did not print a list: ${stdout.slice(0, 200)}`);
  return Object.fromEntries(ports.map((port) => {
    const bytes = fields(fields(fields(shown.find((link) => fields(link)['ifname'] === port))['stats64'])['rx'])['bytes'];
    if (typeof bytes !== 'number') throw new Error(`ip -s -j addr show did not tell what came to ${port}`);
    return [port, bytes];
  }));
};

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

/** What a port is on every Linux machine, whatever forwards there. */
export const linuxPorts: Required<Pick<Dialect, 'counters' | 'netdev' | 'portDown' | 'portUp'>> = {
  counters: (ports) => ({ command: { argv: ['ip', '-s', '-j', 'addr', 'show'] }, parse: (stdout) => bytesOfPorts(ports, stdout) }),
  portDown: (port) => ({ argv: ['ip', 'link', 'set', 'dev', port, 'down'] }),
  portUp: (port) => ({ argv: ['ip', 'link', 'set', 'dev', port, 'up'] }),
  netdev: (port) => port,
};

/** Throws a Problem for a port that the switch does not have. */
export const healthOfPorts = (groups: readonly PortGroup[], links: readonly Link[]): readonly PortHealth[] =>
  groups.flatMap((group) => group.ports.map((port) => {
    const { up, slave } = findPort(port, links);
    const lacp = slave?.lacp ?? null;
    return { port, up, inUse: lacp === null || (slave?.miiUp === true && isInUse(lacp.actor) && isInUse(lacp.partner)) };
  }));

/** Throws a Problem when the groups have different forms, or one that `configure` does not give. `bridges`: of the switch, and of the second that it may play. */
export const formOfPorts = (groups: readonly PortGroup[], links: readonly Link[], bridges: readonly [string, string?]): PortsConfig =>
  commonForm(groups, (group) => formOfGroup(group, links, bridges));

/** The form of all groups; throws a Problem when they have different ones. */
export const commonForm = (groups: readonly PortGroup[], formOf: (group: PortGroup) => PortsConfig): PortsConfig => {
  const [first, ...others] = groups.map(formOf);
  if (first === undefined) throw new Error('no groups of ports were given');
  const odd = others.findIndex((form) => JSON.stringify(form) !== JSON.stringify(first));
  if (odd >= 0) throw unknownForm(groups[odd + 1]!, `${describe(others[odd]!)}, while those of ${groups[0]!.name} are ${describe(first)}`);
  return first;
};

const formOfGroup = (group: PortGroup, links: readonly Link[], [bridge, second]: readonly [string, string?]): PortsConfig => {
  const apart = group.ports.length === 2 ? group.ports.map((port, at) => lacpRateOf(port, links, at === 0 ? bridge : second)) : [];
  if (isRate(apart[0]) && apart[1] === apart[0] && new Set(group.ports.map((port) => findPort(port, links).master)).size === 2) return { kind: 'lacp', rate: apart[0], switches: 2 };
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

/** Of the bond of 802.3ad that a port is in, on this bridge; null where there is none. */
const lacpRateOf = (port: string, links: readonly Link[], bridge: string | undefined): string | null => {
  const above = links.find(({ name }) => name === findPort(port, links).master);
  return bridge !== undefined && above?.master === bridge && above.bond?.mode === '802.3ad' ? above.bond.lacpRate : null;
};

const isRate = (rate: string | null | undefined): rate is LacpRate => rate === 'slow' || rate === 'fast';

/** Of a port that carries traffic: in sync (8), collecting (16) and distributing (32): IEEE 802.1AX port state (include/net/bond_3ad.h LACP_STATE_*). */
export const isInUse = (state: number): boolean => (state & 56) === 56;

export const findPort = (port: string, links: readonly Link[]): Link => {
  const found = links.find((link) => link.name === port);
  if (found !== undefined) return found;
  throw new Problem({
    asked: `port ${port} of the switch`,
    found: 'it has no such port',
    right: `one of ${links.map((link) => link.name).join(', ')}`,
    exitCode: exitCodes.device,
  });
};

export const unknownForm = (group: PortGroup, found: string, right = 'in the bridge, or per node in a bond of mode balance-xor or 802.3ad in the bridge'): Problem =>
  new Problem({
    asked: `form of the switch ports of ${group.name} (${group.ports.join(', ')})`,
    found,
    right: `all ports of the lab alike: ${right}`,
    todo: 'give the ports one of these forms, which bondproof can bring back after its trials',
    exitCode: exitCodes.device,
  });

const describe = (form: PortsConfig): string => (form.kind === 'lacp' ? `lacp ${form.rate}${form.switches === undefined ? '' : ' on two switches'}` : form.kind);
