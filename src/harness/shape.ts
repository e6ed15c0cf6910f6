// Whether a lab has the shape that a scenario is for, as far as only its nodes can tell: corosync's token, and what layer2 makes of the addresses.

import { versionOf } from '../model/address.ts';
import type { NodeSurvey } from '../model/event.ts';
import { findNode, secondLinks, type AddressOn, type IpVersion, type Lab, type LinkMode, type Node, type NodeId, type SecondLink, type WayToQDevice } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { predictSilence } from './prediction.ts';

/** Null, or what the lab has and what the scenario wants. */
export const shapeWrong = (lab: Lab, surveys: ReadonlyMap<NodeId, NodeSurvey>, scenario: Scenario): string | null => {
  for (const { name } of lab.nodes) {
    const survey = surveys.get(name)!;
    const node = findNode(lab, name);
    const { tokenCoefficientMs, linkMode, secondLink, addressOn, ipVersion, qdevice } = scenario.lab ?? {};
    const wrong = tokenWrong(lab, survey, tokenCoefficientMs) ?? linkModeWrong(survey, linkMode) ?? secondLinkWrong(lab, node, survey, secondLink) ?? addressWrong(node, survey, addressOn) ?? versionWrong(node, ipVersion) ?? qdeviceWrong(lab, survey, qdevice);
    if (wrong !== null) return `${name} has ${wrong}`;
  }
  return classWrong(lab, surveys, scenario);
};

/** What corosync goes by is compared, not its file alone: T = token + (N - 2) * token_coefficient (corosync.conf(5), token_coefficient). */
const tokenWrong = ({ nodes }: Lab, { totem }: NodeSurvey, wantedMs: number | undefined): string | null => {
  if (wantedMs === undefined) return null;
  if (totem?.tokenCoefficientMs === undefined || totem.twoNodesTokenMs === undefined) return `an unknown token_coefficient, the scenario wants ${wantedMs}`;
  if (totem.tokenCoefficientMs !== wantedMs) return `token_coefficient ${totem.tokenCoefficientMs}, the scenario wants ${wantedMs}`;
  const tokenMs = totem.twoNodesTokenMs + (nodes.length - 2) * wantedMs;
  return totem.tokenMs === tokenMs ? null : `a token of ${totem.tokenMs} ms in use, where ${nodes.length} nodes and token_coefficient ${wantedMs} make ${tokenMs}`;
};

const linkModeWrong = ({ totem }: NodeSurvey, wanted: LinkMode | undefined): string | null => {
  if (wanted === undefined) return null;
  const found = totem === null ? 'unknown' : totem.linkMode ?? 'passive';
  return found === wanted ? null : `link_mode ${found}, the scenario wants ${wanted}`;
};

const secondLinkWrong = ({ nodes }: Lab, { bond, slaves }: Node, { corosyncLinks = [] }: NodeSurvey, wanted: SecondLink | undefined): string | null => {
  if (wanted === undefined) return null;
  const silent = [0, 1].find((number) => corosyncLinks.find(({ id }) => id === number)?.connected !== nodes.length - 1);
  if (silent !== undefined) return `no link ${silent} of corosync that is connected to all others`;
  // A VLAN of the bond, or a bridge over it, shares its fate.
  const [first, second] = [0, 1].map((number) => {
    const { device, below } = corosyncLinks.find(({ id }) => id === number)!;
    const lies = device === null || slaves.includes(device) ? null : device === bond || below === bond ? 'on-bond' : 'on-nic';
    return { device: device ?? 'no device that is known', lies } as const;
  }) as [LinkSeen, LinkSeen];
  const found = secondLinks.find((each) => liesOf[each][0] === first.lies && liesOf[each][1] === second.lies);
  return found === wanted ? null : `link 0 of corosync on ${first.device} and link 1 on ${second.device}, the scenario wants ${wanted}`;
};

interface LinkSeen { readonly device: string; readonly lies: 'on-bond' | 'on-nic' | null }

/** Of link 0 and link 1. */
const liesOf: Readonly<Record<SecondLink, readonly [LinkSeen['lies'], LinkSeen['lies']]>> = {
  'own-nic': ['on-bond', 'on-nic'], 'same-bond': ['on-bond', 'on-bond'], 'own-nic-first': ['on-nic', 'on-bond'],
};

const addressWrong = ({ address }: Node, { addressOn }: NodeSurvey, wanted: AddressOn | undefined): string | null => {
  const found = addressOn?.kind ?? 'bond';
  const where = addressOn === undefined ? 'the bond itself' : `${addressOn.device}, a ${found}`;
  return wanted === undefined || found === wanted ? null : `${address} on ${where}, the scenario wants it on a ${wanted}`;
};

const versionWrong = ({ address }: Node, wanted: IpVersion | undefined): string | null =>
  (wanted === undefined || versionOf(address) === wanted ? null : `${address}, the scenario wants ${wanted === 'ipv6' ? 'IPv6' : 'IPv4'}`);

/** By which NIC a node sends to the QDevice's host is known where bondproof made that. */
const qdeviceWrong = ({ qdevice: made }: Lab, { qdevice }: NodeSurvey, wanted: WayToQDevice | undefined): string | null => {
  if (wanted === undefined) return null;
  if (qdevice !== 'votes') return `${qdevice === undefined ? 'no QDevice' : 'a QDevice that does not vote'}, the scenario wants one`;
  return made === wanted ? null : `a QDevice, ${made ?? 'and nobody can tell whether the victim is cut off from its host'}, the scenario wants it ${wanted}`;
};

/** Under other policies the class says what the addresses were chosen for, not what comes of them. */
const classWrong = (lab: Lab, surveys: ReadonlyMap<NodeId, NodeSurvey>, { bond, lab: shape }: Scenario): string | null => {
  if (shape?.class === undefined || bond.xmitHashPolicy !== 'layer2' || bond.mode !== 'balance-xor' && bond.mode !== '802.3ad') return null;
  const predicted = predictSilence(lab, { bond }, surveys, { node: lab.victim, nic: findNode(lab, lab.victim).slaves[0]! });
  return predicted?.class === shape.class ? null : `class ${predicted?.class ?? 'unknown'} is what layer2 makes of the addresses, the scenario wants ${shape.class}`;
};

/** Throws a Problem where a lab that is there is not what one of the scenarios is for. */
export const requireShapes = (lab: Lab, surveys: ReadonlyMap<NodeId, NodeSurvey>, scenarios: readonly Scenario[]): void => {
  for (const scenario of scenarios) {
    const wrong = shapeWrong(lab, surveys, scenario);
    if (wrong !== null) throw new Problem({ asked: `run ${scenario.name} on lab ${lab.name}`, found: wrong, right: 'a lab of the shape that the scenario is for', todo: 'leave the scenario out: bondproof changes no cluster', exitCode: exitCodes.device });
  }
};
