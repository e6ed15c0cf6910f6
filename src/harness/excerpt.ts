// A verification small enough to keep with the project: what it says, the records that decide it, and digests of all the rest.

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

import { exitCodes, Problem } from '../model/problem.ts';
import type { Verification } from '../report/verification.ts';

/** Files that a reader of the verdicts opens; each run's page has all of its trials. */
const readFiles = /^(?:verification\.(?:html|md)|verdicts\.json|plan(?:-[0-9a-f]{8})?\.json|runs\/[^/]+\/report\.html)$/;

/** As sha256sum(1) checks it, for whoever has the whole. */
export const sumsName = 'SHA256SUMS';

export interface Excerpt {
  readonly bytes: number;
  /** Records that are in it, compressed, and how many decide something. */
  readonly records: number;
  readonly deciding: number;
}

/** Writes it to `to`, which must not be there, in at most `mostBytes`: each verdict's most telling record first, then each one's second, and so on. */
export const excerpt = async (folder: string, to: string, { verdicts }: Pick<Verification, 'verdicts'>, mostBytes: number): Promise<Excerpt> => {
  await mkdir(dirname(to), { recursive: true });
  await mkdir(to).catch((error: unknown) => {
    throw new Problem({ asked: `write an excerpt to ${to}`, found: (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'something is there' : (error as Error).message, right: 'a folder that is not there yet', exitCode: exitCodes.usage });
  });
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(folder, join(parentPath, name))).sort();
  const sums: string[] = [];
  let bytes = 0;
  for (const file of files) {
    const content = await readFile(join(folder, file));
    sums.push(`${createHash('sha256').update(content).digest('hex')}  ${file}\n`);
    if (!readFiles.test(file)) continue;
    bytes += content.length;
    await mkdir(dirname(join(to, file)), { recursive: true });
    await cp(join(folder, file), join(to, file));
  }
  await writeFile(join(to, sumsName), sums.join(''));
  bytes += sums.join('').length;

  const wanted = recordsOf(verdicts);
  let records = 0;
  for (const record of wanted) {
    const packed = gzipSync(await readFile(join(folder, record)), { level: 9 });
    if (bytes + packed.length > mostBytes) continue;
    bytes += packed.length;
    records += 1;
    await mkdir(dirname(join(to, record)), { recursive: true });
    await writeFile(join(to, `${record}.gz`), packed);
  }
  return { bytes, records, deciding: wanted.length };
};

const recordsOf = (verdicts: Verification['verdicts']): readonly string[] => {
  const most = Math.max(0, ...verdicts.map(({ deciding }) => deciding.length));
  const ranked = Array.from({ length: most }, (_, rank) => verdicts.flatMap(({ deciding }) => deciding[rank] ?? [])).flat();
  return [...new Set(ranked.map(({ run, result }) => join('runs', run, result.folder, 'events.ndjson')))];
};
