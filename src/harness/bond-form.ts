// Whether a node's bond has become what the scenario wants: an option that did not take effect would make the trial one of another scenario.

import { targetsOf } from '../model/bond-hooks.ts';
import type { NodeSurvey } from '../model/event.ts';
import type { Lab, Node } from '../model/lab.ts';
import type { BondConfig } from '../model/scenario.ts';
import { peersOf } from './configuration.ts';

/** Null, or what the node has and what the scenario wants. */
export const bondWrong = (lab: Lab, node: Node, { bond }: NodeSurvey, config: BondConfig): string | null => {
  const wrong = wantedOf(lab, node, config).find(({ what, wanted }) => foundOf(bond)[what] !== wanted);
  return wrong === undefined ? null : `${node.name} has a bond of ${wrong.what} ${foundOf(bond)[wrong.what] ?? 'unknown'}, the scenario wants ${wrong.wanted}`;
};

const foundOf = ({ mode, xmitHashPolicy, lacpRate, options }: NodeSurvey['bond']) => ({
  'mode': mode, 'xmit_hash_policy': xmitHashPolicy, 'lacp_rate': lacpRate,
  'miimon': shown(options?.miimonMs), 'arp_interval': shown(options?.arpIntervalMs), 'arp_validate': options?.arpValidate ?? 'none', 'arp_ip_target': (options?.arpTargets ?? []).toSorted().join(' '),
  'min_links': shown(options?.minLinks), 'coupled_control': options?.coupledControl ?? null, 'tlb_dynamic_lb': shown(options?.tlbDynamicLb),
}) as const;

/** Null, or the first peer whose entry would age, or is of another MAC. */
export const neighboursWrong = (lab: Lab, surveys: ReadonlyMap<string, NodeSurvey>): string | null => {
  for (const node of lab.nodes) {
    for (const peer of peersOf(lab, node)) {
      const wanted = surveys.get(peer.name)?.bond.mac;
      const found = surveys.get(node.name)?.permanentNeighbours?.find(({ address }) => address === peer.address)?.mac;
      if (found !== wanted || found === undefined) return `${node.name} has ${found ?? 'no permanent neighbour'} for ${peer.name}, the scenario wants ${wanted ?? 'its MAC, which is unknown'}`;
    }
  }
  return null;
};

type What = keyof ReturnType<typeof foundOf>;

const shown = (value: number | null | undefined): string | null => (value === null || value === undefined ? null : String(value));

/** What a scenario says, and nothing that it leaves to the node. */
const wantedOf = (lab: Lab, node: Node, { mode, xmitHashPolicy, lacpRate, miimonMs, options = {} }: BondConfig): readonly { readonly what: What; readonly wanted: string }[] => {
  const { arpMonitor, minLinks, coupledControl, tlbDynamicLb } = options;
  const is = (what: What, wanted: string): readonly { readonly what: What; readonly wanted: string }[] => [{ what, wanted }];
  return [
    ...is('mode', mode), ...is('miimon', String(miimonMs)),
    ...mode === '802.3ad' || mode === 'balance-xor' ? is('xmit_hash_policy', xmitHashPolicy) : [],
    ...mode === '802.3ad' ? is('lacp_rate', lacpRate ?? 'slow') : [],
    ...arpMonitor === undefined ? [] : [
      ...is('arp_interval', String(arpMonitor.intervalMs)), ...is('arp_validate', arpMonitor.validate), ...is('arp_ip_target', targetsOf(peersOf(lab, node).map(({ address }) => address)).toSorted().join(' ')),
    ],
    ...minLinks === undefined ? [] : is('min_links', String(minLinks)),
    ...coupledControl === undefined ? [] : is('coupled_control', coupledControl),
    ...tlbDynamicLb === undefined ? [] : is('tlb_dynamic_lb', String(tlbDynamicLb)),
  ];
};
