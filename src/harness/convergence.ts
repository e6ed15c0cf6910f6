// Waits until the lab is whole: state bits at both ends of every cable, quorum on every node, and quiet. Never a plain sleep.

import { findNode, type Lab, type NodeId } from '../model/lab.ts';
import type { Query } from '../model/command.ts';
import { all, type Bench, waitFor } from './bench.ts';
import { dialectOf, portGroups } from './configuration.ts';
import { messageEveryMs, probeEveryMs } from './observer.ts';
import { portUnready, slaveUnready } from './ports-ready.ts';
import { quorumIn, type QuorumSeen } from './quorum.ts';
import type { NodeView } from './view.ts';

/** After a trial: the next one waits for quiet of its own. */
const settledMs = 3000;

/**
 * Addresses in place of names (-i): for the name of each node the tool asks corosync for all nodes, one by one (tools/corosync-quorumtool.c, node_name_by_nodelist), which
 * were 80,000 questions of 32 nodes each time.
 */
export const quorumOf: Query<QuorumSeen> = {
  command: { argv: ['sh', '-c', 'corosync-quorumtool -si; [ $? -le 2 ]'] }, // 2: not quorate (corosync-quorumtool(8))
  parse: quorumIn,
};

/** What the agents tell anyway comes first: to ask a device costs it a process. */
export const converge = async (bench: Bench, limit: { readonly timeoutMs: number }): Promise<void> => {
  if (bench.scenario.bond.mode === '802.3ad') await lacpInSync(bench, limit);
  await portsInUse(bench, limit);
  await waitFor(bench, 'a cluster whose nodes hear each other', { everyMs: 250, ...limit }, () => unrest(bench, 0));
  await quorumEverywhere(bench, limit);
};

/** The lab is whole again after a trial: the same, and everybody hears everybody. */
export const recover = async (bench: Bench, limit: { readonly timeoutMs: number }): Promise<void> => {
  await converge(bench, limit);
  await waitFor(bench, 'a quiet cluster', { everyMs: 250, ...limit }, () => unrest(bench, settledMs));
};

const portsInUse = async (bench: Bench, limit: { readonly timeoutMs: number }): Promise<void> => {
  const { lab, devices, scenario } = bench;
  const health = dialectOf(lab)?.health(portGroups(lab));
  // Whether a passive switch is ready the nodes tell, by LACP and by hearing each other.
  if (health === undefined) return;
  await waitFor(bench, 'every port of the switch in use', { everyMs: 1000, ...limit }, async () => {
    const wrong = portUnready(portGroups(lab), await devices.ask(lab.switch.name, health), scenario);
    return wrong ? `${lab.switch.name} ${wrong.port} is ${wrong.up ? 'up but not in use' : 'down'}` : null;
  });
};

const lacpInSync = async (bench: Bench, limit: { readonly timeoutMs: number }): Promise<void> => {
  const { view, lab, scenario } = bench;
  await waitFor(bench, 'LACP in sync at both ends', { everyMs: 250, ...limit }, () => {
    for (const [name, { lacp }] of view.nodes) {
      const slave = slaveUnready(findNode(lab, name).slaves, lacp, scenario);
      if (slave !== null) return `${name} ${slave}: actor ${hex(lacp[slave]?.actor)}, partner ${hex(lacp[slave]?.partner)}`;
    }
    return null;
  });
};

const hex = (bits: number | undefined): string => bits === undefined ? 'unknown' : `0x${bits.toString(16)}`;

const quorumEverywhere = async (bench: Bench, limit: { readonly timeoutMs: number }): Promise<void> => {
  await all(bench.lab.nodes.map(async ({ name }) => { await nodeQuorate(bench, name, limit); }));
};

/** The node counts every node of the lab as a member, is quorate, and has the vote of the QDevice where there is one: what its absence does is not the fault's work. */
export const nodeQuorate = async (bench: Bench, name: NodeId, limit: { readonly timeoutMs: number }): Promise<void> => {
  const wanted = bench.lab.nodes.length;
  await waitFor(bench, `${name} quorate with ${wanted} members`, { everyMs: 2000, ...limit }, async () => {
    const wrong = quorumWrong(bench.lab, await bench.devices.ask(name, quorumOf));
    if (wrong !== null) return wrong;
    const node = bench.view.nodes.get(name);
    if (node) node.quorate = true;
    return null;
  });
};

/** A lab that bondproof makes knows whether it has a QDevice; of another one corosync tells. */
export const quorumWrong = ({ nodes, qdevice: wanted }: Pick<Lab, 'nodes' | 'qdevice'>, { quorate, members, qdevice }: QuorumSeen): string | null => {
  if (!quorate || members !== nodes.length) return `${quorate ? 'quorate' : 'not quorate'}, ${members} members`;
  if (qdevice === 'silent') return 'the QDevice does not vote there';
  return wanted !== undefined && qdevice === null ? 'the QDevice is not registered there' : null;
};

/** Null when for `ms` nothing changed, everybody hears everybody, and messages are delivered at once; else the first trouble. */
export const unrest = ({ view, record, lab }: Pick<Bench, 'view' | 'record' | 'lab'>, ms: number): string | null => {
  const nowUs = record.nowUs();
  const unheardMs = Math.max(1000, 2 * probeEveryMs(lab));
  for (const [name, node] of view.nodes) {
    const trouble = troubleOf(node, [...view.nodes.keys()].filter((peer) => peer !== name), { nowUs, ms, unheardMs });
    if (trouble !== null) return `${name}: ${trouble}`;
  }
  return null;
};

const troubleOf = (node: NodeView, peers: readonly NodeId[], { nowUs, ms, unheardMs }: { readonly nowUs: number; readonly ms: number; readonly unheardMs: number }): string | null => {
  const since = (us: number | null | undefined): number => us === null || us === undefined ? Infinity : (nowUs - us) / 1000;
  if (since(node.agentUs) > 2000) return 'its agent is silent';
  if (node.quorate === false) return 'not quorate';
  if (since(node.disturbedUs) < ms) return 'corosync is not quiet yet';
  if (since(node.deliveredUs) > 2 * messageEveryMs || since(node.undeliveredUs) < ms) return 'messages are not delivered in order at once';
  const silent = peers.find((peer) => since(node.heardUs[peer]) > unheardMs);
  return silent === undefined ? null : `does not hear ${silent}`;
};
