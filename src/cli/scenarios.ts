// What `--scenario` names: scenarios of ours, or a file with one.

import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import { faults, findFault } from '../faults/index.ts';
import { dialectOf } from '../harness/configuration.ts';
import { shapedLab } from '../labs/virtual-lab.ts';
import { loadScenario } from '../labs/scenario-file.ts';
import { ipVersionOf } from '../model/address.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { formOf, type Scenario } from '../model/scenario.ts';
import { placeWrong } from '../model/victims.ts';
import { findScenarios, isScenario } from '../scenarios/index.ts';
import { managedDialects } from '../switches/index.ts';
import { usageProblem } from './words.ts';

/**
 * Those that the lab's switch can give its ports the form for; `leftOut` hears of others. Throws a Problem where there are none, or where the lab cannot have the
 * shape that one of them is for.
 */
export const chooseScenarios = async (names: readonly string[], lab: Lab, leftOut: (sentence: string) => void): Promise<readonly Scenario[]> => {
  const all = [...new Set((await Promise.all(names.map(scenariosOf))).flat())];
  const scenarios = all.filter((scenario) => whyNot(lab, scenario) === null);
  const others = all.filter((scenario) => !scenarios.includes(scenario));
  const [other] = others;
  if (scenarios.length === 0 && other !== undefined) throw notHere(lab, other);
  for (const [why, those] of Map.groupBy(others, (scenario) => whyNot(lab, scenario)!)) leftOut(`left out, for ${why}: ${those.map(({ name }) => name).join(', ')}`);
  const twice = scenarios.find(({ name }, at) => scenarios.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw usageProblem(`--scenario ${names.join(' --scenario ')}`, `two scenarios are named ${twice.name}`, 'a name of its own for each, for reports tell them apart by it');
  for (const scenario of scenarios) requireShape(lab, scenario);
  return scenarios;
};

/** Throws a Problem where the lab cannot have the shape, its bonds have nobody to ask by ARP, or there is no second victim. */
export const requireShape = (lab: Lab, scenario: Scenario): void => {
  const { name, bond: { options }, lab: shape = {} } = scenario;
  const shaped = shapedLab(lab, shape, name);
  if (options?.arpMonitor !== undefined && ipVersionOf(shaped) === 'ipv6') throw noArp(lab, name);
  if (options?.arpMonitor?.targets === 'switch' && shaped.switch.address === undefined) throw noAddress(lab, name);
  const place = placeWrong(shaped, scenario);
  if (place !== null) throw new Problem({ asked: `run ${name} on lab ${lab.name}`, found: place, right: 'a lab of more nodes, or a scenario whose victims are nearer', exitCode: exitCodes.usage });
};

/** Null, or what of it the lab's switch cannot have. */
export const whyNot = (lab: Lab, scenario: Scenario): string | null => {
  const { switch: { name, dialect, ports } } = lab;
  const isManaged = managedDialects.some((each) => each.name === dialect);
  if (isManaged && !['plain', 'static', 'lacp'].includes(formOf(scenario.ports))) return `a managed switch is not put into the form ${formOf(scenario.ports)}`;
  if (!isManaged && ports !== undefined && !isDeepStrictEqual(ports, scenario.ports)) return `the ports of ${name}, which is passive, are not ${portsWords(scenario.ports)}`;
  const known = dialectOf(lab);
  if (known?.forms?.includes(formOf(scenario.ports)) === false) return `a switch of dialect ${dialect} has no ports of form ${formOf(scenario.ports)}`;
  return findFault(scenario.fault).possible?.(known) === false ? `a switch of dialect ${dialect} cannot have the fault ${scenario.fault}` : null;
};

const portsWords = (ports: Scenario['ports']): string => (ports.kind === 'lacp' ? `${formOf(ports)} ${ports.rate}` : ports.kind);

const notHere = (lab: Lab, scenario: Scenario): Problem => new Problem({
  asked: `run ${scenario.name} on lab ${lab.name}`, found: whyNot(lab, scenario) ?? '', right: 'a scenario that the switch can have', todo: 'see `bondproof list scenarios`, or give the lab another switch', exitCode: exitCodes.usage,
});

const noAddress = (lab: Lab, scenario: string): Problem => new Problem({
  asked: `run ${scenario} on lab ${lab.name}`, found: `its bonds are to ask ${lab.switch.name} by ARP, and nobody knows its address`, right: 'a switch with an address in the network of the bonds',
  todo: 'write it into the lab file, as `address` of the switch', exitCode: exitCodes.usage,
});

const noArp = (lab: Lab, scenario: string): Problem => new Problem({
  asked: `run ${scenario} on lab ${lab.name}`, found: 'its bonds are to ask by ARP, and its addresses are of IPv6', right: 'IPv4 addresses, or a scenario without an ARP monitor', exitCode: exitCodes.usage,
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
