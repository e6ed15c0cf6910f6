// A run as a lab of three nodes would leave it: one trial for each way that a trial can end, for looking at reports.

import { judgeRun } from '../../src/analysis/index.ts';
import type { Body, Event, TrialStarted } from '../../src/model/event.ts';
import type { RunResult } from '../../src/model/result.ts';
import type { BondMode, Scenario } from '../../src/model/scenario.ts';
import { recordOf, scenario802 } from '../analysis/timeline-builder.ts';
import type { Story } from '../analysis/timeline-builder.ts';

export interface GoldenTrial { readonly folder: string; readonly events: readonly Event[] }

type Also = readonly [atS: number, by: string, body: Body];

const nodes = ['pve1', 'pve2', 'pve3'] as const;

const everyNode = (atS: number, body: Body): readonly Also[] => nodes.map((node, place) => [atS + place / 50, node, body]);

const logged = (atS: number, by: string, identifier: string, text: string): Also => [atS, by, { type: 'logged', identifier, text }];

const knet = (atS: number, up: boolean, ...pairs: readonly (readonly [by: string, peer: string])[]): readonly Also[] =>
  pairs.flatMap(([by, peer], place): readonly Also[] => [
    [atS + place / 20, by, { type: 'knet-link-changed', peer, link: 0, up }],
    logged(atS + place / 20, by, 'corosync', `[KNET  ] link: host: ${peer.slice(3)} link: 0 is ${up ? 'up' : 'down'}`),
  ]);

const lacp = (...states: readonly (readonly [atS: number, actor: number, partner: number])[]): readonly Also[] =>
  [[-9, 0x3d, 0x3d] as const, ...states].map(([atS, actor, partner]) => [atS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor, partner }]);

const lacpdus: readonly Also[] = [-8.5, 21.5, 51.5, 81.5].map((atS) => [
  atS, 'pve1', { type: 'lacpdu', slave: 'eth1', direction: 'in', frame: Buffer.from('0180c200000202627000ff018809010114ffff', 'hex').toString('base64') },
]);

const memberships = (...times: readonly number[]): readonly Also[] =>
  times.flatMap((atS, place) => everyNode(atS, { type: 'membership-formed', ring: `1.${(0x20 + 4 * place).toString(16)}`, joined: [], left: [] }));

const watchdog = (node: string, refreshedS: number): readonly Also[] => [
  [refreshedS + 15, node, { type: 'lock-lost' }],
  [refreshedS + 51.2, node, { type: 'watchdog-warned' }],
  logged(refreshedS + 51.2, node, 'watchdog-mux', 'client (PID 412) watchdog is about to expire'),
  [refreshedS + 61.1, node, { type: 'watchdog-expired' }],
  logged(refreshedS + 61.1, node, 'watchdog-mux', 'client (PID 412) watchdog expired - disable watchdog updates'),
];

const tens = (fromS: number, toS: number): readonly number[] => Array.from({ length: Math.max(0, Math.floor((toS - fromS) / 10) + 1) }, (_, index) => fromS + 10 * index);

const bond = (mode: BondMode): Scenario['bond'] => ({ mode, xmitHashPolicy: 'layer2', miimonMs: 100 });

const plain = (name: string, summary: string, detector: Scenario['detector'] = 'none'): Partial<Scenario> => ({
  name, summary, bond: bond((name.split('/')[0] ?? '') as BondMode), ports: { kind: 'static' }, detector,
});

const broadcast: Story = { scenario: plain('broadcast', 'Every frame leaves on every NIC.', 'unneeded'), predicted: { class: 'none', darkPeers: [] }, revertS: 90 };

const backupSlave: Story = { scenario: plain('active-backup/backup', 'The NIC that waits falls silent.', 'unneeded'), predicted: { class: 'none', darkPeers: [] }, revertS: 90 };

const fastFast: Story = {
  scenario: { name: '802.3ad/fast-fast', summary: 'LACP with fast timers on both sides.', ports: { kind: 'lacp', rate: 'fast' } },
  revertS: 60,
  dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 5.7 }],
  undelivered: nodes.map((node) => ({ node, fromS: 2.1, toS: 12.4 })),
  also: [
    ...lacp([2.8, 0x3f, 0x8f], [5.6, 0x0f, 0x47], [65, 0x3f, 0x3f]), ...lacpdus,
    ...knet(1.6, false, ['pve1', 'pve3'], ['pve3', 'pve1']), ...knet(8.1, true, ['pve1', 'pve3'], ['pve3', 'pve1']),
    ...everyNode(3.4, { type: 'token-lost', timeoutMs: 3125 }), ...memberships(7.3, 11.8),
    [7.3, 'pve1', { type: 'quorum-changed', quorate: false }], [11.9, 'pve1', { type: 'quorum-changed', quorate: true }],
  ],
};

const slowSlow: Story = {
  scenario: { ...scenario802, summary: 'LACP as it comes: both sides slow.' },
  revertS: 130,
  endS: 165,
  dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 94.2 }],
  undelivered: [{ node: 'pve1', fromS: 2.1, toS: 30.8 }, { node: 'pve1', fromS: 31.4, toS: 81.5 }, { node: 'pve2', fromS: 2.4, toS: 71 }, { node: 'pve3', fromS: 2.2, toS: 84 }],
  resets: [{ node: 'pve2', atS: 69.3, bootS: 3, backS: 104 }],
  refreshS: { pve1: [-8, 31, 81.7, 91.7, 99.9, 109.9, 119.9, 129.9, 139.9, 149.9, 159.9], pve2: [-6, -1.9, ...tens(105, 160)], pve3: [-4, 6.1, 60.2, 84.5, 94.5, 104.5, 114.5, 124.5, 134.5, 144.5, 154.5] },
  also: [
    ...lacp([87.3, 0x3d, 0x8d], [90.3, 0x3d, 0x45], [94.2, 0x0d, 0x45], [148, 0x3d, 0x3d]), ...lacpdus,
    ...[1.6, 14.2, 31.9, 50.3].flatMap((atS) => [...knet(atS, false, ['pve1', 'pve3'], ['pve3', 'pve1']), ...knet(atS + 7.7, true, ['pve3', 'pve1'])]),
    ...knet(98, true, ['pve1', 'pve3']),
    ...everyNode(3.4, { type: 'token-lost', timeoutMs: 3125 }),
    ...memberships(7.3, 10.9, 16.2, 20.1, 24.8, 29.4, 33.3, 37.2, 42.1, 48.5, 53.8, 58.4, 63.2, 78.4, 98.2),
    [7.3, 'pve1', { type: 'quorum-changed', quorate: false }], [98.3, 'pve1', { type: 'quorum-changed', quorate: true }],
    [73.4, 'pve3', { type: 'quorum-changed', quorate: false }], [84.1, 'pve3', { type: 'quorum-changed', quorate: true }],
    ...watchdog('pve2', -1.9), [81.2, 'pve1', { type: 'watchdog-warned' }], [81.7, 'pve1', { type: 'watchdog-saved' }], [57.3, 'pve3', { type: 'watchdog-warned' }], [60.2, 'pve3', { type: 'watchdog-saved' }],
  ],
};

const roundRobin: Story = {
  scenario: plain('balance-rr', 'Frame after frame over the NICs in turn.'),
  predicted: null,
  revertS: 100,
  dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 100, lossOneIn: 2 }, { from: 'pve1', to: 'pve3', fromS: 0, toS: 100, lossOneIn: 2 }],
  undelivered: [{ node: 'pve1', fromS: 6, toS: 25.3 }, { node: 'pve2', fromS: 8, toS: 27.1 }, { node: 'pve3', fromS: 50, toS: 66 }],
  also: [
    ...Array.from({ length: 15 }, (_, n) => [...knet(1 + 6.4 * n, false, ['pve2', 'pve1'], ['pve3', 'pve1']), ...knet(4.1 + 6.4 * n, true, ['pve2', 'pve1'], ['pve3', 'pve1'])]).flat(),
    ...memberships(...Array.from({ length: 14 }, (_, n) => 8 + 6.6 * n)),
    ...Array.from({ length: 7 }, (_, n): readonly Also[] => [[8 + 13 * n, 'pve1', { type: 'quorum-changed', quorate: false }], [14 + 13 * n, 'pve1', { type: 'quorum-changed', quorate: true }]]).flat(),
  ],
};

const isolatedStory: Story = {
  predicted: { class: 'isolated', darkPeers: ['pve2', 'pve3'] },
  revertS: 100,
  dark: ['pve2', 'pve3'].map((to) => ({ from: 'pve1', to, fromS: 0, toS: 100 })),
  undelivered: nodes.slice(1).map((node) => ({ node, fromS: 2.3, toS: 7.4 })),
  also: [
    ...knet(1.5, false, ['pve1', 'pve2'], ['pve1', 'pve3'], ['pve2', 'pve1'], ['pve3', 'pve1']),
    ...everyNode(3.3, { type: 'token-lost', timeoutMs: 3125 }), ...memberships(7.2),
    [7.3, 'pve1', { type: 'quorum-changed', quorate: false }], [101.9, 'pve1', { type: 'quorum-changed', quorate: true }],
  ],
};

const activeSlave: Story = {
  ...isolatedStory,
  scenario: plain('active-backup/active', 'The NIC that carries everything falls silent.'),
  endS: 135,
  resets: [{ node: 'pve1', atS: 66.4, bootS: 3, backS: 112 }],
  refreshS: { pve1: [-4.8, ...tens(113, 130)], pve2: tens(-7, 130), pve3: tens(-3, 130) },
  also: [...isolatedStory.also ?? [], ...watchdog('pve1', -4.8)],
};

const rehearsal: Story = {
  ...isolatedStory,
  scenario: { ...scenario802, name: '802.3ad/slow-slow/rehearse', ha: 'rehearse', summary: 'LACP as it comes; watchdogs only say what they would do.' },
  refreshS: { pve1: [-4.8, 104, 114], pve2: tens(-7, 115), pve3: tens(-3, 115) },
  also: [...isolatedStory.also ?? [], ...watchdog('pve1', -4.8), [66.9, 'pve1', { type: 'reset-rehearsed' }], ...lacp([80.1, 0x3d, 0x8d], [83.1, 0x3d, 0x45])],
};

const xor: Story = { ...isolatedStory, scenario: { ...plain('balance-xor', 'Each peer keeps one NIC, by the hash.'), ha: 'idle' }, refreshS: { pve1: [], pve2: [], pve3: [] } };

const deafProof: Story = { scenario: plain('balance-tlb', 'Each peer keeps one NIC for ten seconds.'), canaryPasses: () => true, revertS: 30 };

const controlNone: Story = {
  scenario: { ...scenario802, name: 'control/none', summary: 'The whole procedure, and no fault.', fault: 'none', detector: 'unneeded' },
  proof: { canary: 'kept', drops: 'still', tx: 'moves' }, predicted: { class: 'none', darkPeers: [] }, revertS: 60, canaryPasses: () => true,
  counters: (atS) => ({ tx: Math.round(2000 + 100 * atS), rx: Math.round(2000 + 100 * atS), drops: 0, carrier: 1 }),
};

const interrupted: Story = { scenario: plain('balance-alb', 'As tlb, and ARP replies besides.'), revertS: 20, also: [[12, 'harness', { type: 'trial-broken', step: 'observe', because: 'SIGINT', interrupted: true }]] };

const stories: readonly (readonly [number, 1 | 2, Story])[] = [
  [1, 1, slowSlow], [2, 1, roundRobin], [3, 1, activeSlave], [4, 1, backupSlave], [5, 1, xor], [6, 1, broadcast], [7, 1, fastFast],
  [8, 1, deafProof], [8, 2, deafProof], [9, 1, rehearsal], [10, 1, controlNone], [11, 1, interrupted],
];

const about: TrialStarted['about'] = { bondproof: '0.1.0', 'kernel of the nodes': '7.2.0 (User Mode Linux)', corosync: '3.1.9', iproute2: '6.15.0', host: '2 cores, 23 GB' };

const simulated: TrialStarted['simulated'] = [
  'Nodes and switch are User Mode Linux machines on one host; cables are pairs of UDP ports.',
  'The switch is a Linux bridge with bonds: it clears the LACP sync bit later than many vendors do.',
  "HA is a stand-in with the times of Proxmox VE's own; the kernel's softdog resets the nodes.",
];

export const goldenTrials: readonly GoldenTrial[] = stories.map(([number, attempt, story]) => ({
  folder: `trials/${String(number).padStart(2, '0')}-${(story.scenario?.name ?? '').replaceAll('/', '-')}${attempt === 2 ? '-again' : ''}`,
  events: recordOf({ ...story, trial: { number, attempt, planned: 11, about, simulated } }),
}));

export const goldenRun: RunResult = judgeRun(goldenTrials);
