// What `--scenario` names: scenarios of ours, or a file with one.

import { readFile, stat } from 'node:fs/promises';

import { faults } from '../faults/index.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import { loadScenario, type ScenarioFile } from '../labs/scenario-file.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { findScenarios, isScenario } from '../scenarios/index.ts';
import { usageProblem } from './words.ts';

export interface Chosen {
  readonly scenarios: readonly Scenario[];
  /** The lab, in the shape that a scenario's file wants. */
  readonly lab: Lab;
}

export const chooseScenarios = async (names: readonly string[], lab: Lab): Promise<Chosen> => {
  const found = await Promise.all(names.map(async (name) => ({ name, ...await scenariosOf(name) })));
  const scenarios = [...new Set(found.flatMap((each) => each.scenarios))];
  const twice = scenarios.find(({ name }, at) => scenarios.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw usageProblem(`--scenario ${names.join(' --scenario ')}`, `two scenarios are named ${twice.name}`, 'a name of its own for each, for reports tell them apart by it');
  const shapes = found.filter((each) => Object.keys(each.lab).length > 0);
  const [first, ...others] = shapes;
  const other = others.find((each) => JSON.stringify(shapedLab(lab, each.lab)) !== JSON.stringify(shapedLab(lab, first!.lab)));
  if (other !== undefined) throw usageProblem(`--scenario ${first!.name} --scenario ${other.name}`, 'they want different labs', 'a run for each: a run has one lab');
  return { scenarios, lab: first === undefined ? lab : shapedLab(lab, first.lab) };
};

const scenariosOf = async (name: string): Promise<{ readonly scenarios: readonly Scenario[]; readonly lab: ScenarioFile['lab'] }> => {
  if (isScenario(name) || !/\.ya?ml$/.test(name) && !await isFile(name)) return { scenarios: findScenarios([name]), lab: {} };
  const text = await readFile(name, 'utf8').catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem({ asked: `read the scenario file ${name}`, found: missing ? 'there is no such file' : (error as Error).message, right: 'a scenario file, or a name of `bondproof list scenarios`', exitCode: exitCodes.usage });
  });
  const { scenario, lab } = loadScenario(text, { file: name, faults: faults.map((fault) => fault.name) });
  return { scenarios: [scenario], lab };
};

const isFile = async (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);
