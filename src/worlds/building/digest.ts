// The name of what is built: a digest of everything that decides what is in it. bin/setup computes the same with sha256sum.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Ingredient { readonly path: string; readonly sha256: string }

/** As `sha256sum FILE... | sha256sum` prints it for the files in the C locale's order, 16 hexadecimal digits of it. */
export const digestOf = (files: readonly Ingredient[]): string => {
  const lines = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16);
};

/** Pages for people and Python's leavings change nothing. */
export const counts = (path: string): boolean => !path.endsWith('.md') && !path.includes('__pycache__');

/** Of all files in these folders below `base`. */
export const recipeDigest = async (base: string, ingredients: readonly string[]): Promise<string> => {
  const found = await Promise.all(ingredients.map(async (folder) =>
    (await readdir(join(base, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(base, join(entry.parentPath, entry.name)))));
  const paths = found.flat().filter(counts);
  return digestOf(await Promise.all(paths.map(async (path) => ({ path, sha256: createHash('sha256').update(await readFile(join(base, path))).digest('hex') }))));
};
