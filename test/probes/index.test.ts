import test from 'ava';

import { probes } from '../../src/probes/index.ts';
import { journal } from '../../src/probes/journal.ts';
import { lacp } from '../../src/probes/lacp.ts';
import { traffic } from '../../src/probes/traffic.ts';
import { journalLine, read } from './small-lab.ts';

test('every probe has a name of its own and a summary', (t) => {
  t.is(new Set(probes.map(({ name }) => name)).size, probes.length);
  for (const { name, summary } of probes) t.regex(`${name}: ${summary}`, /^[a-z]+: \S.{10,}$/);
});

test('one journal line is kept as it stands and understood beside that', (t) => {
  const line = journalLine('corosync', '  [TOTEM ] Token has not been received in 2737 ms');
  t.deepEqual(probes.flatMap((probe) => read(probe, [line]).flat()), [
    { type: 'token-warned', ms: 2737 },
    { type: 'logged', identifier: 'corosync', text: '  [TOTEM ] Token has not been received in 2737 ms' },
  ]);
  t.deepEqual(read(journal, [{ kind: 'pong', id: 1 }]), [[]]);
});

test('port states and LACPDUs are passed on', (t) => {
  t.deepEqual(read(lacp, [
    { kind: 'lacp', slave: 'eth1', actor: 63, partner: 143 },
    { kind: 'lacpdu', slave: 'eth1', outgoing: true, frame: 'AAAA' },
    { kind: 'lacpdu', slave: 'eth2', outgoing: false, frame: 'BBBB' },
  ]), [
    [{ type: 'lacp-changed', slave: 'eth1', actor: 63, partner: 143 }],
    [{ type: 'lacpdu', slave: 'eth1', direction: 'out', frame: 'AAAA' }],
    [{ type: 'lacpdu', slave: 'eth2', direction: 'in', frame: 'BBBB' }],
  ]);
});

test('a tick has its rows named, and its times in milliseconds', (t) => {
  const tick = { seq: 9, heard: { pve2: [7, 8] }, canarySent: [9], canaryRefused: 0 } as const;
  t.deepEqual(read(traffic, [{ kind: 'tick', ...tick, canaryHeard: {}, delivered: [[3, 1500]], undeliveredMs: 40, counters: { eth1: [10, 20, null, 1], eth2: [11, 21, 5, null] } }]), [[{
    type: 'tick', ...tick, canaryHeard: [], delivered: [{ seq: 3, tookMs: 1.5 }], undeliveredMs: 40,
    counters: { eth1: { tx: 10, rx: 20, drops: null, carrier: 1 }, eth2: { tx: 11, rx: 21, drops: 5, carrier: null } },
  }]]);
});

test('canaries of others than the victim have their sender’s name', (t) => {
  const tick = { kind: 'tick', seq: 9, heard: {}, canarySent: [], canaryRefused: 0, delivered: [], undeliveredMs: 0, counters: {} } as const;
  const heard = (canaryHeard: Readonly<Record<string, readonly number[]>>) => read(traffic, [{ ...tick, canaryHeard }])[0]!.map((event) => event.type === 'tick' && [event.canaryHeard, event.canaryHeardOf]);
  t.deepEqual(heard({ pve1: [4, 5] }), [[[4, 5], undefined]]);
  t.deepEqual(heard({ pve1: [4], pve2: [4, 5] }), [[[4], { pve2: [4, 5] }]]);
  t.deepEqual(heard({ pve2: [6] }), [[[], { pve2: [6] }]]);
});

test('what no probe is about is no event', (t) => {
  t.deepEqual(probes.flatMap((probe) => read(probe, [{ kind: 'trouble', what: 'netlink', because: 'lost' }]).flat()), []);
});
