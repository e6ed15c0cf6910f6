// Two runs side by side: whether what they both tried came out alike, and where not.

import { compareTrials, type Compared } from '../analysis/index.ts';
import type { Event } from '../model/event.ts';
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

const byScenario = (trials: readonly StoredTrial[]): ReadonlyMap<string, readonly Event[]> => {
  const found = new Map<string, readonly Event[]>();
  for (const { events } of trials) {
    const started = events.find((event) => event.type === 'trial-started');
    if (started?.type === 'trial-started' && started.repetition === 1) found.set(started.scenario.name, events);
  }
  return found;
};

const without = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>): readonly string[] => [...these.keys()].filter((name) => !those.has(name));
