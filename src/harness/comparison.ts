// Two runs side by side: whether what they both tried came out alike, or what changed from the one to the other.

import { compareTrials, diffTrials, judgeRun, judgeTrial, timelineOf, type Compared, type Sight } from '../analysis/index.ts';
import type { Event } from '../model/event.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { RunsDiffed } from '../report/difference.ts';
import { whatRan } from '../report/summary.ts';
import { readRun, type StoredTrial } from './store.ts';

export interface ScenarioCompared {
  readonly scenario: string;
  readonly compared: readonly Compared[];
}

export interface RunsCompared {
  /** In the order of the first run. */
  readonly both: readonly ScenarioCompared[];
  /** Scenarios that only one of the runs tried, of the first and of the second. */
  readonly only: readonly [readonly string[], readonly string[]];
}

/** Of each scenario the first repetition, its last attempt. Throws a Problem for a folder that is no run. */
export const compareRuns = async (first: string, second: string): Promise<RunsCompared> => {
  const [here, there] = [byScenario(await readRun(first)), byScenario(await readRun(second))];
  return {
    both: [...here].flatMap(([scenario, events]) => there.has(scenario) ? [{ scenario, compared: compareTrials([events, there.get(scenario)!]) }] : []),
    only: [without(here, there), without(there, here)],
  };
};

/** All repetitions of each scenario, the last attempt of each. Throws a Problem for a folder that is no run, and for runs of different labs or worlds. */
export const diffRuns = async (first: string, second: string): Promise<RunsDiffed> => {
  const [before, after] = [await readRun(first), await readRun(second)];
  const runs = [judgeRun(before), judgeRun(after)] as const;
  const [one, other] = runs.map(({ lab, world }) => `lab ${lab} of the ${world} world`);
  if (before.length > 0 && after.length > 0 && one !== other) {
    throw new Problem({ asked: `bondproof diff ${first} ${second}`, found: `the first is of the ${one}, the second of the ${other}`, right: 'two runs of one lab', todo: '`bondproof compare` holds runs of different worlds against each other', exitCode: exitCodes.usage });
  }
  const [here, there] = [repetitionsOf(before), repetitionsOf(after)];
  const versions = runs.map((run) => new Map(whatRan(run)));
  return {
    versions: [...new Set(versions.flatMap((found) => [...found.keys()]))].sort().flatMap((what) => {
      const [was, is] = versions.map((found) => found.get(what) ?? null);
      return was === is ? [] : [{ what, before: was ?? null, after: is ?? null }];
    }),
    both: [...here].flatMap(([scenario, trials]) => {
      const others = there.get(scenario);
      return others === undefined ? [] : [{ scenario, ...diffTrials(trials.map(sightOf), others.map(sightOf)), redefined: definitionOf(trials) !== definitionOf(others) }];
    }),
    only: [without(here, there), without(there, here)],
  };
};

const sightOf = ({ folder, events, damage }: StoredTrial): Sight => ({ result: judgeTrial(events, folder, damage), timeline: timelineOf(events) });

const startOf = ({ events }: StoredTrial): Extract<Event, { readonly type: 'trial-started' }> | undefined => events.find((event) => event.type === 'trial-started');

const repetitionsOf = (trials: readonly StoredTrial[]): ReadonlyMap<string, readonly StoredTrial[]> => {
  const started = trials.flatMap((trial) => { const start = startOf(trial); return start === undefined ? [] : [{ trial, start }]; });
  // Folders are in order of attempts: of each repetition the last is kept.
  const last = new Map(started.map(({ trial, start }) => [`${start.repetition} ${start.scenario.name}`, { trial, start }]));
  return new Map([...Map.groupBy(last.values(), ({ start }) => start.scenario.name)].map(([scenario, all]) => [scenario, all.map(({ trial }) => trial)]));
};

/** The scenario itself, and how it was tried: a name says neither. */
const definitionOf = (trials: readonly StoredTrial[]): string => {
  const start = trials[0] && startOf(trials[0]);
  return JSON.stringify([start?.scenario, start?.lab.victim, start?.lab.class, start?.lab.nodes.length]);
};

const byScenario = (trials: readonly StoredTrial[]): ReadonlyMap<string, readonly Event[]> => {
  const found = new Map<string, readonly Event[]>();
  for (const { events } of trials) {
    const started = events.find((event) => event.type === 'trial-started');
    if (started?.type === 'trial-started' && started.repetition === 1) found.set(started.scenario.name, events);
  }
  return found;
};

const without = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>): readonly string[] => [...these.keys()].filter((name) => !those.has(name));
