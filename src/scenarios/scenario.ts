// What scenario files share.

import type { BondConfig } from '../model/scenario.ts';

/** PVE writes miimon 100 and leaves the hash at the kernel's default, layer2 (pve-common, PVE/Network/Interfaces or its API; bonding.rst). */
export const pveBond = { miimonMs: 100, xmitHashPolicy: 'layer2' } as const satisfies Partial<BondConfig>;
