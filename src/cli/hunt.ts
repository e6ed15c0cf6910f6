// `bondproof hunt`: what schedule does this, and what of it is needed?

import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { createRun, discardRun, writeReports } from '../harness/store.ts';
import { isMet, type Goal } from '../hunt/goals.ts';
import { nameOf, nodesRange, trialOf } from '../hunt/schedule.ts';
import { hunt as huntFor, type Oracle, type Quarry } from '../hunt/search.ts';
import { scenarioText } from '../labs/scenario-file.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { RunResult } from '../model/result.ts';
import { jsonLine } from '../report/progress.ts';
import { clopperPearson } from '../statistics/index.ts';
import { diskInTurn } from '../worlds/disk-in-turn.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { host, interruption, root, say, sayAsIs } from './host.ts';
import { huntTrials, seedOf, summaryOf, type Ground } from './hunt-trials.ts';
import { readLab } from './labs.ts';
import { fittingLabs } from './run.ts';
import { openScreen } from './screen.ts';
import { goalOption, goalWords, numberOption, oneOperand, timeOption, usageProblem } from './words.ts';

/** Trials of a lab whose time jumps take 10 to 40 s each: some dozens. */
const usualBudgetMs = 20 * 60_000;
const usualConfirm = 10;
/** Labs of different seeds: what two of three labs do is seldom taken for a rule, and shrinking still ends in time. */
const shrinkTries = 3;
/** A lab may fail once; when several do, one after the other, it is not the schedule. */
const failuresInRow = 3;

export const hunt = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { goal: { type: 'string' }, budget: { type: 'string' }, trials: { type: 'string' }, seed: { type: 'string' }, confirm: { type: 'string' }, labs: { type: 'string' }, out: { type: 'string' }, reports: { type: 'string' }, json: { type: 'boolean' } },
  });
  const lab = await readLab(oneOperand('hunt', 'LAB', positionals));
  const goal = goalOption('--goal', values.goal) ?? noGoal();
  if (lab.world !== 'timewarp') throw usageProblem(`hunt on lab ${lab.name}`, `its world is ${lab.world}, whose labs have no seed: what is found there cannot be had again`, 'a lab of the timewarp world, like labs/timewarp.yaml');
  const budgetMs = timeOption('--budget', values.budget) ?? usualBudgetMs;
  const trials = numberOption('--trials', values.trials, { least: 1, most: 100_000 }) ?? Infinity;
  const seed = numberOption('--seed', values.seed, { least: 0, most: 2 ** 32 - 1 }) ?? host.randomBytes(4).readUInt32BE();
  const confirmTries = numberOption('--confirm', values.confirm, { least: 1, most: 1000 }) ?? usualConfirm;
  const atOnce = numberOption('--labs', values.labs, { least: 1, most: 64 }) ?? (await fittingLabs(shapedLab(lab, { nodes: nodesRange.most }), 64)).labsAtOnce;

  const started = new Date();
  const run = `${started.toISOString().replace(/[-:]|\.\d+/g, '')}-${lab.name}`;
  const folder = await createRun(values.reports ?? join(root, 'reports'), run);
  const kept = join(folder, 'found.yaml');
  const out = values.out ?? kept;
  const signal = interruption();
  const json = values.json === true;
  let quarry: Quarry | null = null;
  let result: RunResult | null = null;
  try {
    using screen = openScreen(json ? 'json' : host.terminal ? 'terminal' : 'plain');
    const ground: Ground = { lab, seed, run, folder, goal: goal.name, disk: diskInTurn(realDisk), signal, screen };
    quarry = await huntFor({ seed, atOnce, shrinkTries, confirmTries }, oracleOf(ground, goal, { budgetMs, trials, confirmTries, atOnce }));
  } finally {
    // Whatever ended the hunt: the trials that it has are reported.
    if (!await discardRun(folder)) result = await writeReports(folder);
  }
  if (quarry !== null && result !== null) await keep(foundText(quarry, result, { goal, seed, lab }), kept, out);
  if (json) sayAsIs(jsonLine({ kind: 'hunt', folder, goal: goal.name, seed, found: quarry === null ? null : out, ...quarry, run: result }));
  else say(ended(quarry, result, { folder, out, goal }).join('\n'));
  if (signal.aborted) return exitCodes.interrupted;
  return quarry === null ? exitCodes.notAllValid : exitCodes.ok;
};

/** With the run in any case: a hunt takes too long to be lost to a path that was mistyped. */
const keep = async (text: string, kept: string, out: string): Promise<void> => {
  await writeFile(kept, text);
  if (out !== kept) await writeFile(out, text).catch((error: unknown) => {
    throw new Problem({ asked: `write ${out}`, found: (error as Error).message, todo: `it is in ${kept}`, exitCode: exitCodes.resources }, { cause: error });
  });
};

const noGoal = (): never => { throw usageProblem('bondproof hunt', 'no --goal', goalWords()); };

interface Budget { readonly budgetMs: number; readonly trials: number; readonly confirmTries: number; readonly atOnce: number }

const oracleOf = (ground: Ground, goal: Goal, { budgetMs, trials, confirmTries, atOnce }: Budget): Oracle => {
  const { screen, signal, seed } = ground;
  const runTry = huntTrials(ground);
  const startMs = performance.now();
  let [done, busyMs, failures, met] = [0, 0, 0, 0];
  const tell = (text: string): void => { screen.show({ kind: 'notice', text: `hunt: ${text}` }); };
  return {
    tell,
    left(stage) {
      if (signal.aborted) return 0;
      if (stage === 'confirm') return Infinity;
      // As soon as there is something to confirm, the time for that is kept, up to a third; what is found too late is confirmed all the same.
      const reserveMs = met > 0 ? Math.min(confirmTries * busyMs / done / atOnce, budgetMs / 3) : 0;
      return performance.now() - startMs + reserveMs < budgetMs ? Math.max(0, trials - done) : 0;
    },
    tryAll: async (tries) => Promise.all(tries.map(async (each, slot) => {
      const beganMs = performance.now();
      const result = await runTry(slot, each).catch((error: unknown) => {
        failures += 1;
        // A device is one lab's; what is not built, or does not fit, is every lab's.
        if (failures >= failuresInRow || error instanceof Problem && error.parts.exitCode !== exitCodes.device) throw error;
        tell(`trial ${each.number} (${nameOf(each.schedule)}) could not be run: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      });
      done += 1;
      busyMs += performance.now() - beganMs;
      if (result === null) return null;
      failures = 0;
      const answer = isMet(goal, result);
      if (answer !== true) return answer;
      met += 1;
      tell(`trial ${each.number} of ${nameOf(each.schedule)} met the goal; its lab again: --seed ${seedOf(seed, each.number)}`);
      return answer;
    })),
  };
};

interface About { readonly goal: Goal; readonly seed: number; readonly lab: Lab }

const foundText = ({ first, schedule, shrunk, confirmed }: Quarry, result: RunResult, { goal, seed, lab }: About): string => scenarioText(trialOf(schedule, summaryOf(goal.name)), [
  `Found by \`bondproof hunt\` for the goal “${goal.name}”: ${goal.summary}.`,
  `Hunt with --seed ${seed} on ${lab.world}, run ${result.run}, ${result.trials.length} trials.`,
  `Trial ${first.number} met the goal first: ${nameOf(first.schedule)}.`,
  shrunkWords[shrunk],
  confirmedWords(confirmed),
  ...Object.entries(result.about).filter(([what]) => ['bondproof', 'corosync', 'kernel', 'knet'].includes(what)).map(([what, version]) => `${what}: ${version}`),
]);

const shrunkWords: Readonly<Record<Quarry['shrunk'], string>> = {
  smallest: 'It was shrunk to the smallest schedule that still met it in three of three trials.',
  'no time': 'There was no time to shrink it to the end: there may be a smaller one.',
  rare: 'It met the goal once and not the next time, and so did not repeat; it was not shrunk.',
};

const confirmedWords = ({ met, tried, uncounted }: Quarry['confirmed']): string => {
  const more = uncounted > 0 ? `; ${uncounted} more did not count` : '';
  if (tried === 0) return `It was not tried again to confirm it${more}.`;
  const { lower, upper } = clopperPearson({ events: met, trials: tried }, 0.95);
  return `Tried again to confirm it: the goal was met in ${met} of ${tried} trials, each on a lab of another seed${more}. So it is met in ${percent(lower)} to ${percent(upper)} of such labs (95 % confidence).`;
};

/** To a tenth: what is nearly all is not told as all. */
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const ended = (quarry: Quarry | null, result: RunResult | null, { folder, out, goal }: { readonly folder: string; readonly out: string; readonly goal: Goal }): readonly string[] => {
  const place = (path: string): string => relative(process.cwd(), path) || path;
  const trials = `${result?.trials.length ?? 0} trials`;
  if (quarry === null) return ['', `Nothing met “${goal.name}” in ${trials}.`, ...result === null ? [] : [`Report: ${place(folder)}`]];
  return [
    '', `“${goal.name}” after ${trials}: ${nameOf(quarry.schedule)}${{ smallest: '', 'no time': ' (not shrunk to the end)', rare: ' (rare: not shrunk)' }[quarry.shrunk]}`, confirmedWords(quarry.confirmed),
    `Scenario: ${place(out)}`, `Report: ${place(folder)}`,
  ];
};
