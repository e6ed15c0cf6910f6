// A fault by a lease as a trial makes it, on real cards of two namespaces; and what recovery sees of one, and does about it.

import { setTimeout as sleep } from 'node:timers/promises';

import test from 'ava';

import { endLease, leaseParts, leaseState } from '../../src/faults/lease.ts';
import { none } from '../../src/faults/none.ts';
import { txSilent } from '../../src/faults/tx-silent.ts';
import type { Bench } from '../../src/harness/bench.ts';
import { Devices } from '../../src/harness/devices.ts';
import { leaseMs, prepareInjection, type Injection } from '../../src/harness/injection.ts';
import { undoJournal, type UndoJournal } from '../../src/harness/journal.ts';
import { TrialRecord } from '../../src/harness/record.ts';
import { undoTraces } from '../../src/harness/recovery.ts';
import { labView } from '../../src/harness/view.ts';
import type { Command } from '../../src/model/command.ts';
import type { Event } from '../../src/model/event.ts';
import type { OpenLab } from '../../src/model/session.ts';
import { realClock } from '../../src/worlds/real-clock.ts';
import { startCanary } from '../agent/canary.ts';
import { inhabitants, residue } from '../agent/inhabitants.ts';
import type { Pair } from '../agent/local-session.ts';
import { inPair, until } from '../agent/pair.ts';
import { planOn } from '../faults/conformance.ts';
import { simulatedDisk } from './crashing-disk.ts';
import { paperLab } from './paper-lab.ts';

/** The kernel's lease is exact to a tick; the rest is how late a loaded machine sends and hears. */
const graceMs = 250;

const run = async ({ here }: Pair, command: Command): Promise<string> => {
  const { exitCode, stdout, stderr } = await here.run(command, { timeoutMs: 10_000 });
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`);
  return stdout;
};

/** pve1 of the paper lab is the namespace `here`. */
const benchIn = async (pair: Pair): Promise<{ readonly bench: Bench; readonly journal: UndoJournal; readonly events: readonly Event[] }> => {
  const open = { lab: paperLab, clock: realClock, session: async () => Promise.resolve(pair.here) } as unknown as OpenLab;
  const record = await TrialRecord.create(simulatedDisk({ folders: ['/run'] }), '/run/events.ndjson', realClock);
  const journal = undoJournal(simulatedDisk(), '/undo');
  const bench = { run: 'r', lab: paperLab, open, devices: new Devices(open, null), record, view: labView(['pve1'], ['pve1']), journal } as unknown as Bench;
  return { bench, journal, events: record.events };
};

const prepared = async (bench: Bench, fault: typeof txSilent): Promise<Injection> =>
  prepareInjection(bench, planOn(fault, paperLab.links[0]!, 'lease'), { token: 'test', what: 'a test', capMs: 60_000, injector: 'lease' });

const typesOf = (events: readonly Event[]): readonly string[] => events.map(({ type }) => type);

test.serial('a fault by a lease is armed, staged, applied, kept, reverted and compared', (t) => inPair(t, async (pair, network) => {
  const { bench, journal, events } = await benchIn(pair);
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  const injection = await prepared(bench, txSilent);
  t.is((await journal.read()).entries.length, 1);
  const staged = canary.arrivals.length;
  await until('staged, it has no effect', () => canary.arrivals.length > staged + 50);

  await injection.apply();
  await injection.answers();
  await sleep(50); // What was sent before is heard by then.
  const [heard, sent] = [canary.arrivals.length, await run(pair, { argv: ['cat', '/sys/class/net/eth1/statistics/tx_packets'] })];
  await injection.keep();
  await sleep(1500);
  t.is(canary.arrivals.length, heard);
  t.is(await run(pair, { argv: ['cat', '/sys/class/net/eth1/statistics/tx_packets'] }), sent);
  t.is(await run(pair, { argv: ['cat', '/sys/class/net/eth1/carrier'] }), '1');
  t.is(injection.lost(), null);

  await injection.revert();
  await until('traffic flows again', () => canary.arrivals.length > heard + 50);
  t.deepEqual((await canary.stop()).errors, {});
  t.deepEqual(await residue(pair.here, network), []);
  t.deepEqual((await journal.read()).entries, []);
  t.deepEqual(events.flatMap((event) => event.type === 'compared' ? [event.before === event.after] : []), [true, true]);
  t.deepEqual(typesOf(events).filter((type) => type !== 'action-done'), ['undo-armed', 'fault-staged', 'lease-set', 'fault-applied', 'lease-set', 'fault-reverted', 'undo-disarmed', 'compared', 'compared']);
}));

test.serial('its control does the same and no frame is lost, and is renewed as well', (t) => inPair(t, async (pair, network) => {
  const { bench, events } = await benchIn(pair);
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 200 });
  const injection = await prepared(bench, none);
  await injection.apply();
  await injection.keep();
  t.regex(await run(pair, { argv: ['nft', 'list', 'set', 'netdev', 'bondproof', 'lease'] }), /elements = \{ "bondproof-sink" timeout 5s/);
  for (let n = 0; n < 3; n += 1) {
    await injection.answers();
    await sleep(500);
  }
  await injection.revert();
  const { sent, errors } = await canary.stop();
  await until('what was sent has arrived', () => canary.arrivals.length === sent);
  t.deepEqual([errors, typesOf(events).includes('trial-broken'), await residue(pair.here, network)], [{}, false, []]);
}));

test.serial('whoever holds it is killed: it is lifted in time, the trial hears of it, and the revert finds all as it was', (t) => inPair(t, async (pair, network) => {
  const { bench, journal, events } = await benchIn(pair);
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  const injection = await prepared(bench, txSilent);
  await injection.apply();
  await injection.keep();
  await injection.answers();
  const [heard, atUs] = [canary.arrivals.length, canary.nowUs()];
  process.kill(inhabitants(network).find(({ what }) => what === 'holder')!.pid, 'SIGKILL');
  await until('traffic flows again', () => canary.arrivals.length > heard);
  const liftedMs = (canary.arrivals[heard]!.heardUs - atUs) / 1000;
  t.true(liftedMs <= leaseMs + graceMs, `lifted after ${liftedMs} ms`);
  t.log(`lifted after ${liftedMs} ms`);
  bench.view.nodes.get('pve1')!.agentUs = bench.record.nowUs() + 10_000_000;
  await until('the trial hears of it', () => injection.lost() !== null);
  await injection.revert();
  t.deepEqual((await journal.read()).entries, []);
  t.true(events.every((event) => event.type !== 'compared' || event.before === event.after));
}));

test.serial('a lease that ran out unseen just before the revert makes the trial void', (t) => inPair(t, async (pair, network) => {
  const { bench, events } = await benchIn(pair);
  const injection = await prepared(bench, none);
  await injection.apply();
  process.kill(inhabitants(network).find(({ what }) => what === 'nft')!.pid, 'SIGKILL');
  await injection.revert();
  t.regex(events.flatMap((event) => event.type === 'trial-broken' ? [`${event.step}: ${event.because}`] : []).join(), /^revert: pve1 had undone the fault by itself: /);
}));

/** What recovery's query sees, but for what only a service manager can tell. */
const seen = async (pair: Pair): Promise<readonly string[]> => leaseParts(await run(pair, leaseState));

/** By what was seen alone, as `recover --scan` does it. */
const clear = async (pair: Pair): Promise<void> => {
  const found = { tokens: [], nics: [], ingress: [], lease: await seen(pair) };
  for (const { command } of undoTraces('pve1', found)) await run(pair, command);
};

const both = ['table netdev bondproof', 'sink bondproof-sink'];

test.serial('a live lease is seen, and ended by what is seen alone, also when nobody of it runs any more', (t) => inPair(t, async (pair, network) => {
  t.deepEqual(await seen(pair), []);
  for (const stopped of [false, true]) {
    const { bench } = await benchIn(pair);
    const injection = await prepared(bench, txSilent);
    await injection.apply();
    if (stopped) for (const { pid } of inhabitants(network)) process.kill(pid, 'SIGSTOP');
    t.deepEqual(await seen(pair), both);
    await clear(pair);
    t.deepEqual([await seen(pair), await residue(pair.here, network)], [[], []]);
    await clear(pair);
  }
}));

const strays: Readonly<Record<string, readonly [script: string, seen: readonly string[]]>> = {
  'a sink that nobody holds': ['ip tuntap add dev bondproof-sink mode tap', ['sink bondproof-sink']],
  'a table without an owner': ['nft add table netdev bondproof', ['table netdev bondproof']],
};

for (const [what, [script, parts]] of Object.entries(strays)) {
  test.serial(`${what} is seen and removed, and a table of others is not`, (t) => inPair(t, async (pair) => {
    await run(pair, { argv: ['sh', '-euc', `nft add table netdev other\n${script}`] });
    t.deepEqual(await seen(pair), parts);
    await clear(pair);
    t.deepEqual(await seen(pair), []);
    t.is(await run(pair, { argv: ['nft', 'list', 'tables'] }), 'table netdev other');
  }));
}

for (const program of ['nft', 'ip']) {
  test.serial(`where ${program} fails it is unknown whether there is a lease, never that there is none`, (t) => inPair(t, async (pair) => {
    const broken = `mkdir /run/broken; printf '#!/bin/sh\\nexit 1\\n' > /run/broken/${program}; chmod +x /run/broken/${program}; PATH=/run/broken:$PATH exec "$@"`;
    for (const { argv } of [{ argv: ['true'] }, leaseState, endLease('eth1')]) {
      const { exitCode } = await pair.here.run({ argv: ['sh', '-c', broken.replace('mkdir', 'mkdir -p'), 'broken', ...argv] }, { timeoutMs: 10_000 });
      t.is(exitCode === 0, argv[0] === 'true', argv.join(' '));
    }
  }));
}
