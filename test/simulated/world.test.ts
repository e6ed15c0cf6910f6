import test from 'ava';

import { injectorOf } from '../../src/faults/index.ts';
import { reserveLab } from '../../src/harness/reservations.ts';
import { Devices } from '../../src/harness/devices.ts';
import { phaseLimitMs } from '../../src/harness/phase.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import type { TrialResult } from '../../src/model/result.ts';
import { injectors, type Scenario } from '../../src/model/scenario.ts';
import { Effects, moments, type Accident } from './effects.ts';
import { singleAccidents, violationsIn } from './enumeration.ts';
import type { Span } from '../../src/analysis/timeline.ts';
import { nullScenario, otherFaults, shortScenario, SimulatedWorld, twoVictims } from './world.ts';

test('a trial without accidents counts, and leaves nothing behind', async (t) => {
  const world = new SimulatedWorld();
  t.is((await world.run()).how, 'done');
  const [result, ...more] = world.results();
  t.deepEqual(more, []);
  t.like(result, { outcome: 'disturbed', valid: true });
  t.is(world.faulty.length, 1);
  t.deepEqual(await world.recover(), []);
});

test('nor does the null control, which counts as well', async (t) => {
  const world = new SimulatedWorld();
  t.is((await world.run(nullScenario)).how, 'done');
  t.deepEqual(world.results().map((result) => typeof result === 'string' ? result : result.reason), ['Nothing changed on any node in 120.1 s of the fault.']);
  t.deepEqual([world.faulty.length, world.touched.length], [0, 1]);
});

test('nor do faults that are held in other ways, and they count', async (t) => {
  for (const scenario of otherFaults) {
    const world = new SimulatedWorld();
    t.is((await world.run(scenario)).how, 'done', scenario.fault);
    t.like(world.results(), { 0: { fault: scenario.fault, injector: injectorOf(scenario.fault, 'netem'), valid: true }, length: 1 }, JSON.stringify(world.results()));
    t.deepEqual([world.faulty.length, world.touched.length], [1, 1], scenario.fault);
    t.deepEqual(await world.recover(), []);
  }
});

test('nor does one with two victims: both undos are armed before either fault comes, both faults come and go at once, and both are proven', async (t) => {
  for (const injector of injectors) {
    const world = new SimulatedWorld();
    t.is((await world.run(twoVictims, injector)).how, 'done');
    const [result, ...more] = world.results() as readonly TrialResult[];
    t.deepEqual(more, []);
    t.like(result, { outcome: 'disturbed', valid: true, victim: 'pve1', link: 'pve1-eth1', blastRadius: 0 }, result!.reason);
    t.like(result!.also, { victim: 'pve2', link: 'pve2-eth2', class: { predicted: 'none', measured: 'none' } });
    const proven = result!.proof.map(({ what }) => what);
    for (const part of ['canaries arrived before the fault', 'no canary arrived during the fault', 'canaries arrived after the revert', ...injector === 'netem' ? ['the qdisc dropped frames during the fault'] : [], injector === 'cable' ? 'the NIC went on sending' : 'the NIC sent nothing during the fault', 'the carrier stayed up']) {
      t.deepEqual(proven.filter((what) => what.endsWith(`: ${part}`)), [`pve1-eth1: ${part}`, `pve2-eth2: ${part}`], part);
    }
    const events = world.record();
    const armed = events.filter(({ type }) => type === 'undo-armed');
    const applied = events.findIndex(({ type }) => type === 'fault-applied');
    t.deepEqual(armed.map((event) => event.type === 'undo-armed' && event.device), injector === 'cable' ? ['cables'] : ['pve1', 'pve2']);
    t.true(armed.every((event) => events.indexOf(event) < applied));
    const [first, second] = ['pve1', 'pve2'].map((name) => world.faultyOn.get(name)!) as [Span[], Span[]];
    t.deepEqual([first.length, second.length, world.faultyOn.get('pve3')!.length], [1, 1, 0]);
    t.is(first[0]!.fromUs, second[0]!.fromUs);
    t.is(world.faulty.length, 1);
    t.deepEqual(await world.recover(), []);
  }
});

test('a second victim whose fault has no effect makes the trial invalid, and one that there is no place for breaks it off', async (t) => {
  const idle = new SimulatedWorld();
  idle.machine('pve2').defect = 'passes';
  await idle.run(twoVictims);
  t.is((idle.results()[0] as TrialResult).reason, 'It does not count, for this was not so: the canary is lost: not within 5 s: it arrives.');
  const swapped = new SimulatedWorld();
  swapped.swapCables('pve2');
  await swapped.run(twoVictims);
  t.regex((swapped.results()[0] as TrialResult).reason, /pve2-eth2 leads to swp4 \(0 of 300000 bytes came to swp4, and 302800 to swp3\)/);
  const few = new SimulatedWorld();
  await few.run({ ...twoVictims, also: { placesAfter: 3, target: 'first' } });
  t.is((few.results()[0] as TrialResult).reason, 'The trial was broken off in step configure: the second victim is 3 places after pve1, and there are 3 nodes.');
  t.deepEqual([idle, swapped, few].map(({ faulty }) => faulty.length), [2, 0, 0]);
});

test('whom a victim does not hear follows from the switch’s hash, and from nothing where the switch has none', async (t) => {
  const predicted = async (scenario: Scenario): Promise<unknown> => {
    const world = new SimulatedWorld();
    await world.run(scenario);
    return world.record().find((event) => event.type === 'target-chosen')?.predicted;
  };
  const deaf = otherFaults.find(({ fault }) => fault === 'rx-silent')!;
  // layer2+3 of addresses that end in 1, 2 and 3, MACs that end alike: 1 ^ 2 is odd, the second port; 1 ^ 3 is even.
  t.deepEqual(await predicted(deaf), { class: 'partial', darkPeers: ['pve3'] });
  t.is(await predicted({ ...deaf, ports: { kind: 'plain' } }), null);
  // The victim's own, layer2.
  t.deepEqual(await predicted(otherFaults[0]!), { class: 'isolated', darkPeers: ['pve2', 'pve3'] });
});

test('nor does one by a lease, nor the control of it', async (t) => {
  for (const [scenario, outcome] of [[shortScenario, 'disturbed'], [nullScenario, 'undisturbed']] as const) {
    const world = new SimulatedWorld();
    t.is((await world.run(scenario, 'lease')).how, 'done');
    const [result, ...more] = world.results();
    t.deepEqual(more, []);
    t.like(result, { outcome, valid: true, injector: 'lease' });
    t.deepEqual([world.faulty.length, world.touched.length], [scenario === nullScenario ? 0 : 1, 1]);
    t.deepEqual(await world.recover(), []);
  }
});

test('nor does one at a phase, whose undo lasts as long as the wait for it, and whose record tells when it came', async (t) => {
  const world = new SimulatedWorld();
  t.is((await world.run(shortScenario, 'netem', { anchor: 'lacpdu', afterMs: 400 })).how, 'done');
  const [result, ...more] = world.results();
  t.deepEqual(more, []);
  t.like(result, { outcome: 'disturbed', valid: true, phase: { anchor: 'lacpdu', wantedMs: 400 } });
  const { measuredMs, errorMs } = (result as TrialResult).phase!;
  t.true(Math.abs(measuredMs! - 400) <= errorMs! + 1, `${measuredMs} ± ${errorMs} ms`);
  const events = world.record();
  t.deepEqual(events.flatMap((event) => event.type === 'step-started' ? [event.step] : []).slice(5, 8), ['arm', 'phase', 'inject']);
  t.deepEqual(events.flatMap((event) => event.type === 'undo-armed' ? [event.capMs] : []), [205_000 + phaseLimitMs]);
  t.like(events[0], { type: 'trial-started', phase: { anchor: 'lacpdu', afterMs: 400 } });
  t.deepEqual(await world.recover(), []);
});

test('nor does a fault that has an end of its own, by any injector: it is taken away in time, and watching goes on', async (t) => {
  for (const injector of injectors) {
    const world = new SimulatedWorld();
    t.is((await world.run({ ...shortScenario, forMs: 8000 }, injector)).how, 'done');
    const [result, ...more] = world.results();
    t.deepEqual(more, []);
    t.like(result, { outcome: 'disturbed', valid: true });
    const [{ fromUs, toUs }] = world.faulty as [{ fromUs: number; toUs: number }];
    t.true(toUs - fromUs >= 8_000_000 && toUs - fromUs < 8_500_000, `${toUs - fromUs}`);
    const events = world.records()[0]!;
    const at = (step: string): number => events.findLast((event) => event.type === 'step-started' && event.step === step)!.at[0];
    t.true(at('observe') > at('revert') && at('prove-gone') - at('revert') >= 15_000_000);
    t.is(events.filter(({ type }) => type === 'fault-reverted').length, 1);
    t.deepEqual(await world.recover(), []);
  }
});

test('whatever goes wrong from the end of such a fault on, nothing stays', async (t) => {
  const scenario = { ...shortScenario, forMs: 8000 };
  const golden = new SimulatedWorld();
  await golden.run(scenario);
  const from = golden.effects.log.findIndex(({ what }) => what.includes('tc qdisc del'));
  t.true(from > 0);
  const accidents = singleAccidents(golden.effects.log.length).filter(({ at }) => at >= from - 2 && at < from + 8);
  for (const accident of accidents) t.deepEqual(await violationsIn([accident], scenario), [], JSON.stringify(accident));
});

test('a holder that nobody tells to go lets go in time, and the self test sees it', async (t) => {
  const world = new SimulatedWorld();
  const lifted = await world.holderEnds(injectors);
  t.deepEqual(lifted.map(({ injector, end }) => `${injector}: ${end}`), ['netem: its input ends', 'netem: no beat comes', 'lease: its input ends', 'lease: no beat comes', 'cable: its input ends', 'cable: no beat comes']);
  // The agent here looks every 450 ms, not 100.
  for (const { injector, end, afterMs, allowedMs } of lifted) t.true(afterMs !== null && afterMs <= allowedMs + 350 && (end === 'its input ends' || afterMs >= 1000), `${injector}: ${end}: ${afterMs} ms`);
  t.is(world.faulty.length, 6);
  t.deepEqual(await world.recover(), []);
});

test('every step of a trial is among its effects', async (t) => {
  const world = new SimulatedWorld();
  await world.run();
  const whats = world.effects.log.map(({ what }) => what).join('\n');
  for (const step of ['rename state/undo/paper/run-configuration.json.new', 'bondproof-arm', 'bondproof-survey', 'bondproof-interfaces', 'bondproof-state', 'bondproof-hold', 'plan', 'do', 'lease', 'beat', 'tc qdisc del', 'bondproof-disarm', 'remove state/undo/paper']) t.true(whats.includes(step), step);
});

test('the same accidents make the same world', async (t) => {
  const run = async (): Promise<string> => {
    const world = new SimulatedWorld([{ at: 120, moment: 'torn', misfortune: 'node-resets' }]);
    await world.run();
    return JSON.stringify([...world.disk.seen]);
  };
  t.is((await run()).replaceAll(/"openedAt":"[^"]*"/g, ''), (await run()).replaceAll(/"openedAt":"[^"]*"/g, ''));
});

/** Lets time pass until the work is done. */
const driven = async <T>(world: SimulatedWorld, work: PromiseLike<T>): Promise<T> => {
  let over = false;
  work.then(() => { over = true; }, () => { over = true; });
  await world.clock.drive({ done: () => over, forMs: 600_000 });
  return await work;
};

for (const [what, reset] of [['', false], [', though its node was reset and remembers neither', true]] as const) {
  test(`a run that nobody heard of while another had the lab can do nothing more${what}`, async (t) => {
    const world = new SimulatedWorld();
    const open = world.openLab(new Effects(world.clock, [], { strike: () => undefined }));
    const reserver = (run: string) => ({ run, by: `${run}’s machine`, since: '2026-01-01T00:00:00.000Z' });
    const silence = { device: 'pve1', command: { argv: ['tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '100%'] } };

    const first = await driven(world, reserveLab(open, reserver('first')));
    const told = await t.throwsAsync(driven(world, reserveLab(open, reserver('second'))), { instanceOf: Problem });
    t.is(told.parts.exitCode, exitCodes.busy);
    t.regex(told.message, /sw1 belongs to run first of first’s machine, since 2026/);

    world.cutOff(20_000);
    await world.clock.drive({ done: () => false, forMs: 21_000 });
    const second = await driven(world, reserveLab(open, reserver('second')));
    await driven(world, second[Symbol.asyncDispose]());
    if (reset) world.machine('pve1').reset();

    const refused = await t.throwsAsync(driven(world, new Devices(open, first).act(silence)), { instanceOf: Problem });
    t.regex(refused.message, /belongs to run second/);
    t.false(world.machine('pve1').isTouched());
  });
}

test('what a run changed can be seen on a node at every moment between two of its trials', async (t) => {
  const golden = new SimulatedWorld();
  await golden.run();
  const held = golden.effects.log.findIndex(({ what, device }) => what === 'bondproof-hold' && device === 'pve1');
  // The first trial breaks off, so that there is a second one.
  const first: Accident = { at: held, moment: 'after', misfortune: 'link-cut' };
  const broken = new SimulatedWorld([first]);
  await broken.run();
  const places = [...broken.effects.log.entries()].filter(([n, { kind, device, what }]) => n > held && kind === 'run' && device === 'pve1' && (what === 'bondproof-arm' || what === 'bondproof-disarm')).map(([n]) => n);
  t.true(places.length > 2);
  for (const at of places) for (const moment of moments) {
    const world = new SimulatedWorld([first, { at, moment, misfortune: 'link-cut-for-long' }]);
    const { interfaces } = world.machine('pve1');
    await world.run();
    await world.clock.drive({ done: () => false, forMs: 330_000 });
    t.deepEqual(await world.recover({ scan: true }), [], `${moment} effect ${at}`);
    t.is(world.machine('pve1').interfaces, interfaces, `${moment} effect ${at}`);
  }
});
