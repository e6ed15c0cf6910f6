// `bondproof list`: what there is to choose from.

import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { faults } from '../faults/index.ts';
import { goals } from '../hunt/goals.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { wrap } from '../report/text.ts';
import { passive } from '../model/lab.ts';
import { campaigns, scenarios } from '../scenarios/index.ts';
import { dialects, managedDialects } from '../switches/index.ts';
import { host, root, say } from './host.ts';
import { readLab } from './labs.ts';
import { oneOperand, usageProblem } from './words.ts';

interface Row { readonly name: string; readonly text: string }

const rows: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  scenarios: async () => Promise.resolve(scenarios.map(({ name, summary }) => ({ name, text: `${summary}${campaigns.modes.includes(name) ? '' : ' (not in the campaign)'}` }))),
  faults: async () => Promise.resolve(faults.map(({ name, summary }) => ({ name, text: summary }))),
  dialects: async () => Promise.resolve([
    ...dialects.map(({ name, summary }) => ({ name, text: summary })),
    { name: passive, text: 'any switch: nobody logs in to it, its lab file says what its ports are' },
    ...managedDialects.map(({ name, summary, proven, deadMan }) => ({
      name, text: `${summary}${proven ? '' : ', unproven: it has met no device'}; ${deadMan === null ? 'no dead man' : `dead man: ${deadMan.summary}`}`,
    })),
  ]),
  goals: async () => Promise.resolve(goals.map(({ name, summary }) => ({ name, text: summary }))),
  labs: async () => {
    const files = (await readdir(join(root, 'labs'))).filter((file) => file.endsWith('.yaml')).sort();
    return Promise.all(files.map(async (file) => {
      const lab = await readLab(join(root, 'labs', file));
      return { name: relative(process.cwd(), join(root, 'labs', file)), text: `${lab.world} world, ${lab.nodes.length} nodes, victim ${lab.victim}` };
    }));
  },
};

export const list = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const what = oneOperand('list', Object.keys(rows).join('|'), positionals);
  const load = Object.hasOwn(rows, what) ? rows[what] : undefined;
  if (!load) throw usageProblem(`bondproof list ${what}`, 'there is no such list', Object.keys(rows).join(', '));
  const all = await load();
  const width = Math.max(...all.map(({ name }) => name.length)) + 2;
  for (const { name, text } of all) for (const line of wrap(text, { columns: host.columns, first: name.padEnd(width), rest: ' '.repeat(width) })) say(line);
  return exitCodes.ok;
};
