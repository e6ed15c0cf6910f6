// The kernel whose time can be bent: built once for each recipe and kept in the cache folder.

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeDigest } from '../../building/digest.ts';
import { lock } from '../../building/lock.ts';
import { buildKernel } from './build.ts';
import { kernelsFolder, kernelsLock, readKernel, type Kernel } from './cache.ts';
import { readFragment, type Option } from './configuration.ts';
import type { Progress } from './progress.ts';

export { kernelsInCache, kernelsLock, removeKernels, type Kernel } from './cache.ts';
export type { Progress } from './progress.ts';

export interface EnsureOptions {
  /** `${XDG_CACHE_HOME:-~/.cache}/bondproof`. */
  readonly cacheDir: string;
  readonly uid: number;
  /** Not called when the kernel is there. */
  readonly progress: (progress: Progress) => void;
  readonly notice: (text: string) => void;
  readonly signal: AbortSignal;
}

const recipe = join(import.meta.dirname, 'recipe');

/** Of this clone. */
export const kernelDigest = (): Promise<string> => recipeDigest(import.meta.dirname, ['recipe']);

/** What the kernel is asked to have. */
export const wantedOptions = async (): Promise<readonly Option[]> => readFragment(await readFile(join(recipe, 'kernel.config'), 'utf8'));

/** The kernel of this clone's recipe, or null when it was not built yet. Quick. */
export const findKernel = async (cacheDir: string): Promise<Kernel | null> => readKernel(join(kernelsFolder(cacheDir), await kernelDigest()));

/**
 * The kernel of this clone's recipe, built where it is missing. A second builder waits for the first; one that was interrupted is gone on with.
 * @throws Problem (setup) when something is missing that a user can install or the mirror cannot serve, (resources) when the disk is too full
 */
export const ensureKernel = async ({ cacheDir, uid, progress, notice, signal }: EnsureOptions): Promise<Kernel> => {
  const there = await findKernel(cacheDir);
  if (there) return there;
  await mkdir(cacheDir, { recursive: true });
  const held = await lock(kernelsLock(cacheDir), { signal, waiting: () => notice('kernel: another bondproof is building it; waiting for that') });
  try {
    return await findKernel(cacheDir) ?? await buildKernel({ kernels: kernelsFolder(cacheDir), digest: await kernelDigest(), recipe, wanted: await wantedOptions(), uid, progress, notice, signal });
  } finally {
    await held[Symbol.asyncDispose]();
  }
};
