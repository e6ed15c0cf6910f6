// A lab file's text, checked as a whole, becomes a lab. All of its mistakes are told at once, each with its line.

import type { z } from 'zod';
import type { Lab } from '../model/lab.ts';
import { sshContradictions, virtualContradictions } from './contradiction.ts';
import { nearest, problemOf, type Mistake } from './mistake.ts';
import { sshSchema, timewarpSchema, virtualSchema } from './schema.ts';
import { sshLab } from './ssh-lab.ts';
import { virtualLab } from './virtual-lab.ts';
import { shown, told, valueAt } from './value.ts';
import { readYaml, type Path, type YamlText } from './yaml-text.ts';

export interface LabFileContext {
  /** The file's name, as the user gave it; errors begin with it. */
  readonly file: string;
  /** What `~` stands for in paths of keys. */
  readonly home: string;
  /** Names of the switch dialects there are. */
  readonly dialects: readonly string[];
}

/** Throws one Problem for all that is wrong. */
export const loadLab = (text: string, { file, home, dialects }: LabFileContext): Lab => {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    throw problemOf([{ offset: 0, found: `the file has ${bytes} bytes`, right: `at most ${maxBytes}` }], file, () => ({ line: 1, col: 1 }));
  }
  const yaml = readYaml(text);
  const fail = (mistakes: readonly Mistake[]): never => { throw problemOf(mistakes, file, yaml.position); };
  if (yaml.mistakes.length > 0) return fail(yaml.mistakes);

  if (typeof yaml.data !== 'object' || yaml.data === null || Array.isArray(yaml.data)) {
    return fail([{ offset: yaml.offsetOf([]), found: told(yaml.data, []), right: 'a map that begins with name and world, like labs/virtual.yaml' }]);
  }
  const world = valueAt(yaml.data, ['world']);
  if (world === 'virtual' || world === 'timewarp') {
    const form = world === 'virtual' ? virtualSchema.safeParse(yaml.data) : timewarpSchema.safeParse(yaml.data);
    const mistakes = [...mistakesOf(form, yaml), ...virtualContradictions(yaml, world === 'virtual' ? 8 : 32)];
    return form.success && mistakes.length === 0 ? virtualLab(form.data) : fail(mistakes);
  }
  if (world === 'ssh') {
    const form = sshSchema.safeParse(yaml.data);
    const mistakes = [...mistakesOf(form, yaml), ...sshContradictions(yaml, dialects)];
    return form.success && mistakes.length === 0 ? sshLab(form.data, home) : fail(mistakes);
  }
  return fail([{ offset: yaml.offsetOf(['world']), found: told(yaml.data, ['world']), right: '"virtual" (bondproof brings the machines up), "timewarp" (the same, on one kernel whose time jumps) or "ssh" (they are there)' }]);
};

/** The most nodes that a lab may have take 10 KB; the rest is for comments. What a parser takes for a hostile text grows with it. */
const maxBytes = 32_768;

const mistakesOf = (form: z.ZodSafeParseResult<unknown>, yaml: YamlText): readonly Mistake[] =>
  (form.error?.issues ?? []).flatMap((issue): readonly Mistake[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.message.split(', '), issue.path, yaml));
    const todo = issue.path.at(-1) === 'hostKey' ? `run ${keyScan(yaml.data, issue.path.slice(0, -1))} and compare with what the device's own console shows` : undefined;
    return [{ offset: yaml.offsetOf(issue.path), found: told(yaml.data, issue.path), right: issue.message, todo }];
  });

const unknownKey = (key: string, known: readonly string[], path: Path, yaml: YamlText): Mistake => {
  const near = nearest(key, known);
  return { offset: yaml.keyOffset(path, key), found: `unknown key ${shown(key)}`, right: near === null ? `one of ${known.join(', ')}` : near };
};

/** What prints the fingerprint of the host key of the device at this path. */
const keyScan = (data: unknown, device: Path): string => {
  const host = valueAt(data, [...device, 'host']);
  const port = valueAt(data, [...device, 'port']);
  return `ssh-keyscan ${typeof port === 'number' ? `-p ${port} ` : ''}${typeof host === 'string' && /^[\w.:-]+$/.test(host) ? host : 'HOST'} | ssh-keygen -lf -`;
};
