// Outputs of switches in a folder, by dialect and command.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is in the folder for a dialect, by command. */
export const samplesOf = (folder: string, dialect: string): ReadonlyMap<string, string> => {
  const files = readdirSync(folder).includes(dialect) ? readdirSync(join(folder, dialect)) : [];
  const textOf = (file: string): string => readFileSync(join(folder, dialect, file), 'utf8').replaceAll('\r', '');
  return new Map(files.filter((file) => /\.(?:txt|json|raw)$/.test(file)).map((file) => [file.replace(/\.\w+$/, ''), textOf(file)]));
};

/** What a device without anything of the kind prints, for the commands of a question that no file is of. */
export const nothing = (command: string): string => (command.endsWith('| json') ? '{}' : '');
