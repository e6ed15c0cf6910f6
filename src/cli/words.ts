// Operands and options as the user typed them.

import { exitCodes, Problem } from '../model/problem.ts';
import { injectors, type Injector } from '../model/scenario.ts';

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

/** What is asked for, or null where the option is absent. */
export const injectorOption = (value: string | undefined): Injector | null => {
  if (value === undefined) return null;
  const found = injectors.find((each) => each === value);
  if (found === undefined) throw usageProblem(`--injector ${value}`, 'there is no such injector', injectors.join(' or '));
  return found;
};
