// What the transmit hash will do to a victim's peers, from what the nodes said of themselves.

import { findFault } from '../faults/index.ts';
import type { NodeSurvey } from '../model/event.ts';
import { predict, type Prediction } from '../model/hash.ts';
import { findNode, type Lab, type Link, type NodeId } from '../model/lab.ts';
import type { Injector, Scenario } from '../model/scenario.ts';
import { dialectOf, portGroups } from './configuration.ts';

interface Trial { readonly lab: Lab; readonly scenario: Scenario; readonly injector: Injector }

/** Of the fault on its node's slave at the end of `link`; null where nothing is fixed. */
export const predictClass = ({ lab, scenario, injector }: Trial, surveys: ReadonlyMap<NodeId, NodeSurvey>, { node, nic, port }: Pick<Link, 'node' | 'nic' | 'port'>): Prediction | null => {
  const { canary, carrier, rx } = findFault(scenario.fault).proof(injector);
  // A bond that loses carrier deals its peers anew; of what is not silenced nothing is fixed.
  if (carrier === 0 || canary === null) return null;
  if (rx !== undefined) {
    // Whom the victim does not hear the switch decides; by a table of addresses, where it does not aggregate ports. These hashes are the same both ways.
    const policy = dialectOf(lab)?.hashPolicy;
    if (policy === undefined || scenario.ports.kind === 'plain' || scenario.ports.kind === 'lacp' && scenario.ports.switches !== undefined) return null;
    return predict({ mode: 'balance-xor', policy, ...endsOf(lab, surveys, node), slaves: portGroups(lab).find(({ name }) => name === node)!.ports, hit: port, active: null });
  }
  // Nothing is lost where nothing is silenced.
  if (canary === 'kept') return { class: 'none', darkPeers: [] };
  // Where LACPDUs alone are lost, the switch closes its port some seconds before the victim hears of it, and data goes there until then.
  return predictSilence(lab, scenario, surveys, { node, nic });
};

export const predictSilence = (lab: Lab, { bond: { mode, options, xmitHashPolicy } }: Pick<Scenario, 'bond'>, surveys: ReadonlyMap<NodeId, NodeSurvey>, { node, nic: hit }: Pick<Link, 'node' | 'nic'>): Prediction | null => {
  const { bond: { slaves: seen, activeSlave, inUse }, kernel, addressOn } = surveys.get(node)!;
  // Over two switches a bond has two aggregators, and sends by one.
  if (inUse?.includes(hit) === false) return { class: 'none', darkPeers: [] };
  return predict({
    // With tlb_dynamic_lb 0 balance-tlb takes the slave that the hash says (drivers/net/bonding/bond_alb.c, bond_tlb_xmit_slave_get), as balance-xor does.
    mode: options?.tlbDynamicLb === 0 ? 'balance-xor' : mode,
    // A bond that is to be made anew may have no slaves as yet.
    policy: xmitHashPolicy, ...endsOf(lab, surveys, node), slaves: inUse !== undefined ? inUse : seen.length > 0 ? seen.map(({ nic }) => nic) : findNode(lab, node).slaves, hit, active: activeSlave, kernel, ...addressOn?.vlan && { vlan: addressOn.vlan },
  });
};

const endsOf = (lab: Lab, surveys: ReadonlyMap<NodeId, NodeSurvey>, victim: NodeId) => {
  // A bridge sends by a MAC of its own, which as a rule is the bond's (ifupdown2, addons/bridge.py, _up_bridge_mac).
  const station = (name: string): { mac: string; address: string; name: string } => ({ name, mac: macOf(surveys.get(name)!), address: findNode(lab, name).address });
  return { victim: station(victim), peers: lab.nodes.filter(({ name }) => name !== victim).map(({ name }) => station(name)) };
};

const macOf = ({ addressOn, bond }: NodeSurvey): string => addressOn?.mac ?? bond.mac;
