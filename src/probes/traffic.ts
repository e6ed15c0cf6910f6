// Who hears whom, what is delivered in order, and what the NICs count: the agent's ticks.

import type { EventOf } from '../model/event.ts';
import type { Probe } from './probe.ts';

export const traffic: Probe = {
  name: 'traffic',
  summary: 'probes between all nodes, canary, ordered delivery and NIC counters, ten times a second',
  reader: (_, { victim }) => (message) => {
    if (message.kind === 'burst') return [{ type: 'burst-sent', sent: message.sent }];
    if (message.kind !== 'tick') return [];
    const { seq, heard, canarySent, canaryRefused, canaryHeard: { [victim]: own = [], ...others }, delivered, undeliveredMs, counters } = message;
    return [{
      type: 'tick', seq, heard, canarySent, canaryRefused, canaryHeard: own, ...Object.keys(others).length > 0 && { canaryHeardOf: others }, undeliveredMs,
      delivered: delivered.map(([number, tookUs]) => ({ seq: number, tookMs: tookUs / 1000 })),
      counters: Object.fromEntries(Object.entries(counters).map(([slave, [tx, rx, drops, carrier]]) => [slave, { tx, rx, drops, carrier: carrierOf(carrier) }])),
    }];
  },
};

type Carrier = EventOf<'tick'>['counters'][string]['carrier'];

/** The file cannot be read while the interface is down. */
const carrierOf = (value: number | null): Carrier => (value === null ? null : value === 0 ? 0 : 1);
