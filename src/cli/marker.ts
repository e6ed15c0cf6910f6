// `bondproof marker`: what an administrator runs on each node to say that it belongs to a lab. It prints, and touches nothing.

import { parseArgs } from 'node:util';

import type { Lab } from '../model/lab.ts';
import { dayOf, isDay, markerCommand } from '../model/marker.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { say } from './host.ts';
import { readLab } from './labs.ts';
import { oneOperand, usageProblem } from './words.ts';

/** Long enough for a series of campaigns, short enough that a node put to another use is forgotten. */
const defaultDays = 90;

export const marker = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { until: { type: 'string' }, fencing: { type: 'boolean', default: false } } });
  const file = oneOperand('marker', 'LAB', positionals);
  const lab = await readLab(file);
  if (lab.world !== 'ssh') throw usageProblem(`bondproof marker ${file}`, `a ${lab.world} lab`, 'a lab of real nodes; the machines of others get their markers at their first boot');
  if (values.fencing && !lab.fencing) throw usageProblem(`bondproof marker ${file} --fencing`, 'the lab file says fencing: false', 'fencing: true in the lab file, if its nodes may be reset');
  for (const line of markerLines(lab, { until: untilOf(values.until, new Date()), fencing: values.fencing })) say(line);
  return exitCodes.ok;
};

const untilOf = (value: string | undefined, now: Date): string => {
  const today = dayOf(now);
  if (value === undefined) return dayOf(new Date(now.getTime() + defaultDays * 86_400_000));
  if (!isDay(value) || value < today) throw usageProblem(`--until ${value}`, isDay(value) ? 'a day that is over' : 'not a day', `a day like ${today}, today or later`);
  return value;
};

/** Pasted into a shell, the lines between the commands are comments. */
const markerLines = (lab: Lab, what: { readonly until: string; readonly fencing: boolean }): readonly string[] =>
  lab.nodes.flatMap(({ name, login }) => [`# on ${name}${login ? ` (${login.host})` : ''}, as root:`, markerCommand(lab, what)]);
