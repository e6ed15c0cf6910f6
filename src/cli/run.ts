// `bondproof run` and `bondproof report`.

import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { inOrder, planTrials, runCampaign, type Campaign, type PlannedTrial } from '../harness/campaign.ts';
import { reserveOurLab, type Reservations } from '../harness/reservations.ts';
import type { UndoJournal } from '../harness/journal.ts';
import { createRun, discardRun, writeReports } from '../harness/store.ts';
import type { Goal } from '../hunt/goals.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { RunResult } from '../model/result.ts';
import type { Scenario } from '../model/scenario.ts';
import { trialSeed } from '../model/seed.ts';
import type { OpenLab } from '../model/session.ts';
import { jsonLine } from '../report/progress.ts';
import { isSuperseded } from '../report/summary.ts';
import { terminalText } from '../report/terminal.ts';
import { wrap } from '../report/text.ts';
import { campaigns } from '../scenarios/index.ts';
import { diskInTurn } from '../worlds/disk-in-turn.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { machineMb } from '../worlds/timewarp/box.ts';
import { idleShare, labsAtOnce, machinesPerIdleCore } from '../worlds/virtual/capacity.ts';
import { findUp } from '../worlds/virtual/up.ts';
import { complain, host, interruption, root, say, sayAsIs } from './host.ts';
import { besideSwitch, journalOf, ownJournals, readLab, takeLab, worldOf } from './labs.ts';
import { switchForTrials } from './managed-switch.ts';
import { chooseScenarios } from './scenarios.ts';
import { openScreen } from './screen.ts';
import { certaintyWords, isSure, untilSure, usualCap, type UntilSure } from './until-sure.ts';
import { goalOption, injectorOption, numberOption, oneOperand, phaseOption } from './words.ts';

export const run = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { scenario: { type: 'string', multiple: true }, injector: { type: 'string' }, phase: { type: 'string' }, repeat: { type: 'string' }, 'until-sure': { type: 'string' }, seed: { type: 'string' }, labs: { type: 'string' }, 'keep-labs': { type: 'boolean' }, reports: { type: 'string' }, json: { type: 'boolean' } },
  });
  const lab = await readLab(oneOperand('run', 'LAB', positionals));
  const scenarios = await chooseScenarios(values.scenario ?? campaigns.modes, lab, complain);
  await requireDown(lab, scenarios);
  const goal = goalOption('--until-sure', values['until-sure']);
  const repeat = numberOption('--repeat', values.repeat, { least: 1, most: 10_000 }) ?? (goal === null ? 1 : usualCap);
  const seed = numberOption('--seed', values.seed, { least: 0, most: 2 ** 32 - 1 }) ?? randomSeed();
  const labs = numberOption('--labs', values.labs, { least: 1, most: 64 });
  const phaseOf = phaseOption(values.phase, scenarios);
  const trials = inOrder(planTrials(scenarios, repeat, injectorOption(values.injector) ?? lab.injector, ({ scenario, number, repetition }) => phaseOf?.(scenario, { seed, number, repetition, repeat }) ?? null));
  const sure = goal === null ? null : untilSure(goal, trials, { seed, cap: repeat });
  const signal = interruption();
  const code = await conduct({
    lab, name: values.scenario === undefined ? 'modes' : 'chosen', seed, labs, keepLabs: values['keep-labs'] === true, reports: values.reports, json: values.json === true, signal,
    first: trials[0] ?? null, plan: async () => Promise.resolve(trials), ...sure && { about: { plan: sure.digest }, worthwhile: sure.worthwhile, judged: sure.judged, began: keepIn('plan.json', () => sure.plan) },
    ...sure && { ended: async (folder) => keepCertainties(folder, sure, goal!) },
  });
  if (sure) tellCertainties(sure, goal!, values.json === true);
  return signal.aborted ? exitCodes.interrupted : code;
};

const keepIn = (name: string, text: () => string) => async (folder: string): Promise<void> => writeFile(join(folder, name), text());

/** Beside the report, which is made of the records alone. */
const keepCertainties = async (folder: string, sure: UntilSure, goal: Goal): Promise<ExitCode> => {
  const certainties = sure.certainties();
  await keepIn('until-sure.json', () => `${JSON.stringify({ plan: sure.digest, goal: goal.name, certainties }, null, 2)}\n`)(folder);
  return isSure(certainties) ? exitCodes.ok : exitCodes.notAllValid;
};

const tellCertainties = (sure: UntilSure, goal: Goal, json: boolean): void => {
  for (const certainty of sure.certainties()) {
    if (json) sayAsIs(jsonLine({ kind: 'certainty', goal: goal.name, ...certainty }));
    else for (const line of wrap(certaintyWords(goal, certainty), { columns: host.columns, first: '', rest: '  ' })) say(line);
  }
};

/** Throws a Problem where a lab of this name is up, which has one shape, and scenarios are for several. */
const requireDown = async (lab: Lab, scenarios: readonly Scenario[]): Promise<void> => {
  const [first, ...others] = scenarios.map((scenario) => labFor(lab, scenario));
  if (lab.world === 'virtual' && others.some((other) => !isDeepStrictEqual(other, first)) && await findUp(host, lab.name) !== null) throw oneShapeOnly(lab);
};

const oneShapeOnly = ({ name }: Lab): Problem => new Problem({
  asked: `run scenarios for labs of several shapes on lab ${name}`, found: 'the lab is up, and has one of them', right: 'a lab that is made for each', todo: `bondproof down ${name}, or choose scenarios for labs of one shape`, exitCode: exitCodes.busy,
});

export const randomSeed = (): number => host.randomBytes(4).readUInt32BE();

export interface Order {
  readonly lab: Lab;
  readonly name: string;
  readonly seed: number | null;
  readonly labs: number | null;
  /** A lab that has a seed is used for one trial after the other, as those of machines are: faster, and none of them can be made again. */
  readonly keepLabs?: boolean;
  readonly reports: string | undefined;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Of the first lab, where the trial has had one before. */
  readonly labSeed?: number;
  /** What is to be done with the run's folder when all trials were run; its code counts where the trials' is 0. */
  readonly ended?: (folder: string) => Promise<ExitCode>;
  /** The trial that is begun first; null: nobody knows before the lab was looked at. */
  readonly first: PlannedTrial | null;
  readonly plan: (open: OpenLab) => Promise<readonly PlannedTrial[]>;
  /** More of what ran than the lab and this program say. */
  readonly about?: Readonly<Record<string, string>>;
  /** What is to be done in the run's folder before the first trial. */
  readonly began?: (folder: string) => Promise<void>;
  /** As a campaign takes them. */
  readonly worthwhile?: Campaign['worthwhile'];
  readonly judged?: Campaign['judged'];
  /** Whether another tells what came of the run. */
  readonly quiet?: boolean;
  /** What is to be done on the first lab, after its trials and before it is left; then one lab is used. */
  readonly after?: (place: { readonly run: string; readonly folder: string; readonly open: OpenLab; readonly reservations: Reservations | null; readonly journal: UndoJournal; readonly tell: (text: string) => void }) => Promise<void>;
}

/** Runs trials on a lab and reports them, whatever ended them. */
export const conduct = async ({ lab, name, labs, reports, json, signal, first: begun, plan, after, began, ended, quiet, worthwhile, judged, keepLabs, ...order }: Order): Promise<ExitCode> => {
  const started = new Date();
  const seed = order.seed ?? randomSeed();
  using screen = openScreen(json ? 'json' : host.terminal ? 'terminal' : 'plain');
  // Opened before a folder is made: what is wrong with the lab leaves nothing behind.
  const open = async (labSeed: number, of: Lab): Promise<OpenLab> => {
    const opened = besideSwitch(await worldOf(of).open(of, { signal, seed: labSeed, notice: (text) => { screen.show({ kind: 'notice', text }); } }));
    return keepLabs === true ? { ...opened, seed: null } : opened;
  };
  const firstSeed = trialSeed(seed, { number: begun?.number ?? 1, attempt: 1 });
  const firstLab = labFor(lab, begun?.scenario);
  const first = await open(order.labSeed ?? firstSeed, firstLab);
  const run = `${started.toISOString().replace(/[-:]|\.\d+/g, '')}-${lab.name}`;
  // On a clock that waits for us a trial is the same each time only where files are written in the same order.
  const disk = first.realTime ? realDisk : diskInTurn(realDisk);
  using ours = ownJournals(disk);
  let folder: string | null = null;
  let code: ExitCode = exitCodes.ok;
  let stopped = true;
  try {
    await using lock = await lockFor(first, run);
    const trials = await plan(first);
    await using managed = await switchForTrials(lab, first, trials.map(({ scenario }) => scenario), signal);
    folder = await createRun(reports ?? join(root, 'reports'), run);
    await began?.(folder);
    const campaign: Campaign = {
      run, name, folder, seed, trials, signal, disk,
      oneByOne: first.realTime, reservations: lock.reservations, ...lock.alone || after ? one : labs === null ? await fittingLabs(largest(lab, trials), trials.length) : { ...one, labsAtOnce: labs },
      open: openMore(lab, { first: after ? { ...first, [Symbol.asyncDispose]: async () => Promise.resolve() } : first, lab: firstLab, seed: firstSeed }, open),
      journal: (open, slot) => open.lasting ? journalOf(lab) : ours.of(slot),
      managed, about: { bondproof: version(), ...managed && { switch: managed.about }, ...order.about }, startedAt: () => new Date().toISOString(),
      progress: (item) => { screen.show(item); },
      ...worthwhile && { worthwhile }, ...judged && { judged },
    };
    await runCampaign(campaign);
    if (signal.aborted && first.lasting) await tellLeft(lab);
    if (!signal.aborted) await after?.({ run, folder, open: first, reservations: lock.reservations, journal: campaign.journal(first, 0), tell: (text) => { screen.show({ kind: 'notice', text }); } });
    if (!signal.aborted && ended) code = await ended(folder);
    stopped = false;
  } finally {
    await first[Symbol.asyncDispose]();
    screen[Symbol.dispose]();
    // Whatever ended the run: the trials that it has are reported.
    if (folder !== null && !await discardRun(folder)) code = Math.max(code, await tell(folder, { json, quiet: quiet ?? false }).catch(toldAfter(stopped))) as ExitCode;
  }
  return code;
};

/** What ended an interrupted run is the interruption, whatever became of its undoing. */
const tellLeft = async (lab: Lab): Promise<void> => {
  const { entries, unreadable } = await journalOf(lab).read();
  for (const what of [...entries.map((entry) => entry.what), ...unreadable]) complain(`not undone yet: ${what}; \`bondproof recover LAB\` does it`);
};

/** Of the shape that the scenario is for. */
export const labFor = (lab: Lab, scenario: Scenario | undefined): Lab => shapedLab(lab, scenario?.lab ?? {});

const largest = (lab: Lab, trials: readonly PlannedTrial[]): Lab =>
  trials.map(({ scenario }) => labFor(lab, scenario)).reduce((one, other) => (other.nodes.length > one.nodes.length ? other : one), lab);

/** The trial that the open lab is for gets that; where labs have no seed, whoever asks first for one of its shape. */
const openMore = (lab: Lab, opened: { readonly first: OpenLab; readonly lab: Lab; readonly seed: number }, open: (seed: number, lab: Lab) => Promise<OpenLab>): Campaign['open'] => {
  const { first } = opened;
  let given = false;
  return async (_slot, seed, scenario) => {
    const wanted = labFor(lab, scenario);
    if (given || (first.seed !== null && opened.seed !== seed) || !isDeepStrictEqual(wanted, opened.lab)) return sameKind(first, await open(seed, wanted));
    given = true;
    return first;
  };
};

/** A lab that lasts is locked and reserved once, before the first trial: none must come in later, brought up meanwhile. */
const sameKind = async (first: OpenLab, open: OpenLab): Promise<OpenLab> => {
  if (open.lasting === first.lasting) return open;
  await open[Symbol.asyncDispose]();
  throw oneShapeOnly(open.lab);
};

/** A lab of our own needs no lock: nobody else knows it. */
const lockFor = async (open: OpenLab, run: string): Promise<AsyncDisposable & { readonly alone: boolean; readonly reservations: Reservations | null }> => {
  const alone = open.lasting;
  const taken = alone ? await takeLab(open, `run ${run}`, reserveOurLab) : null;
  return { alone, reservations: taken?.reservations ?? null, async [Symbol.asyncDispose]() { await taken?.[Symbol.asyncDispose](); } };
};

type Labs = Pick<Campaign, 'labsAtOnce' | 'more'>;

const one: Labs = { labsAtOnce: 1, more: null };

/** Few labs at first, for nobody knows how fast this host is; more while it is idle half of the time. */
export const fittingLabs = async (lab: Lab, wanted: number): Promise<Labs> => {
  const { nodeMemoryMb, switchMemoryMb } = lab.virtual ?? { nodeMemoryMb: 0, switchMemoryMb: 0 };
  const memory = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
  const machinesPerLab = lab.nodes.length + 1;
  const room = {
    memFreeMb: Number(memory ?? 0) / 1024, cores: navigator.hardwareConcurrency, machinesPerLab, wanted,
    memPerMachineMb: Math.ceil((lab.nodes.length * nodeMemoryMb + switchMemoryMb) / machinesPerLab),
  };
  // A kernel whose time travels uses all of one core, but for the moments when it waits for us: one lab more fills them. To be slow hurts none.
  if (lab.world === 'timewarp') return { labsAtOnce: labsAtOnce({ ...room, cores: room.cores + 1, memPerMachineMb: machineMb(lab) }, machinesPerLab), more: null };
  return { labsAtOnce: labsAtOnce(room), more: { labsAtMost: labsAtOnce(room, machinesPerIdleCore), untilRoom } };
};

const watchedMs = 15_000;

const untilRoom = async (wanted: () => boolean): Promise<void> => {
  for (let idle = 0; idle < 0.5 && wanted();) {
    const [before, sinceMs] = [cpus(), performance.now()];
    while (wanted() && performance.now() - sinceMs < watchedMs) await sleep(500);
    idle = idleShare(before, cpus(), performance.now() - sinceMs);
  }
};

const tell = async (folder: string, { json, quiet }: { readonly json: boolean; readonly quiet: boolean }): Promise<ExitCode> => {
  const result = await writeReports(folder);
  if (quiet) return exitCodeOf(result);
  if (json) sayAsIs(jsonLine({ kind: 'result', folder, run: result }));
  else sayAsIs(terminalText(result, { columns: host.columns, color: host.color, place: relative(process.cwd(), folder) || folder }));
  return exitCodeOf(result);
};

/** A full disk that stopped the run may take no reports either; what stopped it is what the user is to hear. */
const toldAfter = (stopped: boolean) => (error: unknown): ExitCode => {
  if (!stopped) throw error;
  complain(`the reports could not be written: ${error instanceof Error ? error.message : String(error)}`);
  return exitCodes.resources;
};

const exitCodeOf = (result: RunResult): ExitCode =>
  result.trials.filter((trial) => !isSuperseded(trial, result)).every(({ valid }) => valid) ? exitCodes.ok : exitCodes.notAllValid;

export const report = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const folder = oneOperand('report', 'RUN', positionals);
  const result = await writeReports(folder);
  if (result.trials.length === 0) {
    throw new Problem({ asked: `report ${folder}`, found: 'no trial with a record', right: 'a folder that `bondproof run` made', todo: 'see `ls reports`', exitCode: exitCodes.usage });
  }
  sayAsIs(terminalText(result, { columns: host.columns, color: host.color, place: folder }));
  return exitCodes.ok;
};

export const version = (): string => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
