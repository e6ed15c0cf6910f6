// What must hold before a trial may touch a lab. Only looks; each check says what it found.

import { ourHandle } from '../faults/netem.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Lab, Node } from '../model/lab.ts';
import { all } from './bench.ts';
import { bondObstacle, dialectOf, portGroups } from './configuration.ts';
import type { Devices } from './devices.ts';
import { managementPath } from './management-path.ts';
import { neededTools, type Survey, surveyOf } from './survey.ts';

export interface Check {
  readonly device: string;
  readonly what: string;
  readonly held: boolean;
  readonly found: string;
  readonly right: string;
}

export interface Preflight { readonly checks: readonly Check[]; readonly surveys: ReadonlyMap<string, Survey> }

export const preflight = async (lab: Lab, devices: Devices): Promise<Preflight> => {
  const dialect = dialectOf(lab);
  const [version, ports, looks] = await Promise.all([
    devices.ask(lab.switch.name, dialect.version),
    devices.ask(lab.switch.name, dialect.health(portGroups(lab))),
    all(lab.nodes.map(async (node) => [node, await devices.ask(node.name, surveyOf(node.bond))] as const)),
  ]);
  const down = ports.filter(({ up }) => !up).map(({ port }) => port);
  const checks: Check[] = [
    { device: lab.switch.name, what: 'answers', held: true, found: `${dialect.name}, ${version}`, right: '' },
    { device: lab.switch.name, what: 'ports', held: down.length === 0, found: down.length === 0 ? 'all up' : `${down.join(', ')} down`, right: 'every port of the lab file up' },
    ...looks.flatMap(([node, survey]) => nodeChecks(lab, node, survey)),
  ];
  return { checks, surveys: new Map(looks.map(([node, survey]) => [node.name, survey])) };
};

export const nodeChecks = (lab: Lab, node: Node, survey: Survey): readonly Check[] => {
  const check = (what: string, wrong: string | null, { found, right }: { readonly found: string; readonly right: string }): Check =>
    ({ device: node.name, what, held: wrong === null, found: wrong ?? found, right });
  const missing = neededTools.filter((tool) => !survey.tools.includes(tool));
  const name = survey.hostname.split('.')[0] ?? '';
  return [
    check('name', name === node.name ? null : name, { found: name, right: `${node.name}, as the lab file has it` }),
    check('cluster', clusterWrong(lab, node, survey), { found: lab.cluster, right: `corosync.conf of cluster ${lab.cluster} with ${node.name} as node ${node.id} at ${node.address}` }),
    check('tools', missing.length === 0 ? null : `lacks ${missing.join(', ')}`, { found: 'all there', right: 'the programs and kernel modules a trial needs' }),
    check('bond', bondObstacle(node, survey), { found: `${node.bond} over ${node.slaves.join(', ')}`, right: 'the bond of the lab file in /etc/network/interfaces' }),
    check('management', managementWrong(node, survey), { found: survey.managementDevice ?? '', right: 'a management address that does not use the bond' }),
    check('qdisc', qdiscWrong(node, survey), { found: 'none of anybody', right: 'no root qdisc but the kernel’s own on the bond’s NICs' }),
    check('quorum', survey.quorate ? null : 'not quorate', { found: `quorate, ${survey.members} members`, right: 'a quorate node' }),
  ];
};

const clusterWrong = (lab: Lab, node: Node, { corosyncConf }: Survey): string | null => {
  const cluster = /^\s*cluster_name:\s*(\S+)/m.exec(corosyncConf)?.[1];
  if (cluster !== lab.cluster) return `cluster ${cluster ?? 'unknown'}`;
  const entries = corosyncConf.split(/\bnode\s*\{/).slice(1).map((text) => text.slice(0, text.indexOf('}')));
  const entry = entries.find((text) => new RegExp(`^\\s*nodeid:\\s*${node.id}\\s*$`, 'm').test(text));
  if (!entry) return `no node ${node.id}`;
  const [name, address] = ['name', 'ring0_addr'].map((key) => new RegExp(`^\\s*${key}:\\s*(\\S+)`, 'm').exec(entry)?.[1]);
  if (name !== node.name) return `node ${node.id} is ${name ?? 'nameless'}`;
  // Where there is a name in place of an address we cannot tell: the bond's address is checked with the bond.
  return address !== undefined && /^[\d.]+$/.test(address) && address !== node.address ? `${node.name} has ring0_addr ${address}` : null;
};

/** Unknown is not safe. */
const managementWrong = (node: Node, { managementDevice, links }: Survey): string | null => {
  if (managementDevice === null) return 'the way back to us could not be seen';
  const path = managementPath(links, managementDevice);
  const shared = [node.bond, ...node.slaves].filter((name) => path.has(name));
  return shared.length === 0 ? null : `${shared.join(', ')} carr${shared.length === 1 ? 'ies' : 'y'} the management connection`;
};

const qdiscWrong = (node: Node, { qdiscs }: Survey): string | null => {
  // The kernel's own root qdiscs have handle 0: (net/sched/sch_generic.c, attach_default_qdiscs).
  const foreign = qdiscs.filter(({ dev, root, handle }) => root === true && handle !== '0:' && node.slaves.includes(dev));
  return foreign.length === 0 ? null : foreign.map(({ dev, kind, handle }) => `${dev} has ${kind} ${handle}${handle === ourHandle ? ', which bondproof left (see `bondproof recover`)' : ''}`).join(', ');
};

/** Throws one Problem with everything that does not hold. */
export const requireAll = (lab: Lab, checks: readonly Check[]): void => {
  const wrong = checks.filter(({ held }) => !held);
  if (wrong.length === 0) return;
  throw new Problem({
    asked: `preflight of lab ${lab.name}`,
    found: wrong.map(({ device, what, found }) => `${device} ${what}: ${found}`).join('; '),
    right: [...new Set(wrong.map(({ right }) => right))].join('; '),
    todo: 'mend it, then look with `bondproof check`; nothing was changed',
    exitCode: exitCodes.device,
  });
};
