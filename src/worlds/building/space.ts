// Disk space: what there is, and what folders take.

import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, Problem } from '../../model/problem.ts';

/** @throws Problem (resources) where fewer than `needMb` are free in `folder`. `asked`: what they are wanted for. */
export const checkSpace = async (asked: string, folder: string, needMb: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  const freeMb = Math.floor(bavail * bsize / 2 ** 20);
  if (freeMb >= needMb) return;
  throw new Problem({ asked: `${asked} in ${folder}`, found: `${freeMb} MB are free there`, right: `${needMb} MB while it is built`, todo: 'free some, `bondproof clean` lists what the cache holds; or set XDG_CACHE_HOME to a folder on another disk', exitCode: exitCodes.resources });
};

/** Stored bytes, not apparent ones: disks are sparse. `blocks` counts 512 bytes (stat(2)). */
export const bytesBelow = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
};
