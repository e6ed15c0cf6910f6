// What is in a bundle: the SHA-256 of each file.

import { isNumber, isObject, isText, listOf, objectOf } from '../model/shape.ts';
import { canonicalJson, readCanonical } from './canonical.ts';

/** `path` is relative to the bundle, with slashes; `sha256` in hex. */
export interface Listed { readonly path: string; readonly sha256: string; readonly bytes: number }

export const manifestName = 'manifest.json';
export const envelopeName = 'statement.dsse.json';
export const signerName = 'signer.pem';
export const pageName = 'certificate.html';

/** Not in the manifest: itself, what signs it, and the page, which carries the signature and is signed by itself. */
export const unlisted: readonly string[] = [manifestName, envelopeName, signerName, pageName];

export const manifestText = (files: readonly Listed[]): string =>
  canonicalJson({ format: 1, files: files.filter(({ path }) => !unlisted.includes(path)).toSorted((a, b) => a.path < b.path ? -1 : 1) });

/** Null where the text is no manifest of ours: each path once, in order. */
export const readManifest = (text: string): readonly Listed[] | null => {
  const value = readCanonical(text);
  const isListed = objectOf({ path: isText, sha256: isText, bytes: isNumber });
  if (!isObject(value) || value['format'] !== 1 || !listOf(isListed)(value['files'])) return null;
  const files = value['files'] as readonly Listed[];
  return files.every(({ path }, at) => at === 0 || files[at - 1]!.path < path) ? files : null;
};

export interface Difference { readonly path: string; readonly what: string }

/** By path: what is not as the manifest says. `found` are all files of the bundle. */
export const differencesOf = (listed: readonly Listed[], found: readonly Listed[]): readonly Difference[] => {
  const there = new Map(found.map((file) => [file.path, file]));
  const known = new Set([...listed.map(({ path }) => path), ...unlisted]);
  return [
    ...listed.flatMap(({ path, sha256, bytes }): readonly Difference[] => {
      const file = there.get(path);
      if (file === undefined) return [{ path, what: 'is missing' }];
      if (file.bytes !== bytes) return [{ path, what: `has ${file.bytes} bytes, and had ${bytes}` }];
      return file.sha256 === sha256 ? [] : [{ path, what: `was changed: its SHA-256 begins with ${begin(file.sha256)}, and did with ${begin(sha256)}` }];
    }),
    ...found.filter(({ path }) => !known.has(path)).map(({ path }) => ({ path, what: 'was added' })),
  ].sort((a, b) => a.path < b.path ? -1 : 1);
};

/** Enough to tell two apart; a whole one would be taken for a secret on its way to the terminal (model/secret.ts). */
const begin = (sha256: string): string => sha256.slice(0, 12);
