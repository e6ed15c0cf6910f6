// What must hold before a trial may touch a lab. Only looks; each check says what it found.

import { ourHandle } from '../faults/netem.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { type Lab, type Node, type NodeId } from '../model/lab.ts';
import { dayOf, markerPath } from '../model/marker.ts';
import { formOf, injectors, type Injector } from '../model/scenario.ts';
import type { Dialect } from '../switches/dialect.ts';
import { all } from './bench.ts';
import { bondObstacle, dialectOf, portGroups } from './configuration.ts';
import type { Devices } from './devices.ts';
import { guestsWrong, guestTag } from './guests.ts';
import { leaseFitness, leaseObstacle, rightForLease } from './lease-fitness.ts';
import { hasNic, managementPath } from './management-path.ts';
import { machineTwice, markerWords, markerWrong } from './marker.ts';
import { addressesInUse, clusterWrong, membersWrong } from './membership.ts';
import { neededTools, type Survey, surveyOf } from './survey.ts';

export interface Check {
  readonly device: string;
  readonly what: string;
  readonly held: boolean;
  readonly found: string;
  readonly right: string;
  /** Better than the general advice. */
  readonly todo?: string;
}

export interface Preflight { readonly checks: readonly Check[]; readonly surveys: ReadonlyMap<NodeId, Survey> }

/** Devices that answer questions, over the nodes' networks or past them. */
export type Questioned = Pick<Devices, 'ask'> & Partial<Pick<Devices, 'pastNetworks'>>;

/** With an injector, whether each of the victims can have its faults made by it. `today` is a day of this machine's calendar, as YYYY-MM-DD. */
export const preflight = async (lab: Lab, devices: Questioned, injector: Injector | null = null, { today = dayOf(new Date()), victims = [lab.victim] }: { readonly today?: string; readonly victims?: readonly NodeId[] } = {}): Promise<Preflight> => {
  const dialect = dialectOf(lab);
  const [switchLooks, looks] = await Promise.all([
    dialect === null ? [passiveCheck(lab)] : switchChecks(lab, dialect, devices),
    all(lab.nodes.map(async (node) => [node, await devices.ask(node.name, surveyOf(node))] as const)),
  ]);
  const surveys = new Map(looks.map(([node, survey]) => [node.name, survey]));
  const silencing = injector === null ? [] : await all(victims.map(async (victim) => silencingCheck(injector, victim, await injectorObstacle(injector, victim, { lab, devices, surveys }))));
  const checks: Check[] = [
    ...switchLooks,
    ...lab.nodes.flatMap((node) => nodeChecks(lab, node, surveys, { today, pastNetworks: devices.pastNetworks ?? false })),
    ...silencing,
  ];
  return { checks, surveys };
};

const silencingCheck = (injector: Injector, device: NodeId, obstacle: string | null): Check =>
  ({ device, what: injector, held: obstacle === null, found: obstacle ?? 'can silence its NIC', right: rightFor[injector], todo: otherwise(injector) });

const passiveCheck = ({ switch: { name, ports } }: Lab): Check =>
  ({ device: name, what: 'passive', held: true, found: `not asked; its ports are ${ports === undefined ? 'unknown' : formOf(ports)} by the lab file`, right: '' });

const switchChecks = async (lab: Lab, dialect: Dialect, devices: Questioned): Promise<readonly Check[]> => {
  const { name } = lab.switch;
  const [version, ports] = await Promise.all([devices.ask(name, dialect.version), devices.ask(name, dialect.health(portGroups(lab)))]);
  const down = ports.filter(({ up }) => !up).map(({ port }) => port);
  return [
    { device: name, what: 'answers', held: true, found: `${dialect.name}, ${version}`, right: '' },
    { device: name, what: 'ports', held: down.length === 0, found: down.length === 0 ? 'all up' : `${down.join(', ')} down`, right: 'every port of the lab file up' },
  ];
};

/** What must hold of one node. The others' surveys tell whether it is one of them under a second name. */
export const nodeChecks = (lab: Lab, node: Node, surveys: ReadonlyMap<NodeId, Survey>, { today, pastNetworks = false }: { readonly today: string; readonly pastNetworks?: boolean }): readonly Check[] => {
  const survey = surveys.get(node.name);
  if (!survey) throw new Error(`${node.name} was not looked at`);
  const check = (what: string, wrong: string | null, { found, right }: { readonly found: string; readonly right: string }): Check =>
    ({ device: node.name, what, held: wrong === null, found: wrong ?? found, right });
  const missing = neededTools.filter((tool) => !survey.tools.includes(tool));
  const name = survey.hostname.split('.')[0] ?? '';
  return [
    check('name', name === node.name ? null : name, { found: name, right: `${node.name}, as the lab file has it` }),
    check('cluster', clusterWrong(lab, node, survey), { found: lab.cluster, right: `corosync.conf of cluster ${lab.cluster} with ${node.name} as node ${node.id} at ${node.address}` }),
    check('members', membersWrong(lab, survey), { found: lab.nodes.map(({ name: each }) => each).join(', '), right: 'the nodes of the lab file in corosync.conf, and nobody else' }),
    check('marker', markerWrong(lab, survey, today), {
      found: markerWords(survey), right: `${markerPath} of root alone, for lab ${lab.name}, cluster ${lab.cluster} and this machine, and not ended; \`bondproof marker\` says how to place it`,
    }),
    check('machine', machineTwice(node.name, surveys), { found: `machine-id ${survey.machineId}`, right: 'another machine behind each name' }),
    check('guests', guestsWrong(survey), { found: survey.guests === null || survey.guests.length === 0 ? 'none' : `${survey.guests.length}, all the lab’s`, right: `no guest without the tag ${guestTag}: the node may be reset` }),
    check('tools', missing.length === 0 ? null : `lacks ${missing.join(', ')}`, { found: 'all there', right: 'the programs and kernel modules a trial needs' }),
    check('bond', bondObstacle(node, survey), { found: `${node.bond} over ${node.slaves.join(', ')}`, right: 'the bond of the lab file in /etc/network/interfaces' }),
    check('management', pastNetworks ? null : managementWrong(node, survey), { found: pastNetworks ? 'the console, no network' : survey.wayBack.devices.join(', '), right: 'a management address that does not use the bond' }),
    check('qdisc', qdiscWrong(node, survey), { found: 'none of anybody', right: 'no root qdisc but the kernel’s own on the bond’s NICs, of the kind that it gives today' }),
    check('quorum', survey.quorate ? null : 'not quorate', { found: `quorate, ${survey.members} members`, right: 'a quorate node' }),
  ];
};

const rightFor: Readonly<Record<Injector, string>> = { netem: 'a kernel with the module sch_netem', lease: rightForLease, cable: 'a virtual lab whose file says `cables: relayed`' };

const otherwise = (injector: Injector): string => `use --injector ${injectors.find((other) => other !== injector)!}`;

/** Null, or why the victim's NIC cannot be silenced so. */
export const injectorObstacle = async (injector: Injector, victim: NodeId, { lab, devices, surveys }: { readonly lab: Pick<Lab, 'virtual'>; readonly devices: Pick<Devices, 'ask'>; readonly surveys: ReadonlyMap<NodeId, Survey> }): Promise<string | null> =>
  injector === 'lease' ? leaseObstacle(await devices.ask(victim, leaseFitness))
    : injector === 'cable' ? lab.virtual?.cables === 'relayed' ? null : 'nothing of bondproof’s passes on what its cables carry'
    : surveys.get(victim)?.tools.includes('sch_netem') === true ? null : 'this kernel has no sch_netem';

/** Unknown is not safe. */
const managementWrong = (node: Node, survey: Survey): string | null => {
  const { wayBack, links } = survey;
  const path = managementPath(links, wayBack.devices);
  const shared = [node.bond, ...node.slaves].filter((name) => path.devices.has(name));
  if (shared.length > 0) return `${shared.join(', ')} carr${shared.length === 1 ? 'ies' : 'y'} the management connection`;
  if (wayBack.local !== null && addressesInUse(node, survey).includes(wayBack.local)) return `the management connection leads to ${wayBack.local}, which corosync uses`;
  const ended = wayBack.leaving.filter((name) => !hasNic(links, managementPath(links, [name]).devices));
  const unknown = [...wayBack.unknown, ...path.unknown, ...ended.map((name) => `no NIC is below ${name}`)];
  return unknown.length === 0 ? null : `it could not be seen: ${unknown.join('; ')}`;
};

const qdiscWrong = (node: Node, { qdiscs, defaultQdisc, links }: Survey): string | null => {
  if (qdiscs === null) return 'they cannot be seen';
  const own = qdiscs.filter(({ dev }) => node.slaves.includes(dev));
  // The kernel's own root qdiscs have handle 0: (net/sched/sch_generic.c, attach_default_qdiscs).
  const foreign = own.filter(({ root, handle }) => root === true && handle !== '0:')
    .map(({ dev, kind, handle }) => `${dev} has ${kind} ${handle}${handle === ourHandle ? ', which bondproof left (see `bondproof recover`)' : ''}`);
  // A NIC keeps what was the default when it came up; without ours it gets what is the default now.
  const outdated = own.filter(({ kind, handle }) => handle === '0:' && defaultQdisc !== null && ![defaultQdisc, 'mq', 'noqueue'].includes(kind))
    .map(({ dev, kind }) => `${dev} has ${kind}, which would come back as ${defaultQdisc ?? ''} (net.core.default_qdisc)`);
  // A device that is no NIC of hardware loses a length of 0 with its first qdisc (net/sched/sch_api.c, qdisc_create).
  const unqueued = links.filter(({ ifname, linkinfo, txqlen = 0 }) => node.slaves.includes(ifname) && linkinfo?.info_kind !== undefined && txqlen === 0)
    .map(({ ifname }) => `${ifname} has a txqueuelen of 0, which would come back as 1000`);
  const wrong = [...foreign, ...new Set(outdated), ...unqueued];
  return wrong.length === 0 ? null : wrong.join(', ');
};

/** What an earlier run may have left wrong, and is mended before the rest is looked at. */
const mendable = ['bond', 'qdisc', 'quorum', 'ports'];

/** Throws a Problem unless the devices are those of the lab and may be touched: before that, not even a file may be written on them. */
export const requireOurs = async (lab: Lab, devices: Questioned): Promise<void> => {
  const { checks } = await preflight(lab, devices);
  requireAll(lab, checks.filter(({ what }) => !mendable.includes(what)));
};

/** Throws one Problem with everything that does not hold. */
export const requireAll = (lab: Lab, checks: readonly Check[]): void => {
  const wrong = checks.filter(({ held }) => !held);
  if (wrong.length === 0) return;
  throw new Problem({
    asked: `preflight of lab ${lab.name}`,
    found: wrong.map(({ device, what, found }) => `${device} ${what}: ${found}`).join('; '),
    right: [...new Set(wrong.map(({ right }) => right))].join('; '),
    todo: [...new Set(wrong.flatMap(({ todo }) => todo ?? [])), 'mend it, then look with `bondproof check`; nothing was changed'].join(', or '),
    exitCode: exitCodes.device,
  });
};
