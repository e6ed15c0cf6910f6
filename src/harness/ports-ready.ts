// Whether the ports at both ends of a bond are as they must be before a fault.

import type { PortStates } from '../model/event.ts';
import { formOf, type LacpRate, type PortsConfig } from '../model/scenario.ts';
import type { PortGroup, PortHealth } from '../switches/dialect.ts';

interface Wanted { readonly ports: PortsConfig }

/** uapi/linux/if_bonding.h, LACP_STATE_*: wants fast LACPDUs; in sync; with collecting and distributing in use; defaulted or expired. */
const [wantsFast, inSync, inUse, unheard] = [0x02, 0x08, 0x38, 0xc0];

const hasRate = ({ ports }: Wanted, partner: number): boolean => ports.kind !== 'lacp' || ((partner & wantsFast) !== 0) === (ports.rate === 'fast');

/** What a port's partner asks for in the LACPDUs that it sends; null: none are heard, and what the kernel shows is a default. */
export const rateHeard = ({ actor, partner }: PortStates): LacpRate | null => ((actor & unheard) !== 0 ? null : (partner & wantsFast) !== 0 ? 'fast' : 'slow');

const isApart = ({ ports }: Wanted): boolean => formOf(ports) === 'lacp over two switches';

/**
 * The first of a node's slaves whose LACP is not ready; null: all are. That the switch has the rate, its own LACPDUs say, and nothing else does. Of two switches a bond uses one, by one aggregator; on others' ports it hears a switch that is
 * in sync, and is not in sync itself (drivers/net/bonding/bond_3ad.c, ad_mux_machine, AD_MUX_ATTACHED).
 */
export const slaveUnready = (slaves: readonly string[], lacp: Readonly<Record<string, PortStates>>, wanted: Wanted): string | null => {
  const isUsed = (slave: string): boolean => ((lacp[slave]?.actor ?? 0) & (lacp[slave]?.partner ?? 0) & inUse) === inUse && hasRate(wanted, lacp[slave]?.partner ?? 0);
  const standsBy = ({ actor, partner }: PortStates): boolean => (partner & inSync) !== 0 && ((actor | partner) & unheard) === 0;
  const oneIsEnough = isApart(wanted) && slaves.some(isUsed);
  return slaves.find((slave) => !isUsed(slave) && !(oneIsEnough && lacp[slave] !== undefined && standsBy(lacp[slave]))) ?? null;
};

/** The first port of the switch that is down, or not in use where it has to be; null: none. */
export const portUnready = (groups: readonly PortGroup[], health: readonly PortHealth[], wanted: Wanted): PortHealth | null => {
  const used = new Set(health.filter((port) => port.inUse).map(({ port }) => port));
  const enough = isApart(wanted) ? groups.filter(({ ports }) => ports.some((port) => used.has(port))).flatMap(({ ports }) => ports) : [];
  return health.find(({ port, up }) => !up || !used.has(port) && !enough.includes(port)) ?? null;
};
