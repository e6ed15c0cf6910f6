import test from 'ava';

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
