// What lab and scenario files have in common: a small YAML document, a schema, and mistakes that say where they are.

import type { z } from 'zod';

import { nearest, problemOf, type Mistake } from './mistake.ts';
import { shown, told } from './value.ts';
import { readYaml, type Path, type YamlText } from './yaml-text.ts';

export interface ReadDocument {
  readonly yaml: YamlText;
  /** Throws one Problem for all of them. */
  readonly fail: (mistakes: readonly Mistake[]) => never;
}

/** Throws a Problem where the text is no map at all; `right` says what should have begun here. */
export const readDocument = (text: string, file: string, right: string): ReadDocument => {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    throw problemOf([{ offset: 0, found: `the file has ${bytes} bytes`, right: `at most ${maxBytes}` }], file, () => ({ line: 1, col: 1 }));
  }
  const yaml = readYaml(text);
  const fail = (mistakes: readonly Mistake[]): never => { throw problemOf(mistakes, file, yaml.position); };
  if (yaml.mistakes.length > 0) return fail(yaml.mistakes);
  if (typeof yaml.data !== 'object' || yaml.data === null || Array.isArray(yaml.data)) {
    return fail([{ offset: yaml.offsetOf([]), found: told(yaml.data, []), right }]);
  }
  return { yaml, fail };
};

/** The most nodes that a lab may have take 10 KB; the rest is for comments. What a parser takes for a hostile text grows with it. */
const maxBytes = 32_768;

/** `todo` knows more of what to do about some values. */
export const mistakesOf = (form: z.ZodSafeParseResult<unknown>, yaml: YamlText, todo: (data: unknown, path: Path) => string | undefined = () => undefined): readonly Mistake[] =>
  (form.error?.issues ?? []).flatMap((issue): readonly Mistake[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.message.split(', '), issue.path, yaml));
    return [{ offset: yaml.offsetOf(issue.path), found: told(yaml.data, issue.path), right: issue.message, todo: todo(yaml.data, issue.path) }];
  });

const unknownKey = (key: string, known: readonly string[], path: Path, yaml: YamlText): Mistake => {
  const near = nearest(key, known);
  return { offset: yaml.keyOffset(path, key), found: `unknown key ${shown(key)}`, right: near === null ? `one of ${known.join(', ')}` : near };
};
