// What scenario files share.

import type { LabShape } from '../model/lab.ts';
import type { ArpMonitor, BondConfig } from '../model/scenario.ts';

/** PVE writes miimon 100 and leaves the hash at the kernel's default, layer2 (pve-common, PVE/Network/Interfaces or its API; bonding.rst). */
export const pveBond = { miimonMs: 100, xmitHashPolicy: 'layer2' } as const satisfies Partial<BondConfig>;

/** With an ARP monitor in place of miimon, which asks as often as miimon looks. */
export const arpBond = (targets: ArpMonitor['targets'], validate: ArpMonitor['validate']) =>
  ({ xmitHashPolicy: 'layer2', miimonMs: 0, options: { arpMonitor: { intervalMs: pveBond.miimonMs, targets, validate } } }) as const satisfies Partial<BondConfig>;

/** Neither of which is a majority; the hash has the one peer on the slave that falls silent. */
export const twoNodes = { nodes: 2, class: 'isolated' } as const satisfies LabShape;
