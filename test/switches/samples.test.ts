// Every parser of a managed switch against outputs of real devices, which are nobody's to publish: BONDPROOF_SAMPLES names a folder of
// `<dialect>/<command, spaces as _>.txt`, .json or .raw, like `cisco-nxos/show_lacp_neighbor.txt`. Left out where it is not set.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import type { Command } from '../../src/model/command.ts';
import { linesOf } from '../../src/model/conversation.ts';
import type { Question } from '../../src/switches/dialect.ts';
import { managedDialects } from '../../src/switches/index.ts';

const folder = process.env['BONDPROOF_SAMPLES'];

/** What is in the folder for a dialect, by command. */
const samplesOf = (dialect: string): ReadonlyMap<string, string> => {
  const files = readdirSync(folder!).includes(dialect) ? readdirSync(join(folder!, dialect)) : [];
  const textOf = (file: string): string => readFileSync(join(folder!, dialect, file), 'utf8').replaceAll('\r', '');
  return new Map(files.filter((file) => /\.(?:txt|json|raw)$/.test(file)).map((file) => [file.replace(/\.\w+$/, ''), textOf(file)]));
};

/** What a device without anything of the kind prints, for the commands of a question that no file is of. */
const nothing = (command: string): string => (command.endsWith('| json') ? '{}' : '');

if (folder === undefined) test.skip('outputs of real switches are understood: BONDPROOF_SAMPLES is not set', () => undefined);
else {
  for (const { name, facts, deadMan } of managedDialects) {
    const questions: readonly (readonly [string, Question<unknown>])[] = [
      ...Object.entries(facts) as readonly (readonly [string, Question<unknown>])[], ...deadMan?.pending ? [['pending', deadMan.pending] as const] : [],
    ];
    const samples = samplesOf(name);
    for (const [what, question] of questions) {
      const textOf = (command: Command): string => linesOf(command).join('\n');
      const sampleOf = (command: Command): string | undefined => samples.get(textOf(command).replaceAll(' ', '_'));
      if (question.commands.every((command) => sampleOf(command) === undefined)) continue;
      test(`${name}: ${what} of a real device is understood`, (t) => {
        const shown = (command: Command): string => sampleOf(command) ?? nothing(textOf(command));
        t.notThrows(() => {
          const first = question.commands.map(shown);
          question.parse([...first, ...(question.further?.(first) ?? []).map(shown)]);
        });
      });
    }
  }
}
