// The lab image: what the machines of virtual labs run, built once for each recipe and kept in the cache folder.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeDigest } from '../../building/digest.ts';
import { lock, lockNow } from '../../building/lock.ts';
import { buildImage, removeLeftovers } from './build.ts';
import { buildingPrefix, imagesFolder, readImage, type Image } from './cache.ts';

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
  if (there) {
    await clearAway({ cacheDir, uid, notice, signal });
    return there;
  }
  await mkdir(cacheDir, { recursive: true });
  const held = await lock(join(cacheDir, 'images.lock'), { signal, waiting: () => notice('lab image: another bondproof is building; waiting for it') });
  try {
    return await findImage(cacheDir) ?? await buildImage({ cacheDir, digest: await imageDigest(), worldFolder, uid, mirror, signal, notice });
  } finally {
    await held[Symbol.asyncDispose]();
  }
};

/** A builder that was killed when its image was there, and its folder not gone yet; nobody would build again. One that is at work is left alone. */
const clearAway = async ({ cacheDir, uid, notice, signal }: Omit<EnsureOptions, 'mirror'>): Promise<void> => {
  const images = imagesFolder(cacheDir);
  if (!(await readdir(images)).some((name) => name.startsWith(buildingPrefix))) return;
  await using held = await lockNow(join(cacheDir, 'images.lock'), signal);
  if (held !== null && await removeLeftovers(images, uid)) notice('lab image: cleared away what a killed builder left');
};
