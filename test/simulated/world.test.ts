import test from 'ava';

import { moments, type Accident } from './effects.ts';
import { nullScenario, shortScenario, SimulatedWorld } from './world.ts';

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

test('a holder that nobody tells to go lets go in time, and the self test sees it', async (t) => {
  const world = new SimulatedWorld();
  const lifted = await world.holderEnds(['netem', 'lease']);
  t.deepEqual(lifted.map(({ injector, end }) => `${injector}: ${end}`), ['netem: its input ends', 'netem: no beat comes', 'lease: its input ends', 'lease: no beat comes']);
  // The agent here looks every 450 ms, not 100.
  for (const { injector, end, afterMs, allowedMs } of lifted) t.true(afterMs !== null && afterMs <= allowedMs + 350 && (end === 'its input ends' || afterMs >= 1000), `${injector}: ${end}: ${afterMs} ms`);
  t.is(world.faulty.length, 4);
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
