import test from 'ava';

import { bondWrong, neighboursWrong } from '../../src/harness/bond-form.ts';
import type { NodeSurvey } from '../../src/model/event.ts';
import type { BondConfig, BondOptions } from '../../src/model/scenario.ts';
import { paperLab } from './paper-lab.ts';
import { surveysOf } from './paper-survey.ts';

type Options = NonNullable<NodeSurvey['bond']['options']>;

const pve1 = paperLab.nodes[0]!;
const kernels: Options = { miimonMs: 100, arpIntervalMs: 0, arpValidate: null, arpTargets: [], minLinks: 0, coupledControl: 'on', tlbDynamicLb: 1 };
const lacp: BondConfig = { mode: '802.3ad', lacpRate: 'fast', xmitHashPolicy: 'layer2', miimonMs: 100 };
const arp: BondConfig = { mode: 'active-backup', xmitHashPolicy: 'layer2', miimonMs: 0, options: { arpMonitor: { intervalMs: 100, targets: 'peers', validate: 'active' } } };
const monitored: Options = { ...kernels, miimonMs: 0, arpIntervalMs: 100, arpValidate: 'active', arpTargets: ['10.10.10.3', '10.10.10.2'] };

const found = (bond: Partial<NodeSurvey['bond']>): NodeSurvey => {
  const { node } = surveysOf(paperLab).get('pve1')!;
  return { ...node, bond: { ...node.bond, xmitHashPolicy: 'layer2', options: kernels, ...bond } };
};
const lacpFound = (options: Partial<Options>, more: Partial<NodeSurvey['bond']> = {}): NodeSurvey => found({ mode: '802.3ad', lacpRate: 'fast', options: { ...kernels, ...options }, ...more });
const withOptions = (options: BondOptions): BondConfig => ({ ...lacp, options });

const cases: readonly (readonly [what: string, survey: NodeSurvey, config: BondConfig, wrong: string | null])[] = [
  ['a bond as it is wanted', lacpFound({}), lacp, null],
  ['another mode', found({ mode: 'none' }), lacp, 'pve1 has a bond of mode none, the scenario wants 802.3ad'],
  ['another rate', lacpFound({}, { lacpRate: 'slow' }), lacp, 'pve1 has a bond of lacp_rate slow, the scenario wants fast'],
  ['another hash', lacpFound({}, { xmitHashPolicy: 'layer3+4' }), lacp, 'pve1 has a bond of xmit_hash_policy layer3+4, the scenario wants layer2'],
  ['a bond that does not look for carrier', lacpFound({ miimonMs: 0 }), lacp, 'pve1 has a bond of miimon 0, the scenario wants 100'],
  ['what the scenario leaves to the node', lacpFound({ minLinks: 1 }), lacp, null],
  ['an option that took effect', lacpFound({ coupledControl: 'off' }), withOptions({ coupledControl: 'off' }), null],
  ['an option that did not', lacpFound({}), withOptions({ coupledControl: 'off' }), 'pve1 has a bond of coupled_control on, the scenario wants off'],
  ['an option that the kernel does not have', lacpFound({ coupledControl: null }), withOptions({ coupledControl: 'off' }), 'pve1 has a bond of coupled_control unknown, the scenario wants off'],
  ['links that are not wanted', lacpFound({}), withOptions({ minLinks: 2 }), 'pve1 has a bond of min_links 0, the scenario wants 2'],
  ['an ARP monitor', found({ mode: 'active-backup', options: monitored }), arp, null],
  ['one that does not validate', found({ mode: 'active-backup', options: { ...monitored, arpValidate: null } }), arp, 'pve1 has a bond of arp_validate none, the scenario wants active'],
  ['one that asks not all', found({ mode: 'active-backup', options: { ...monitored, arpTargets: ['10.10.10.2'] } }), arp, 'pve1 has a bond of arp_ip_target 10.10.10.2, the scenario wants 10.10.10.2 10.10.10.3'],
  ['peers that are dealt by load', found({ mode: 'balance-tlb' }), { mode: 'balance-tlb', xmitHashPolicy: 'layer2', miimonMs: 100, options: { tlbDynamicLb: 0 } }, 'pve1 has a bond of tlb_dynamic_lb 1, the scenario wants 0'],
  ['nothing that was seen', found({ mode: '802.3ad', lacpRate: 'fast', options: { ...kernels, miimonMs: null } }), lacp, 'pve1 has a bond of miimon unknown, the scenario wants 100'],
];

for (const [what, survey, config, wrong] of cases) test(`${what} ${wrong === null ? 'will do' : 'is told'}`, (t) => t.is(bondWrong(paperLab, pve1, survey, config), wrong));

const macOf = (id: number): string => `02:62:70:00:01:${id}0`;
const neighboursOf = (id: number): NodeSurvey['permanentNeighbours'] => [1, 2, 3].filter((peer) => peer !== id).map((peer) => ({ address: `10.10.10.${peer}`, mac: macOf(peer) }));
const surveys = (change: Readonly<Record<number, NodeSurvey['permanentNeighbours']>> = {}): ReadonlyMap<string, NodeSurvey> => new Map([1, 2, 3].map((id) => {
  const { permanentNeighbours = neighboursOf(id) ?? [], ...node } = { ...found({ mac: macOf(id) }), permanentNeighbours: change[id] };
  return [`pve${id}`, { ...node, permanentNeighbours }];
}));

test('neighbours that do not age are entries for every peer, with its MAC', (t) => {
  t.is(neighboursWrong(paperLab, surveys()), null);
  t.is(neighboursWrong(paperLab, surveys({ 2: [] })), 'pve2 has no permanent neighbour for pve1, the scenario wants 02:62:70:00:01:10');
  t.is(neighboursWrong(paperLab, surveys({ 3: [{ address: '10.10.10.1', mac: macOf(1) }, { address: '10.10.10.2', mac: macOf(1) }] })), 'pve3 has 02:62:70:00:01:10 for pve2, the scenario wants 02:62:70:00:01:20');
});
