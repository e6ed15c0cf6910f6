// The lab that a short lab file stands for: one of a world that brings its machines up itself. Its shape is free.

import type { Lab, LabShape } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { TimewarpForm, VirtualForm } from './schema.ts';

/** As the schemas have it. */
export const nodesAtMost: Readonly<Record<string, number>> & { readonly virtual: number; readonly timewarp: number } = { virtual: 8, timewarp: 32 };

export const virtualLab = (form: VirtualForm | TimewarpForm): Lab => ({
  name: form.name,
  world: form.world,
  cluster: form.name,
  ...machines(form.nodes),
  switch: { name: 'sw1', dialect: 'linux', login: null },
  victim: form.victim,
  class: form.class,
  // Its machines are nobody's but the lab's.
  fencing: true,
  injector: form.injector,
  virtual: form.world === 'virtual' ? { nodeMemoryMb: form.memoryMb.node, switchMemoryMb: form.memoryMb.switch, kernel: form.kernel } : null,
});

/** Nodes pve1, pve2, ... with eth1 and eth2 in bond0, wired to the ports of one Linux switch in order: swp1, swp2, ... */
const machines = (nodes: number): Pick<Lab, 'nodes' | 'links'> => {
  const ids = Array.from({ length: nodes }, (_, at) => at + 1);
  return {
    nodes: ids.map((id) => ({ name: `pve${id}`, id, address: `10.10.10.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
    links: ids.flatMap((id) => ['eth1', 'eth2'].map((nic, at) => ({
      id: `pve${id}-${nic}`,
      node: `pve${id}`,
      nic,
      switch: 'sw1',
      port: `swp${2 * id - 1 + at}`,
      transceiver: `${nic}-phy`,
    }))),
  };
};

/**
 * The lab in this shape. Machines that are there are as many as there are, and what hashes do to their peers is up to their addresses; whose NIC is
 * silenced there is the lab file's to say. Throws a Problem where the lab cannot have it.
 */
export const shapedLab = (lab: Lab, shape: LabShape): Lab => {
  const nodes = shape.nodes ?? lab.nodes.length;
  const refuse = (found: string, right: string, todo?: string): never => {
    throw new Problem({ asked: `lab ${lab.name} with ${nodes} nodes`, found, right, ...todo !== undefined && { todo }, exitCode: exitCodes.usage });
  };
  const most = nodesAtMost[lab.world];
  if (most === undefined) {
    if (nodes === lab.nodes.length) return lab;
    return refuse(`its machines are there, and are ${lab.nodes.length}`, `a scenario for ${lab.nodes.length} nodes, or a lab of ${nodes}`, 'take `lab` out of the scenario file to try it all the same');
  }
  if (nodes > most) return refuse(`the ${lab.world} world takes up to ${most}`, `2 to ${most} nodes`);
  const made = { ...lab, ...machines(nodes), victim: shape.victim ?? lab.victim, class: shape.class ?? lab.class };
  if (!made.nodes.some(({ name }) => name === made.victim)) return refuse(`the victim is ${made.victim}, which is none of them`, `a victim from pve1 to pve${nodes}`);
  if (nodes < 3 && (made.class ?? 'partial') === 'partial') return refuse('its class is partial, and a victim with one peer reaches all of them or none', '3 nodes or more, or class none or isolated');
  return made;
};
