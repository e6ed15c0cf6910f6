// Every accident at every effect of a trial, and what must hold in each of the worlds that come of it.

import type { Event } from '../../src/model/event.ts';
import { victimsIn } from '../../src/model/result.ts';
import type { Injector, Scenario } from '../../src/model/scenario.ts';
import { misfortunes, moments, type Accident, type Effect } from './effects.ts';
import { shortScenario, SimulatedWorld, type Ended } from './world.ts';

/** Whatever happens to the program or the way to it, a node is free of the fault within the lease and so much (src/harness/injection.ts). */
const promisedMs = 5000 + 250;

/** A trial without accidents: what there is to enumerate. */
export const goldenEffects = async (injector: Injector = 'netem', scenario = shortScenario): Promise<readonly Effect[]> => {
  const world = new SimulatedWorld();
  await world.run(scenario, injector);
  return world.effects.log;
};

export const singleAccidents = (effects: number): readonly Accident[] =>
  Array.from({ length: effects }, (_, at) => misfortunes.flatMap((misfortune) => moments.map((moment) => ({ at, moment, misfortune })))).flat();

/** Runs one world to its end and gives what does not hold, in words; none for a good one. */
export const violationsIn = async (accidents: readonly Accident[], scenario: Scenario = shortScenario, injector: Injector = 'netem'): Promise<readonly string[]> => {
  const world = new SimulatedWorld(accidents);
  const before = world.machines.map(({ name, interfaces, form }) => ({ name, interfaces, form }));
  const ended = await world.run(scenario, injector);
  const violations = [...howItEnded(ended)];

  if (ended.how === 'dead') await world.clock.drive({ done: () => false, forMs: promisedMs });
  violations.push(...world.machines.filter((machine) => machine.isFaulty()).map(({ name }) => `${name} has the fault ${ended.how === 'dead' ? `${promisedMs} ms after the program died` : 'after the run'}`));
  violations.push(...verdicts(world), ...world.gaveUp ? [] : unreverted(world));
  if (world.unwritten) violations.push('a NIC was touched before its undo was on the disk here');
  if (ended.how === 'done') violations.push(...world.openEntries().map((path) => `${path} is open after the run`), ...differences(world, before).map((what) => `after the run: ${what}`));

  // Machines and links are back by then.
  await world.clock.drive({ done: () => false, forMs: 330_000 });
  // What a node forgets when it is reset only the journal knows.
  const scan = accidents.every(({ misfortune, at }) => misfortune !== 'node-resets' && at % 2 === 1);
  violations.push(...(await world.recover({ scan })).map((left) => `after recovery${scan ? ' by what lies on the devices' : ''}: ${left}`));
  violations.push(...world.machines.flatMap(({ name, owner }) => owner === null ? [] : [`after recovery: ${name} belongs to run ${owner.run}`]));
  return [...violations, ...differences(world, before).map((what) => `after recovery${scan ? ' by what lies on the devices' : ''}: ${what}`)];
};

type Was = Pick<SimulatedWorld['machines'][number], 'name' | 'interfaces' | 'form'>;

/** What is not as it was. */
const differences = (world: SimulatedWorld, before: readonly Was[]): readonly string[] => before.flatMap((was) => {
  const is = world.machine(was.name);
  return [
    is.interfaces !== was.interfaces && `${was.name} has other interfaces than before`,
    is.interfaces === was.interfaces && was.interfaces !== '' && is.bond !== was.interfaces && `${was.name} has a bond that is not that of its file`,
    is.form !== was.form && `${was.name} has ports of form ${is.form}`,
    is.faultHolder !== null && `${was.name} is held by ${is.faultHolder}`,
  ].filter((text) => text !== false);
});

const howItEnded = ({ how, error }: Ended): readonly string[] => {
  if (how === 'hung') return ['the run never ended'];
  if (how === 'defect') return [`the run ended with what is no Problem: ${error instanceof Error ? error.stack ?? error.message : String(error)}`];
  return [];
};

/** A trial that counts had its fault all the time from the injection to the revert, once, and says for how long. */
const verdicts = (world: SimulatedWorld): readonly string[] => world.results().flatMap((result) => {
  if (typeof result === 'string') return [result];
  if (!result.valid) return [];
  const isNull = result.scenario === 'control/none';
  const faultMs = result.faultMs ?? 0;
  // Of two victims each had it; of one it is the switch that may hold it.
  const places = isNull ? [world.touched] : result.also === undefined ? [world.faulty] : victimsIn(result).map((name) => world.faultyOn.get(name)!);
  return places.map((spans) => spans.map(({ fromUs, toUs }) => ((toUs ?? Infinity) - fromUs) / 1000))
    .filter((onMs) => !onMs.some((ms) => isNull ? ms > faultMs - 1000 : Math.abs(ms - faultMs) < 2500))
    .map((onMs) => `a trial counts with a fault of ${Math.round(faultMs)} ms, and faults were on for ${onMs.map(Math.round).join(', ')} ms`);
});

/** A trial that ended took its fault away itself, whatever comes after it; unless a device was out of reach for longer than it waits. */
const unreverted = (world: SimulatedWorld): readonly string[] => world.records().flatMap((events) => {
  const has = (type: Event['type']): boolean => events.some((event) => event.type === type);
  return has('fault-applied') && has('trial-ended') && !has('fault-reverted') && !has('node-reset') ? ['a trial ended with its fault on'] : [];
});

export const accidentText = (accidents: readonly Accident[], effects: readonly Effect[]): string =>
  accidents.map(({ at, moment, misfortune }) => `${misfortune} ${moment} effect ${at} (${effects[at] ? `${effects[at].kind} ${effects[at].device ?? ''} ${effects[at].what}` : 'none'})`).join(' and ');

/** Two accidents in one world, chosen by a seed (mulberry32). */
export const doubleAccidents = (effects: number, { seed, worlds }: { readonly seed: number; readonly worlds: number }): readonly (readonly Accident[])[] => {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const accident = (): Accident => ({ at: below(effects), moment: moments[below(moments.length)]!, misfortune: misfortunes[below(misfortunes.length)]! });
  return Array.from({ length: worlds }, () => [accident(), accident()].sort((a, b) => a.at - b.at));
};

/** What of it is needed to break something. */
const shrunk = async (accidents: readonly Accident[], scenario: Scenario, injector: Injector): Promise<readonly Accident[]> => {
  for (const each of accidents) if (accidents.length > 1 && (await violationsIn([each], scenario, injector)).length > 0) return [each];
  return accidents;
};

/** The first world in which something does not hold, shrunk and in words; null when all is well in all of them. */
export const firstViolation = async (worlds: readonly (readonly Accident[])[], effects: readonly Effect[], injector: Injector = 'netem', scenario = shortScenario): Promise<string | null> => {
  for (const accidents of worlds) {
    const violations = await violationsIn(accidents, scenario, injector);
    if (violations.length === 0) continue;
    const fewer = await shrunk(accidents, scenario, injector);
    return `${accidentText(fewer, effects)}: ${violations.join('; ')}`;
  }
  return null;
};
