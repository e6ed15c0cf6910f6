import test from 'ava';
import fc from 'fast-check';

import { readMessage } from '../../src/agent/message.ts';
import type { AgentMessage } from '../../src/agent/protocol.ts';

const stamp = { bootUs: 5, realUs: 6 };

const good: readonly AgentMessage[] = [
  { ...stamp, kind: 'hello', bootId: 'b', kernel: '6.14', python: '3.13.5', pid: 7, problems: ['x'] },
  { ...stamp, kind: 'pong', id: 3 },
  { ...stamp, kind: 'netlink', data: 'AAAA' },
  { ...stamp, kind: 'journal', identifier: 'corosync', text: 'x', priority: 5 },
  { ...stamp, kind: 'lacp', slave: 'eth1', actor: 63, partner: 63 },
  { ...stamp, kind: 'lacpdu', slave: 'eth1', outgoing: true, frame: 'AAAA' },
  { ...stamp, kind: 'burst', sent: [[1_000_001, 2000, 12]] },
  { ...stamp, kind: 'lrm', state: 'active', timestamp: 100 },
  { ...stamp, kind: 'tick', seq: 1, heard: { pve2: [1] }, canarySent: [], canaryRefused: 0, canaryHeard: {}, delivered: [], undeliveredMs: 0, counters: { eth1: [1, 2, null, 1], eth2: [1, 2, 3, null] } },
  { ...stamp, kind: 'trouble', what: 'netlink', because: 'lost' },
];

test('reads every kind of message as it is', (t) => {
  for (const message of good) t.deepEqual(readMessage(JSON.stringify(message), { bootUs: 0, realUs: 0 }), message);
});

test('a message without one of its fields, or with one of the wrong kind, is a trouble at the time of the one before', (t) => {
  for (const message of good) {
    for (const field of Object.keys(message)) {
      const without = JSON.stringify({ ...message, [field]: undefined });
      t.deepEqual(readMessage(without, stamp), { ...stamp, kind: 'trouble', what: 'a line of the agent is no message', because: without });
      t.is(readMessage(JSON.stringify({ ...message, [field]: {} }), stamp).kind, ['heard', 'canaryHeard', 'counters'].includes(field) ? message.kind : 'trouble');
    }
  }
});

test('never throws, whatever the line', (t) => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
    t.is(readMessage(line, stamp).kind, 'trouble');
  }));
  t.is(readMessage('{"kind":"toString","bootUs":1,"realUs":1}', stamp).kind, 'trouble');
});
