// Kernels in the cache folder: `kernels/<digest>/`, moved there complete. `kernels/building-<digest>/` is one in the making, or one whose making was interrupted.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../../../model/disk.ts';
import { bytesBelow } from '../../building/space.ts';
import type { Source } from './version.ts';

export interface Kernel {
  readonly folder: string;
  /** The kernel, a program that needs nothing but this host's C library. */
  readonly program: string;
  /** What `uname -r` says. */
  readonly release: string;
  readonly source: Source;
  /** What the kernel said itself in /proc/config.gz. */
  readonly config: string;
}

export interface CachedKernel {
  readonly folder: string;
  /** Null: somebody is at work in it. */
  readonly bytes: number | null;
  readonly complete: boolean;
}

export const kernelsFolder = (cacheDir: string): string => join(cacheDir, 'kernels');

/** Held by whoever builds or removes. */
export const kernelsLock = (cacheDir: string): string => join(cacheDir, 'kernels.lock');

export const buildingPrefix = 'building-';

/** Null when it is not there. */
export const readKernel = async (folder: string): Promise<Kernel | null> => {
  const about = await readJson<Pick<Kernel, 'release' | 'source'>>(join(folder, 'kernel.json'));
  return about && { ...about, folder, program: join(folder, 'linux'), config: await readFile(join(folder, 'config'), 'utf8') };
};

/** Null when there is no such file. */
export const readJson = async <T>(file: string): Promise<T | null> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
};

/** Of this clone's recipe and of others', with the disk space that each takes. `building`: somebody has the lock. */
export const kernelsInCache = async (cacheDir: string, { building }: { readonly building: boolean }): Promise<readonly CachedKernel[]> => {
  const names = await readdir(kernelsFolder(cacheDir)).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return Promise.all(names.filter((name) => /^(?:building-)?[0-9a-f]{16}$/.test(name)).sort().map(async (name) => {
    const folder = join(kernelsFolder(cacheDir), name);
    const complete = !name.startsWith(buildingPrefix);
    return { folder, bytes: building && !complete ? null : await bytesBelow(folder), complete };
  }));
};

export const removeKernels = async (kernels: readonly CachedKernel[]): Promise<void> => {
  for (const { folder } of kernels) {
    // Without it the kernel is not one any more, should the rest be interrupted.
    await rm(join(folder, 'kernel.json'), { force: true });
    await rm(folder, { recursive: true, force: true });
  }
};
