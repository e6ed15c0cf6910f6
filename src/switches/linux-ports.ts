// What the ports of a Linux switch are now: their health, and the form that bondproof could give them again.

import { exitCodes, Problem } from '../model/problem.ts';
import type { LacpRate, PortsConfig } from '../model/scenario.ts';
import type { PortGroup, PortHealth } from './dialect.ts';
import type { Link } from './ip-link.ts';

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

/** The end is in sync, collecting and distributing: IEEE 802.1AX port state (include/net/bond_3ad.h LACP_STATE_*). */
const isInUse = (state: number): boolean => (state & inUseBits) === inUseBits;

const inUseBits = 0x08 | 0x10 | 0x20;

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
