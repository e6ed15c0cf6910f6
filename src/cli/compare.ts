// `bondproof compare`: whether two runs, of two worlds as it may be, saw the same.

import { parseArgs } from 'node:util';

import { compareRuns, type ScenarioCompared } from '../harness/comparison.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { printable } from '../report/text.ts';
import { say } from './host.ts';
import { usageProblem } from './words.ts';

export const compare = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined || more.length > 0) throw usageProblem('bondproof compare', `${positionals.length} operands`, 'bondproof compare RUN RUN');
  const { both, only } = await compareRuns(first, second);
  if (both.length === 0) throw usageProblem(`bondproof compare ${first} ${second}`, 'no scenario that both runs tried', 'two runs with a scenario in common');
  for (const each of both) say(linesOf(each).map(printable).join('\n'));
  for (const [at, names] of only.entries()) if (names.length > 0) say(printable(`only in ${positionals[at]!}: ${names.join(', ')}`));
  const alike = both.filter(agrees).length;
  say(`${alike} of ${both.length} scenarios came out alike, ${both.reduce((sum, { compared }) => sum + compared.filter((line) => line.agrees).length, 0)} of ${both.reduce((sum, { compared }) => sum + compared.length, 0)} quantities`);
  return alike === both.length ? exitCodes.ok : exitCodes.notAllValid;
};

const agrees = ({ compared }: ScenarioCompared): boolean => compared.every((line) => line.agrees);

/** One line where all agrees; else one more for each quantity that differs. */
const linesOf = (each: ScenarioCompared): readonly string[] => {
  const differing = each.compared.filter((line) => !line.agrees);
  return [
    `${differing.length === 0 ? 'alike  ' : 'DIFFERS'}  ${each.scenario}: ${each.compared.find(({ what }) => what === 'outcome')?.values.join(' / ') ?? ''}`,
    ...differing.map(({ what, values, tolerance }) => `           ${what}: ${values.join(' / ')} (${tolerance})`),
  ];
};
