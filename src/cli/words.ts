// Operands and options as the user typed them.

import { goals, type Goal } from '../hunt/goals.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { parsePhase, periodMs, phaseOfTrial, phaseWords, type Draw, type Phase } from '../model/phase.ts';
import { injectors, type Injector, type Scenario } from '../model/scenario.ts';

export const usageProblem = (asked: string, found: string, right: string): Problem =>
  new Problem({ asked, found, right, todo: 'see `bondproof --help`', exitCode: exitCodes.usage });

/** The one operand of a command. */
export const oneOperand = (command: string, name: string, positionals: readonly string[]): string => {
  const [only, ...more] = positionals;
  if (only === undefined || more.length > 0) {
    throw usageProblem(`bondproof ${command}`, only === undefined ? `no ${name}` : `${positionals.length} operands: ${positionals.join(' ')}`, `bondproof ${command} ${name}`);
  }
  return only;
};

/** A whole number, or null where the option is absent. */
export const numberOption = (option: string, value: string | undefined, { least, most }: { readonly least: number; readonly most: number }): number | null => {
  if (value === undefined) return null;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) throw usageProblem(`${option} ${value}`, 'not a number in range', `a whole number from ${least} to ${most}`);
  return number;
};

/** A time like 90s, 20m or 2h, in ms, or null where the option is absent. */
export const timeOption = (option: string, value: string | undefined): number | null => {
  if (value === undefined) return null;
  const [, number, unit] = /^([1-9]\d{0,5})([smh])$/.exec(value) ?? [];
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (unitMs === undefined) throw usageProblem(`${option} ${value}`, 'not a time', 'a whole number and its unit: 90s, 20m or 2h');
  return Number(number) * unitMs;
};

/** A goal by its name, or null where the option is absent. */
export const goalOption = (option: string, value: string | undefined): Goal | null => {
  if (value === undefined) return null;
  const found = goals.find(({ name }) => name === value);
  if (found === undefined) throw usageProblem(`${option} ${JSON.stringify(value)}`, 'there is no such goal', goalWords());
  return found;
};

export const goalWords = (): string => goals.map(({ name, summary }) => `"${name}" (${summary})`).join(', ');

/** What is asked for, or null where the option is absent. */
export const injectorOption = (value: string | undefined): Injector | null => {
  if (value === undefined) return null;
  const found = injectors.find((each) => each === value);
  if (found === undefined) throw usageProblem(`--injector ${value}`, 'there is no such injector', injectors.join(' or '));
  return found;
};

/** The phase of each trial of these scenarios, or null where the option is absent. All of them must have one: what cannot be is refused before anything is touched. */
export const phaseOption = (value: string | undefined, scenarios: readonly Scenario[]): ((scenario: Scenario, draw: Draw) => Phase) | null => {
  if (value === undefined) return null;
  const wish = parsePhase(value);
  if (wish === null) throw usageProblem(`--phase ${value}`, 'not a phase', 'lacpdu or lrm, or one of them with seconds after it, like lacpdu+12.5s');
  const periods = new Map(scenarios.map((scenario) => [scenario, periodMs(wish.anchor, scenario)]));
  const named = (wrong: (period: number | null) => boolean): string => scenarios.filter((scenario) => wrong(periods.get(scenario) ?? null)).map(({ name }) => name).join(', ');
  const without = named((period) => period === null);
  if (without !== '') {
    const [what, right] = wish.anchor === 'lacpdu' ? ['no LACP', 'scenarios of 802.3ad, by --scenario'] : ['HA idle', 'scenarios in which LRMs are active, by --scenario'];
    throw usageProblem(`--phase ${value}`, `${what} in ${without}`, right);
  }
  const { afterMs } = wish;
  const least = Math.min(...[...periods.values()].map((period) => period ?? Infinity));
  if (afterMs !== null && afterMs >= least) {
    throw usageProblem(`--phase ${phaseWords(wish)}`, `the next ${wish.anchor} comes ${least / 1000} s after the last in ${named((period) => period === least)}`, `less than ${least / 1000} s`);
  }
  return (scenario, draw) => phaseOfTrial(wish, periods.get(scenario)!, draw);
};
