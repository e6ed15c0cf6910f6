// What the transmit hash will do to the victim's peers, from what the nodes said of themselves.

import { findFault } from '../faults/index.ts';
import type { NodeSurvey } from '../model/event.ts';
import { predict, type Prediction } from '../model/hash.ts';
import { findNode, type Lab, type NodeId } from '../model/lab.ts';
import type { Injector, Scenario } from '../model/scenario.ts';

interface Trial { readonly lab: Lab; readonly scenario: Scenario; readonly injector: Injector }

/** Of the fault on the victim's slave `hit`; null where nothing is fixed. */
export const predictClass = ({ lab, scenario, injector }: Trial, surveys: ReadonlyMap<NodeId, NodeSurvey>, hit: string): Prediction | null => {
  const { canary, carrier } = findFault(scenario.fault).proof(injector);
  // Nothing is lost where nothing is silenced; and a bond that loses carrier deals its peers anew.
  if (canary === 'kept') return { class: 'none', darkPeers: [] };
  if (carrier === 0) return null;
  return predictSilence(lab, scenario, surveys, hit);
};

export const predictSilence = (lab: Lab, { bond: { mode, options, xmitHashPolicy } }: Pick<Scenario, 'bond'>, surveys: ReadonlyMap<NodeId, NodeSurvey>, hit: string): Prediction | null => {
  const station = (name: string): { mac: string; address: string; name: string } => ({ name, mac: surveys.get(name)!.bond.mac, address: findNode(lab, name).address });
  // A bond that is to be made anew may have none as yet.
  const seen = surveys.get(lab.victim)!.bond.slaves.map(({ nic }) => nic);
  const slaves = seen.length > 0 ? seen : findNode(lab, lab.victim).slaves;
  return predict({
    // With tlb_dynamic_lb 0 balance-tlb takes the slave that the hash says (drivers/net/bonding/bond_alb.c, bond_tlb_xmit_slave_get), as balance-xor does.
    mode: options?.tlbDynamicLb === 0 ? 'balance-xor' : mode,
    policy: xmitHashPolicy, victim: station(lab.victim), slaves, hit, active: surveys.get(lab.victim)!.bond.activeSlave, kernel: surveys.get(lab.victim)!.kernel,
    peers: lab.nodes.filter(({ name }) => name !== lab.victim).map(({ name }) => station(name)),
  });
};
