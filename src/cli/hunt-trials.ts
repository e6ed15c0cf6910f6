// The trials of a hunt: each is a campaign of one, on a lab of its own shape and seed.

import { runCampaign, type PlannedTrial } from '../harness/campaign.ts';
import { nameOf, trialOf } from '../hunt/schedule.ts';
import type { Try } from '../hunt/search.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import type { Disk } from '../model/disk.ts';
import type { Lab } from '../model/lab.ts';
import type { TrialResult } from '../model/result.ts';
import { seededBytes, trialSeed } from '../model/seed.ts';
import { ownJournals, worldOf } from './labs.ts';
import { version } from './run.ts';
import type { Screen } from './screen.ts';

export interface Ground {
  readonly lab: Lab;
  readonly seed: number;
  readonly run: string;
  readonly folder: string;
  readonly goal: string;
  readonly disk: Disk;
  readonly signal: AbortSignal;
  readonly screen: Screen;
}

/** What `run --seed` has to be told to have this trial's lab again. */
export const seedOf = (huntSeed: number, number: number): number => seededBytes(huntSeed, `try ${number}`)(4).readUInt32BE();

/** Runs one trial after the other as they are asked for; a schedule that is tried again is a repetition. */
export const huntTrials = (ground: Ground): (slot: number, each: Try) => Promise<TrialResult | null> => {
  const repetitions = new Map<string, number>();
  return async (slot, each) => {
    const name = nameOf(each.schedule);
    const repetition = (repetitions.get(name) ?? 0) + 1;
    repetitions.set(name, repetition);
    return runTry(ground, slot, { number: each.number, repetition, injector: ground.lab.injector, phase: null, scenario: trialOf(each.schedule, summaryOf(ground.goal)) });
  };
};

export const summaryOf = (goal: string): string => `From a hunt for “${goal}”.`;

/** The last result of the trial, which is repeated once where it does not count; null where it was broken off before there was one. */
const runTry = async ({ lab, seed, run, folder, goal, disk, signal, screen }: Ground, slot: number, planned: PlannedTrial): Promise<TrialResult | null> => {
  const shaped = shapedLab(lab, planned.scenario.lab ?? {});
  const ownSeed = seedOf(seed, planned.number);
  const results: TrialResult[] = [];
  using ours = ownJournals(disk);
  await runCampaign({
    run, name: `hunt: ${goal}`, folder, seed, trials: [planned], signal, disk, labsAtOnce: 1, oneByOne: false, more: null, reservations: null,
    // As `run` opens the labs of its first trial and of the repetition of that.
    open: async () => worldOf(shaped).open(shaped, { signal, seed: trialSeed(ownSeed, { number: 1, attempt: results.length + 1 }), notice: (text) => { screen.show({ kind: 'notice', text }); } }),
    journal: () => ours.of(slot),
    about: { bondproof: version() }, startedAt: () => new Date().toISOString(),
    progress: (item) => { screen.show('slot' in item ? { ...item, slot } : item); },
    judged: (result) => { results.push(result); },
  });
  return results.at(-1) ?? null;
};
