// What scenario files share.

import type { ArpMonitor, BondConfig } from '../model/scenario.ts';

/** PVE writes miimon 100 and leaves the hash at the kernel's default, layer2 (pve-common, PVE/Network/Interfaces or its API; bonding.rst). */
export const pveBond = { miimonMs: 100, xmitHashPolicy: 'layer2' } as const satisfies Partial<BondConfig>;

/** With an ARP monitor in place of miimon, which asks as often as miimon looks. */
export const arpBond = (validate: ArpMonitor['validate']) =>
  ({ xmitHashPolicy: 'layer2', miimonMs: 0, options: { arpMonitor: { intervalMs: pveBond.miimonMs, targets: 'peers', validate } } }) as const satisfies Partial<BondConfig>;
