// `bondproof selftest`: whether a lab can be believed. The controls; one scenario by each injector that the lab has, compared; and what holders do
// that nobody tells to go.

import { parseArgs } from 'node:util';

import { injectorOf } from '../faults/index.ts';
import { inOrder, planTrials, type PlannedTrial } from '../harness/campaign.ts';
import { Devices } from '../harness/devices.ts';
import { endOf } from '../harness/ending.ts';
import { injectorObstacle, preflight } from '../harness/preflight.ts';
import { compareRun, controlsOfRun, seeHolderEnds, type Control, type Lifted } from '../harness/selftest.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { injectors, type Injector, type Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import { printable } from '../report/text.ts';
import { findScenarios } from '../scenarios/index.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { complain, interruption, say } from './host.ts';
import { readLab } from './labs.ts';
import { conduct } from './run.ts';
import { whyNot } from './scenarios.ts';
import { numberOption, oneOperand, usageProblem } from './words.ts';

/** Everything that is compared happens in it, within seconds and whatever the addresses are but `none`, and it ends by itself. */
const usualScenario = '802.3ad/fast-fast';

export const selftest = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { scenario: { type: 'string' }, controls: { type: 'string' }, seed: { type: 'string' }, labs: { type: 'string' }, reports: { type: 'string' } },
  });
  const file = await readLab(oneOperand('selftest', 'LAB', positionals));
  const times = numberOption('--controls', values.controls, { least: 1, most: 10_000 });
  const seed = numberOption('--seed', values.seed, { least: 0, most: 2 ** 32 - 1 });
  const labs = numberOption('--labs', values.labs, { least: 1, most: 64 });
  const signal = interruption();
  const place = { reports: values.reports, seed, signal };
  if (times === null) {
    if (labs !== null) throw usageProblem('--labs', 'no --controls', 'bondproof selftest LAB --controls N --labs N: all else is tried on one lab');
    return whole(file, scenarioOf(values.scenario ?? usualScenario), place);
  }
  if (values.scenario !== undefined) throw usageProblem('--scenario', '--controls, which has scenarios of its own', 'one of the two');
  return controlsAlone(file, { ...place, times, labs });
};

interface Place { readonly reports: string | undefined; readonly seed: number | null; readonly signal: AbortSignal }

/** All of it, on one lab. */
const whole = async (file: Lab, scenario: Scenario, { signal, ...place }: Place): Promise<ExitCode> => {
  const lab = shapedLab(file, scenario.lab ?? {}, scenario.name);
  const lacks = new Map<Injector, string>();
  const lifted: Lifted[] = [];
  let folder = '';
  await conduct({
    lab, name: 'selftest', first: null, labs: 1, json: false, signal, ...place,
    plan: async (open) => {
      for (const [injector, obstacle] of await obstaclesOf(open)) lacks.set(injector, obstacle);
      return planned(lab, scenario, lacks);
    },
    after: async (ran) => {
      ({ folder } = ran);
      lifted.push(...await seeHolderEnds({ ...ran, disk: realDisk, scenario, injectors: there(lacks), signal }).catch((error: unknown) => { throw endOf(error); }));
    },
  });
  if (signal.aborted) return exitCodes.interrupted;
  const by = there(lacks);
  const found = await controlsOfRun(folder);
  const lines = [...found.map(controlLine), ...(await compareRun(folder, scenario.name, by)).map((each) => comparedLine(each, by)), ...lifted.map(liftedLine)];
  show(lines, found);
  for (const [injector, obstacle] of lacks) say(`${injector} is not on this lab: ${printable(obstacle)}. What it would have seen was not compared.`);
  return verdict(lab, lines);
};

/** So many of each, on as many labs as fit, each of a seed of its own where labs have one. */
const controlsAlone = async (lab: Lab, { times, labs, signal, ...place }: Place & { readonly times: number; readonly labs: number | null }): Promise<ExitCode> => {
  const possible = controlsOn(lab);
  if (possible.length === 0) throw usageProblem(`--controls on lab ${lab.name}`, 'its switch can have none of them', 'a lab whose ports speak LACP with fast rates');
  const trials = inOrder(planTrials(possible, times, lab.injector, () => null));
  let folder = '';
  await conduct({
    lab, name: 'selftest', first: trials[0] ?? null, labs, json: false, signal, ...place,
    plan: async () => Promise.resolve(trials),
    ended: async (run) => {
      folder = run;
      return Promise.resolve(exitCodes.ok);
    },
  });
  if (signal.aborted) return exitCodes.interrupted;
  const found = await controlsOfRun(folder);
  show(found.map(controlLine), found);
  return verdict(lab, found.map(controlLine));
};

/** As they are on an embedded lab; of real machines nobody is to be reset for a self test. A passive switch has no port that could be taken down, and maybe other ports. */
const controlsOn = (lab: Lab): readonly Scenario[] =>
  findScenarios(['control']).filter((scenario) => {
    const why = whyNot(lab, scenario);
    if (why !== null) complain(`left out, for ${why}: ${scenario.name}`);
    return why === null;
  }).map((scenario) => lab.world === 'ssh' ? { ...scenario, ha: 'idle' } : scenario);

const show = (lines: readonly Line[], found: readonly Control[]): void => {
  say(['', 'Self test', ...table(lines.map(({ agrees, cells }) => [agrees ? 'agrees' : 'DIFFERS', ...cells]))].join('\n'));
  for (const { kind, breaches, invalid } of found) {
    for (const { folder, words } of breaches) say(`${kind} control, ${folder}: ${printable(words)}`);
    for (const { folder, words } of invalid) say(`${kind} control, ${folder}, did not count: ${printable(words)}`);
  }
};

const verdict = ({ name }: Lab, lines: readonly Line[]): ExitCode => {
  const believed = lines.every(({ agrees }) => agrees);
  say(believed ? `Nothing here speaks against what trials on ${name} say.` : `What trials on ${name} say is not to be believed before that is understood.`);
  return believed ? exitCodes.ok : exitCodes.notAllValid;
};

const there = (lacks: ReadonlyMap<Injector, string>): readonly Injector[] => injectors.filter((injector) => !lacks.has(injector));

/** Nobody is to be reset for a comparison. */
const scenarioOf = (name: string): Scenario => {
  const [scenario, ...more] = findScenarios([name]);
  if (scenario === undefined || more.length > 0) throw usageProblem(`--scenario ${name}`, `${more.length + 1} scenarios`, 'one of them');
  if (injectors.some((injector) => injectorOf(scenario.fault, injector) === null)) throw usageProblem(`--scenario ${name}`, `its fault ${scenario.fault} has a way of its own`, 'a scenario whose NIC is silenced');
  return { ...scenario, ha: 'idle' };
};

const obstaclesOf = async (open: OpenLab): Promise<ReadonlyMap<Injector, string>> => {
  await using devices = new Devices(open, null);
  const { surveys } = await preflight(open.lab, devices);
  const found = new Map<Injector, string>();
  for (const injector of injectors) {
    const obstacle = await injectorObstacle(injector, open.lab.victim, { lab: open.lab, devices, surveys });
    if (obstacle !== null) found.set(injector, `${open.lab.victim}: ${obstacle}`);
  }
  return found;
};

const planned = (lab: Lab, scenario: Scenario, lacks: ReadonlyMap<Injector, string>): readonly PlannedTrial[] => {
  const by = there(lacks);
  if (by.length > 0) return [
    ...by.map((injector, n) => ({ repetition: n + 1, scenario, injector })),
    ...controlsOn(lab).map((control) => ({ repetition: 1, scenario: control, injector: by[0]! })),
  ].map((trial, n) => ({ ...trial, number: n + 1, phase: null }));
  throw new Problem({ asked: `self test of lab ${lab.name}`, found: [...lacks.values()].join('; '), right: 'one injector at least', todo: 'see `bondproof check`', exitCode: exitCodes.device });
};

interface Line { readonly agrees: boolean; readonly cells: readonly string[] }

const comparedLine = ({ what, values, tolerance, agrees }: Awaited<ReturnType<typeof compareRun>>[number], by: readonly Injector[]): Line =>
  ({ agrees, cells: [what, values.map((value, n) => `${by[n] ?? ''} ${value}`).join(', '), tolerance] });

const controlLine = ({ kind, holds, words }: Control): Line => ({ agrees: holds, cells: [`${kind} control`, words, ''] });

const liftedLine = ({ injector, end, afterMs, allowedMs }: Lifted): Line => ({
  agrees: afterMs !== null && afterMs <= allowedMs,
  cells: [end, `${injector} ${afterMs === null ? 'not lifted' : `lifted after ${afterMs} ms`}`, `may take ${allowedMs} ms`],
});

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => printable(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()));
};
