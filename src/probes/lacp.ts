// LACP: the port states of each slave, of which no netlink message tells, and the LACPDUs themselves as evidence.

import type { Probe } from './probe.ts';

export const lacp: Probe = {
  name: 'lacp',
  summary: 'actor and partner port states of each slave, and LACPDUs of both directions',
  reader: () => (message) => {
    if (message.kind === 'lacp') return [{ type: 'lacp-changed', slave: message.slave, actor: message.actor, partner: message.partner }];
    if (message.kind === 'lacpdu') return [{ type: 'lacpdu', slave: message.slave, direction: message.outgoing ? 'out' : 'in', frame: message.frame }];
    return [];
  },
};
