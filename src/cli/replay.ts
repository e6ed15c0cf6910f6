// `bondproof replay`: a trial of a lab with a seed, made again and held against its record.

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import type { PlannedTrial } from '../harness/campaign.ts';
import { comparedEvents, firstDifference } from '../harness/replay.ts';
import { readRun, type StoredTrial } from '../harness/store.ts';
import type { TrialStarted } from '../model/event.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { complain, interruption, say } from './host.ts';
import { conduct } from './run.ts';
import { usageProblem } from './words.ts';

export const replay = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { reports: { type: 'string' }, json: { type: 'boolean' } } });
  const [run, name, ...more] = positionals;
  if (run === undefined || name === undefined || more.length > 0) throw usageProblem('bondproof replay', `${positionals.length} operands`, 'bondproof replay RUN TRIAL');
  const { folder, started } = trialOf(await readRun(run), { run, name });
  const planned: PlannedTrial = { number: started.number, repetition: started.repetition, scenario: started.scenario, injector: started.injector ?? started.lab.injector, phase: started.phase ?? null };
  const signal = interruption();
  const code = await conduct({
    lab: started.lab, name: 'replay', seed: started.seed, labSeed: started.labSeed, labs: 1, reports: values.reports, json: values.json === true, signal,
    first: planned, plan: async () => Promise.resolve([planned]),
    ended: async (again) => {
      const [was, is] = await Promise.all([recordOf(join(run, folder)), recordOf(join(again, (await readRun(again))[0]!.folder))]);
      return compared(was, is);
    },
  });
  return signal.aborted ? exitCodes.interrupted : code;
};

type WithSeed = TrialStarted & { readonly labSeed: number };

/** By its number (the first attempt then), or by the name of its folder. */
const trialOf = (trials: readonly StoredTrial[], { run, name }: { readonly run: string; readonly name: string }): { readonly folder: string; readonly started: WithSeed } => {
  const asked = `bondproof replay ${run} ${name}`;
  const known = trials.flatMap(({ folder, events }) => events.flatMap((event) => event.type === 'trial-started' ? [{ folder, started: event }] : []));
  const found = known.find(({ folder }) => basename(folder) === name) ?? known.find(({ started }) => String(started.number) === name && started.attempt === 1);
  if (!found) throw usageProblem(asked, 'there is no such trial', known.map(({ folder }) => basename(folder)).join(', ') || 'a run with trials');
  const { folder, started } = found;
  if (started.labSeed === undefined) throw usageProblem(asked, started.lab.world === 'timewarp' ? 'its lab had other trials before it, for its run had --keep-labs' : `the world ${started.lab.world} has no seed: what happened there cannot be made again`, 'a trial of a timewarp lab of its own');
  return { folder, started: { ...started, labSeed: started.labSeed } };
};

const recordOf = async (folder: string): Promise<string> => readFile(join(folder, 'events.ndjson'), 'utf8');

const compared = (was: string, is: string): ExitCode => {
  const difference = firstDifference(was, is);
  if (difference === null) {
    say(`the same again: all ${comparedEvents(is)} events, byte for byte`);
    return exitCodes.ok;
  }
  const shown = (line: string | null): string => line === null ? 'the end of the record' : line.length > 300 ? `${line.slice(0, 300)}…` : line;
  complain(`not the same: line ${difference.line} of the record\n  was: ${shown(difference.was)}\n  is:  ${shown(difference.is)}\n  what to do: compare what ran, at the end of both reports; another kernel or image makes another trial`);
  return exitCodes.notAllValid;
};
