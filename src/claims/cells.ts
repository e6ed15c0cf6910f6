// What claims have in common: where their sentences stand, and how trials of named scenarios are asked for.

import type { Scenario } from '../model/scenario.ts';
import type { Cell, Claim, Source } from './claim.ts';

/** pve-docs 9.1.3 of 2026-04-30. */
const revision = 'e5010dc';

export const bonds: Source = { document: 'pvecm.adoc', section: 'Corosync Over Bonds', revision };
export const requirements: Source = { document: 'pvecm.adoc', section: 'Requirements', revision };
export const network: Source = { document: 'pve-network.adoc', section: 'Linux Bond', revision };
export const haManager: Source = { document: 'ha-manager.adoc', section: 'Fencing', revision };

/** The cells, and that the claim speaks of their scenarios alone. */
export const inCells = (trials: number, ...scenarios: readonly string[]): Pick<Claim, 'cells' | 'covers'> => ({
  cells: scenarios.map((scenario): Cell => ({ scenario, trials })),
  covers: ({ name }: Scenario) => scenarios.includes(name),
});

/** For what cannot be measured here. */
export const untestable = (sentence: string): Pick<Claim, 'basis' | 'cells' | 'covers' | 'judge'> => ({
  basis: 'untested', cells: [], covers: () => false, judge: () => ({ outcome: 'untested', sentence, deciding: [] }),
});

export const needsRealPve = 'Needs real Proxmox VE: here it would measure nothing but the constants of the HA stand-in.';
