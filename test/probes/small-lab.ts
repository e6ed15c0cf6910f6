// A lab of three nodes for the probes' tests, and the agent's words with stamps that do not matter.

import type { AgentMessage } from '../../src/agent/protocol.ts';
import type { Body } from '../../src/model/event.ts';
import type { Lab, Node } from '../../src/model/lab.ts';
import type { Probe } from '../../src/probes/probe.ts';

const node = (id: number): Node => ({ name: `pve${id}`, id, address: `10.0.0.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null });

export const lab: Lab = {
  name: 'small', world: 'virtual', cluster: 'small', nodes: [node(1), node(2), node(3)], switch: { name: 'sw', dialect: 'linux', login: null },
  links: [], victim: 'pve1', class: null, fencing: true, injector: 'netem', virtual: null,
};

type Said<M = AgentMessage> = M extends AgentMessage ? Omit<M, 'bootUs' | 'realUs'> : never;

/** What pve1's reader of the probe makes of each message, in order. */
export const read = (probe: Probe, messages: readonly Said[]): readonly (readonly Body[])[] => {
  const reader = probe.reader(lab.nodes[0]!, lab);
  return messages.map((message) => reader({ ...message, bootUs: 1, realUs: 1 }));
};

export const journalLine = (identifier: string, text: string): Said => ({ kind: 'journal', identifier, text, priority: 6 });
