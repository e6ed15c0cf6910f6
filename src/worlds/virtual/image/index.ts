// The lab image: what the machines of virtual labs run, built once for each recipe and kept in the cache folder.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeDigest } from '../../building/digest.ts';
import { lock } from '../../building/lock.ts';
import { buildImage } from './build.ts';
import { imagesFolder, readImage, type Image } from './cache.ts';

export { imagesInCache, removeImages, type CachedImage, type Image } from './cache.ts';

const worldFolder = join(import.meta.dirname, '..');

/** Of this clone. */
export const imageDigest = (): Promise<string> => recipeDigest(worldFolder, ['guest/root', 'ha', 'image/recipe']);

export interface EnsureOptions {
  /** `${XDG_CACHE_HOME:-~/.cache}/bondproof`. */
  readonly cacheDir: string;
  readonly uid: number;
  /** Of Debian; null or absent: the one that this host's apt uses. */
  readonly mirror?: string | null;
  /** One line for each phase, with what takes long; none when the image is there. */
  readonly notice: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The image of this clone's recipe, or null when it was not built yet. Quick. */
export const findImage = async (cacheDir: string): Promise<Image | null> => readImage(join(imagesFolder(cacheDir), await imageDigest()));

/**
 * The image of this clone's recipe, built where it is missing. A second builder waits for the first.
 * @throws Problem (setup) when something is missing that a user can install, (resources) when the disk is too full
 */
export const ensureImage = async ({ cacheDir, uid, mirror = null, notice, signal }: EnsureOptions): Promise<Image> => {
  const there = await findImage(cacheDir);
  if (there) return there;
  await mkdir(cacheDir, { recursive: true });
  const held = await lock(join(cacheDir, 'images.lock'), { signal, waiting: () => notice('lab image: another bondproof is building; waiting for it') });
  try {
    return await findImage(cacheDir) ?? await buildImage({ cacheDir, digest: await imageDigest(), worldFolder, uid, mirror, signal, notice });
  } finally {
    await held[Symbol.asyncDispose]();
  }
};
