// The fault that the kernel lifts, on real cards of two namespaces.

import { setTimeout as sleep } from 'node:timers/promises';

import test from 'ava';
import type { ExecutionContext } from 'ava';

import { HoldLost, holderCommand, startHold } from '../../src/agent/holder.ts';
import type { Hold, HoldPlan } from '../../src/agent/holder.ts';
import { endLease } from '../../src/faults/lease.ts';
import type { Channel } from '../../src/model/session.ts';
import { realClock as clock } from '../../src/worlds/real-clock.ts';
import { startCanary } from './canary.ts';
import type { Arrival, Canary } from './canary.ts';
import { inhabitants, residue } from './inhabitants.ts';
import type { Pair } from './local-session.ts';
import { inPair, until } from './pair.ts';

/** Longer than a loaded machine needs to start nft: whoever holds waits for it, and hears no beat meanwhile. */
const leaseMs = 3000;

/** The kernel's lease is exact to a tick; the rest is how late a loaded machine sends and hears. */
const graceMs = 250;

const plan: HoldPlan = {
  token: 'test', what: 'lease of eth1', since: 'now', undo: '',
  parts: { stage: [['lease', 'stage', 'eth1']], apply: [['lease', 'apply', 'eth1', '100%']] },
};

const done = async (t: ExecutionContext, hold: Hold, part: string): Promise<void> => {
  t.deepEqual((await hold.run(part)).map(({ exitCode, said }) => [exitCode, said]), [[0, '']]);
};

const read = async ({ here }: Pair, path: string): Promise<number> => Number((await here.run({ argv: ['cat', path] }, { timeoutMs: 10_000 })).stdout);
const holes = (arrivals: readonly Arrival[]): readonly (readonly [before: Arrival, after: Arrival])[] =>
  arrivals.slice(1).flatMap((after, n) => after.seq === arrivals[n]!.seq + 1 ? [] : [[arrivals[n]!, after] as const]);

test.serial('the fault is silent, what comes in still does, and no frame slips through twenty renewals', (t) => inPair(t, async (pair, network) => {
  await using out = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  await using back = await startCanary(pair.there, pair.here, { address: '10.7.0.1', hz: 100 });
  const hold = await startHold(pair.here, plan, { clock, leaseMs, capMs: 60_000, manager: 'kernel' });
  await done(t, hold, 'stage');
  const staged = out.arrivals.length;
  await until('staged, it has no effect', () => out.arrivals.length > staged + 50);
  await done(t, hold, 'apply');
  await pair.here.run({ argv: ['ip', 'link', 'set', 'bondproof-sink', 'up'] }, { timeoutMs: 10_000 }); // as a network manager may do

  await sleep(50); // What was sent before is heard by then.
  const [heardOut, heardBack, txPackets] = [out.arrivals.length, back.arrivals.length, await read(pair, '/sys/class/net/eth1/statistics/tx_packets')];
  for (let renewal = 0; renewal < 20; renewal += 1) {
    await hold.answers({ timeoutMs: 10_000 });
    await sleep(60);
  }
  t.is(out.arrivals.length, heardOut);
  t.is(await read(pair, '/sys/class/net/eth1/statistics/tx_packets'), txPackets);
  t.is(await read(pair, '/sys/class/net/eth1/carrier'), 1);
  t.true(back.arrivals.length > heardBack + 50);
  t.is(hold.lost(), null);

  for (const when of ['it ends the holder', 'there is none any more']) t.is((await pair.here.run(endLease('eth1'), { timeoutMs: 10_000 })).exitCode, 0, when);
  t.deepEqual(await residue(pair.here, network), []);
  await until('traffic flows again', () => out.arrivals.length > heardOut + 50);
  await hold[Symbol.asyncDispose]();
  await until('nothing is left', async () => (await residue(pair.here, network)).length === 0);
  const { sent, errors } = await out.stop();
  t.deepEqual(errors, {});
  const lost = holes(out.arrivals);
  t.is(lost.length, 1);
  t.true(lost[0]![1].seq - lost[0]![0].seq > 1000, `${lost[0]![1].seq - lost[0]![0].seq} of ${sent} were held back`);
  t.deepEqual((await back.stop()).errors, {});
}));

test.serial('another fault finds the device taken', (t) => inPair(t, async ({ here }) => {
  await using hold = await startHold(here, plan, { clock, leaseMs, capMs: 60_000, manager: 'kernel' });
  await t.throwsAsync(startHold(here, plan, { clock, leaseMs, capMs: 60_000, manager: 'kernel' }), { message: /another fault is held there: .*lease of eth1/ });
  t.is(hold.lost(), null);
}));

/** Lifted by the death of who made it, or, where nobody dies, by the lease: in time is the one promise for all. */
const ends: Readonly<Record<string, (pids: { readonly holder: number; readonly nft: number }) => void>> = {
  'the holder is killed': ({ holder }) => void process.kill(holder, 'SIGKILL'),
  'nft is killed': ({ nft }) => void process.kill(nft, 'SIGKILL'),
  'holder and nft are stopped': ({ holder, nft }) => void [holder, nft].map((pid) => process.kill(pid, 'SIGSTOP')),
  'nft is stopped': ({ nft }) => void process.kill(nft, 'SIGSTOP'),
};

const liftedInTime = async (t: ExecutionContext, { canary, happen }: { readonly canary: Canary; readonly happen: () => void }): Promise<void> => {
  const [heard, atUs] = [canary.arrivals.length, canary.nowUs()];
  happen();
  await until('traffic flows again', () => canary.arrivals.length > heard);
  const liftedMs = (canary.arrivals[heard]!.heardUs - atUs) / 1000;
  t.log(`lifted after ${liftedMs} ms`);
  t.true(liftedMs <= leaseMs + graceMs, `lifted after ${liftedMs} ms`);
};

const pidOf = (network: string, wanted: 'holder' | 'nft'): number => inhabitants(network).find(({ what }) => what === wanted)!.pid;

for (const [what, happen] of Object.entries(ends)) {
  test.serial(`lifted in time, and nothing left, when ${what}`, (t) => inPair(t, async (pair, network) => {
    await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
    await using hold = await startHold(pair.here, plan, { clock, leaseMs, capMs: 60_000, manager: 'kernel' });
    await done(t, hold, 'stage');
    await done(t, hold, 'apply');
    await hold.answers({ timeoutMs: 10_000 });
    const pids = { holder: pidOf(network, 'holder'), nft: pidOf(network, 'nft') };
    await liftedInTime(t, { canary, happen: () => happen(pids) });
    if (what === 'holder and nft are stopped') process.kill(pids.holder, 'SIGKILL'); // and nft with it, although it is stopped
    await until('nothing is left', async () => (await residue(pair.here, network)).length === 0);
    t.deepEqual((await canary.stop()).errors, {});
  }));
}

test.serial('an order that lay there while the holder was stopped is not carried out', (t) => inPair(t, async (pair, network) => {
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  await using hold = await startHold(pair.here, plan, { clock, leaseMs, capMs: 60_000, manager: 'kernel' });
  await done(t, hold, 'stage');
  const holder = pidOf(network, 'holder');
  process.kill(holder, 'SIGSTOP');
  const applying = hold.run('apply');
  await sleep(leaseMs + 100);
  process.kill(holder, 'SIGCONT');
  await t.throwsAsync(applying, { instanceOf: HoldLost });
  await until('nothing is left', async () => (await residue(pair.here, network)).length === 0);
  const heard = canary.arrivals.length;
  await until('traffic flows', () => canary.arrivals.length > heard);
  t.deepEqual(holes(canary.arrivals), []);
}));

/** The holder alone, without the beats that startHold sends. */
const applied = async (pair: Pair): Promise<Channel> => {
  const channel = await pair.here.open(holderCommand(plan.token, { leaseMs, capMs: 60_000, manager: 'kernel' }));
  channel.write(`${JSON.stringify({ ...plan, leaseMs, capMs: 60_000 })}\n{"order":"do","part":"stage"}\n{"order":"do","part":"apply"}\n`);
  for await (const line of channel.lines) if (line.includes('"apply"')) return channel;
  throw new Error(`the holder ended: ${(await channel.ended).stderr}`);
};

for (const [what, happen] of [['no beat comes', () => undefined], ['its input ends', (channel: Channel) => channel.end()]] as const) {
  test.serial(`lifted in time, and nothing left, when ${what}`, (t) => inPair(t, async (pair, network) => {
    await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
    await using channel = await applied(pair);
    await liftedInTime(t, { canary, happen: () => happen(channel) });
    await until('nothing is left', async () => (await residue(pair.here, network)).length === 0);
    t.deepEqual((await canary.stop()).errors, {});
  }));
}

/** Why the rule is what it is: two rules that look as well in a listing, and are no silent card. */
const mutant = async (pair: Pair, prepare: string, verdict: string): Promise<void> => {
  const script = `${prepare}\nnft 'add table netdev mutant; add chain netdev mutant out { type filter hook egress device "eth1" priority -500; }; add rule netdev mutant out ${verdict}'`;
  const { exitCode, stderr } = await pair.here.run({ argv: ['sh', '-euc', script] }, { timeoutMs: 10_000 });
  if (exitCode !== 0) throw new Error(stderr);
};

test.serial('a drop is not silent: the sender is told ENOBUFS for each datagram', (t) => inPair(t, async (pair) => {
  await mutant(pair, '', 'drop');
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  await sleep(500);
  const { sent, errors } = await canary.stop();
  t.true(sent > 10);
  t.deepEqual(errors, { ENOBUFS: sent });
  t.is(canary.arrivals.length, 0);
}));

test.serial('an ifb as sink is no fault: it puts each frame back on its way', (t) => inPair(t, async (pair) => {
  await using canary = await startCanary(pair.here, pair.there, { address: '10.7.0.2', hz: 1000 });
  try {
    await mutant(pair, 'ip link add sink type ifb\nip link set sink up', 'fwd to "sink"');
  } catch (error) {
    t.log(`LEFT OUT, this machine has no ifb: ${String(error)}`);
    t.pass();
    return;
  }
  const heard = canary.arrivals.length;
  await until('frames arrive although the rule is there', () => canary.arrivals.length > heard + 100);
  t.deepEqual([holes(canary.arrivals), (await canary.stop()).errors], [[], {}]);
}));
