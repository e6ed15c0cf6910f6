// What is changed in the kernel's source: as little as can be, each with its reason.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isAbsent } from '../../../model/disk.ts';

export interface SourceChange {
  /** In the tree. */
  readonly file: string;
  readonly why: string;
  /** Lines; as one text the file has them once. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Null where the text is not there exactly once: this is not the source that the change was made for. */
export const changed = (text: string, { from, to }: Pick<SourceChange, 'from' | 'to'>): string | null => {
  const [before, after, ...more] = text.split(from.join('\n'));
  return before === undefined || after === undefined || more.length > 0 ? null : `${before}${to.join('\n')}${after}`;
};

/** Makes them in a tree, one after the other; gives back a line for each that cannot be made, and then the tree is not to be used. */
export const makeChanges = async (tree: string, changes: readonly SourceChange[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const change of changes) {
    const file = join(tree, change.file);
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isAbsent(error)) return '';
      throw error;
    });
    const made = changed(text, change);
    if (made === null) lines.push(`  ${change.file} does not have "${change.from.join('\\n')}" once`);
    else await writeFile(file, made);
  }
  return lines;
};
