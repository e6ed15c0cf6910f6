// A probe watches one thing, never changes it. The agent sees; a probe reads what the agent says.

import type { AgentMessage } from '../agent/protocol.ts';
import type { Body } from '../model/event.ts';
import type { Lab, Node } from '../model/lab.ts';

export interface Probe {
  readonly name: string;
  readonly summary: string;
  /**
   * A reader for one agent's life. It may remember (to report only changes), so each agent start gets a new one. A message that
   * it does not understand gives no event.
   */
  reader(node: Node, lab: Lab): (message: AgentMessage) => readonly Body[];
}
