// `bondproof selftest`: one scenario by each injector that the lab has, compared; and what holders do that nobody tells to go.

import { parseArgs } from 'node:util';

import { injectorOf } from '../faults/index.ts';
import type { PlannedTrial } from '../harness/campaign.ts';
import { Devices } from '../harness/devices.ts';
import { endOf } from '../harness/ending.ts';
import { injectorObstacle, preflight } from '../harness/preflight.ts';
import { compareRun, seeHolderEnds, type Lifted } from '../harness/selftest.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { injectors, type Injector, type Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import { printable } from '../report/text.ts';
import { findScenarios } from '../scenarios/index.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { interruption, say } from './host.ts';
import { readLab } from './labs.ts';
import { conduct } from './run.ts';
import { oneOperand, usageProblem } from './words.ts';

/** Everything that is compared happens in it, within seconds and whatever the addresses are but `none`, and it ends by itself. */
const usualScenario = '802.3ad/fast-fast';

export const selftest = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { scenario: { type: 'string' }, reports: { type: 'string' } } });
  const scenario = scenarioOf(values.scenario ?? usualScenario);
  const lab = shapedLab(await readLab(oneOperand('selftest', 'LAB', positionals)), scenario.lab ?? {}, scenario.name);
  const signal = interruption();
  const lacks = new Map<Injector, string>();
  const lifted: Lifted[] = [];
  let folder = '';
  await conduct({
    lab, name: 'selftest', seed: null, first: null, labs: 1, reports: values.reports, json: false, signal,
    plan: async (open) => {
      for (const [injector, obstacle] of await obstaclesOf(open)) lacks.set(injector, obstacle);
      return planned(lab, scenario, lacks);
    },
    after: async (place) => {
      ({ folder } = place);
      lifted.push(...await seeHolderEnds({ ...place, disk: realDisk, scenario, injectors: there(lacks), signal }).catch((error: unknown) => { throw endOf(error); }));
    },
  });
  if (signal.aborted) return exitCodes.interrupted;
  const by = there(lacks);
  const lines = [...(await compareRun(folder, by)).map((each) => comparedLine(each, by)), ...lifted.map(liftedLine)];
  say(['', 'Self test', ...table(lines.map(({ agrees, cells }) => [agrees ? 'agrees' : 'DIFFERS', ...cells]))].join('\n'));
  for (const [injector, obstacle] of lacks) say(`${injector} is not on this lab: ${printable(obstacle)}. What it would have seen was not compared.`);
  return lines.every(({ agrees }) => agrees) ? exitCodes.ok : exitCodes.notAllValid;
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
  const trials = there(lacks).map((injector, n) => ({ number: n + 1, repetition: n + 1, scenario, injector, phase: null }));
  if (trials.length > 0) return trials;
  throw new Problem({ asked: `self test of lab ${lab.name}`, found: [...lacks.values()].join('; '), right: 'one injector at least', todo: 'see `bondproof check`', exitCode: exitCodes.device });
};

interface Line { readonly agrees: boolean; readonly cells: readonly string[] }

const comparedLine = ({ what, values, tolerance, agrees }: Awaited<ReturnType<typeof compareRun>>[number], by: readonly Injector[]): Line =>
  ({ agrees, cells: [what, values.map((value, n) => `${by[n] ?? ''} ${value}`).join(', '), tolerance] });

const liftedLine = ({ injector, end, afterMs, allowedMs }: Lifted): Line => ({
  agrees: afterMs !== null && afterMs <= allowedMs,
  cells: [end, `${injector} ${afterMs === null ? 'not lifted' : `lifted after ${afterMs} ms`}`, `may take ${allowedMs} ms`],
});

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => printable(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()));
};
