// A situation on paper: three nodes, the silent slave of pve1 carries pve3, all at an unknown phase.

import type { Situation } from '../../src/prediction/index.ts';

export type Told = Partial<Omit<Situation, 'scenario'>> & { readonly scenario?: Partial<Situation['scenario']> };

export const situation = ({ scenario, ...rest }: Told = {}): Situation => ({
  scenario: { bond: { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'static' }, fault: 'tx-silent', ha: 'armed', detector: 'none', ...scenario },
  engine: 'linux',
  nodes: [1, 2, 3].map((id) => ({ name: `pve${id}`, id })),
  victim: 'pve1',
  darkPeers: ['pve3'],
  totem: { tokenMs: 3125, consensusMs: 3750 },
  sinceLacpdu: null,
  sinceRefresh: {},
  ...rest,
});

/** What an 802.3ad bond and its switch make of it, by their rates. */
export const lacp = (node: 'slow' | 'fast', onSwitch: 'slow' | 'fast', { scenario, ...rest }: Told = {}): Situation => situation({
  scenario: { bond: { mode: '802.3ad', lacpRate: node, xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'lacp', rate: onSwitch }, detector: 'lacp', ...scenario }, ...rest,
});

export const exactly = (ms: number): { readonly leastMs: number; readonly mostMs: number } => ({ leastMs: ms, mostMs: ms });
