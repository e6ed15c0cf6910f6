// The other control: a pulled cable, which both ends see and every bond mode must survive.

import type { Action } from '../model/command.ts';
import type { Link } from '../model/lab.ts';
import type { Fault } from './fault.ts';
import { nicState } from './netem.ts';

export const carrierDown: Fault = {
  name: 'carrier-down',
  summary: 'The cable is pulled: both ends lose carrier.',
  injectors: [],
  // Without carrier the kernel sends nothing to the NIC, and there is no netem to count drops.
  proof: () => ({ canary: 'lost', drops: null, tx: null, carrier: 0 }),

  possible: (dialect) => dialect !== null,

  plan(link, { dialect }) {
    if (dialect === null) throw new Error('nobody can take down a port of a passive switch');
    const onPort = (command: Action['command']): Action => ({ device: link.switch, command });
    return {
      stage: [],
      apply: [...transceiver(link, 'down'), onPort(dialect.portDown(link.port))],
      revert: [onPort(dialect.portUp(link.port)), ...transceiver(link, 'up')],
      traces: [{ device: link.node, command: nicState(link.nic) }],
    };
  },
};

/** A virtual NIC notices nothing of the far end's port, so its own transceiver goes down too; real ones do it by themselves. */
const transceiver = ({ node, transceiver: device }: Link, state: 'up' | 'down'): readonly Action[] =>
  device === null ? [] : [{ device: node, command: { argv: ['ip', 'link', 'set', 'dev', device, state] } }];
