import test from 'ava';

import { heardAgainMs, sendsAgainMs } from '../../src/harness/selftest.ts';
import type { Event } from '../../src/model/event.ts';

const counters = (tx: number) => ({ tx, rx: 0, drops: null, carrier: 1 as const });
const tick = (atMs: number, by: string, tx: Readonly<Record<string, number>>): Event => ({
  type: 'tick', at: [atMs * 1000 - 500, atMs * 1000 + 500], by, seq: atMs, heard: {}, canarySent: [], canaryHeard: [], delivered: [], undeliveredMs: 0,
  counters: Object.fromEntries(Object.entries(tx).map(([nic, sent]) => [nic, counters(sent)])),
});
const hit = { node: 'pve1', nic: 'eth1' };
const silent = [tick(0, 'pve1', { eth1: 7, eth2: 1 }), tick(1000, 'pve1', { eth1: 7, eth2: 9 })];

test('a NIC sends again in the first tick in which it had sent more than before', (t) => {
  t.is(sendsAgainMs([...silent, tick(2900, 'pve1', { eth1: 7 }), tick(3000, 'pve1', { eth1: 8 }), tick(3100, 'pve1', { eth1: 9 })], hit, 1_100_000), 1900);
});

test('others that send, and what was before, do not count', (t) => {
  t.is(sendsAgainMs([...silent, tick(3000, 'pve2', { eth1: 99 }), tick(3000, 'pve1', { eth1: 7, eth2: 99 })], hit, 1_100_000), null);
  t.is(sendsAgainMs([tick(0, 'pve1', { eth1: 1 }), ...silent.slice(1)], hit, 1_100_000), null);
});

test('what a cable lost comes again with the first canary that anybody hears', (t) => {
  const heard = (atMs: number, canaryHeard: readonly number[]): Event => ({ ...tick(atMs, 'pve2', {}), canaryHeard: [...canaryHeard] }) as Event;
  const events = [heard(900, [4]), heard(1500, []), heard(3200, [5]), heard(3300, [6])];
  t.is(heardAgainMs(events, 1_100_000), 2100);
  t.is(heardAgainMs(events.slice(0, 2), 1_100_000), null);
});

test('nothing seen is nothing lifted', (t) => {
  t.is(sendsAgainMs([], hit, 0), null);
  t.is(sendsAgainMs([tick(3000, 'pve1', { eth1: 8 })], hit, 1_100_000), null, 'no tick before');
});
