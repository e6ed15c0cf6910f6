// What `--scenario` names: scenarios of ours, or a file with one.

import { readFile, stat } from 'node:fs/promises';

import { faults } from '../faults/index.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import { loadScenario } from '../labs/scenario-file.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { findScenarios, isScenario } from '../scenarios/index.ts';
import { usageProblem } from './words.ts';

/** Throws a Problem where the lab cannot have the shape that one of them is for. */
export const chooseScenarios = async (names: readonly string[], lab: Lab): Promise<readonly Scenario[]> => {
  const scenarios = [...new Set((await Promise.all(names.map(scenariosOf))).flat())];
  const twice = scenarios.find(({ name }, at) => scenarios.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw usageProblem(`--scenario ${names.join(' --scenario ')}`, `two scenarios are named ${twice.name}`, 'a name of its own for each, for reports tell them apart by it');
  for (const { name, bond, lab: shape = {} } of scenarios) {
    if (shapedLab(lab, shape, name).switch.address === undefined && bond.options?.arpMonitor?.targets === 'switch') throw noAddress(lab, name);
  }
  return scenarios;
};

const noAddress = (lab: Lab, scenario: string): Problem => new Problem({
  asked: `run ${scenario} on lab ${lab.name}`, found: `its bonds are to ask ${lab.switch.name} by ARP, and nobody knows its address`, right: 'a switch with an address in the network of the bonds',
  todo: 'write it into the lab file, as `address` of the switch', exitCode: exitCodes.usage,
});

const scenariosOf = async (name: string): Promise<readonly Scenario[]> => {
  if (isScenario(name) || !/\.ya?ml$/.test(name) && !await isFile(name)) return findScenarios([name]);
  const text = await readFile(name, 'utf8').catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem({ asked: `read the scenario file ${name}`, found: missing ? 'there is no such file' : (error as Error).message, right: 'a scenario file, or a name of `bondproof list scenarios`', exitCode: exitCodes.usage });
  });
  return [loadScenario(text, { file: name, faults: faults.map((fault) => fault.name) })];
};

const isFile = async (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);
