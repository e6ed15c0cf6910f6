// `bondproof compare`: whether two runs, of two worlds as it may be, saw the same. `bondproof diff`: what changed from one run of a lab to another.

import { parseArgs } from 'node:util';

import { compareRuns, diffRuns, type ScenarioCompared } from '../harness/comparison.ts';
import { exitCodes, type ExitCode, type Problem } from '../model/problem.ts';
import { differenceText, hasChanged } from '../report/difference.ts';
import { printable } from '../report/text.ts';
import { say } from './host.ts';
import { usageProblem } from './words.ts';

export const compare = async (args: readonly string[]): Promise<ExitCode> => {
  const runs = twoRuns('compare', args);
  const { both, only } = await compareRuns(...runs);
  if (both.length === 0) throw nothingInCommon('compare', runs);
  for (const each of both) say(linesOf(each).map(printable).join('\n'));
  for (const [at, names] of only.entries()) if (names.length > 0) say(printable(`only in ${runs[at]!}: ${names.join(', ')}`));
  const alike = both.filter(agrees).length;
  say(`${alike} of ${both.length} scenarios came out alike, ${both.reduce((sum, { compared }) => sum + compared.filter((line) => line.agrees).length, 0)} of ${both.reduce((sum, { compared }) => sum + compared.length, 0)} quantities`);
  return alike === both.length ? exitCodes.ok : exitCodes.notAllValid;
};

export const diff = async (args: readonly string[]): Promise<ExitCode> => {
  const runs = twoRuns('diff', args);
  const found = await diffRuns(...runs);
  if (found.both.length === 0) throw nothingInCommon('diff', runs);
  say(differenceText(found, runs));
  return hasChanged(found) ? exitCodes.notAllValid : exitCodes.ok;
};

type Runs = readonly [first: string, second: string];

const twoRuns = (command: string, args: readonly string[]): Runs => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined || more.length > 0) throw usageProblem(`bondproof ${command}`, `${positionals.length} operands`, `bondproof ${command} RUN RUN`);
  return [first, second];
};

const nothingInCommon = (command: string, runs: Runs): Problem =>
  usageProblem(`bondproof ${command} ${runs.join(' ')}`, 'no scenario that both runs tried', 'two runs with a scenario in common');

const agrees = ({ compared }: ScenarioCompared): boolean => compared.every((line) => line.agrees);

/** One line where all agrees; else one more for each quantity that differs. */
const linesOf = (each: ScenarioCompared): readonly string[] => {
  const differing = each.compared.filter((line) => !line.agrees);
  return [
    `${differing.length === 0 ? 'alike  ' : 'DIFFERS'}  ${each.scenario}: ${each.compared.find(({ what }) => what === 'outcome')?.values.join(' / ') ?? ''}`,
    ...differing.map(({ what, values, tolerance }) => `           ${what}: ${values.join(' / ')} (${tolerance})`),
  ];
};
