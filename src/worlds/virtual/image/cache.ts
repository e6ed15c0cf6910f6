// Images in the cache folder: `images/<digest>/`, complete when its image.json is there, which is written last.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../../../model/disk.ts';
import { bytesBelow } from '../../building/space.ts';

export interface Image {
  readonly folder: string;
  /** The kernel, a program; to be started with `folder` as working directory, where its loader is. */
  readonly kernel: string;
  /** The machines' root file system, never written to. */
  readonly disk: string;
  /** What is in it: kernel, Debian, packages. */
  readonly about: Readonly<Record<string, string>>;
}

export interface CachedImage { readonly digest: string; readonly folder: string; readonly bytes: number }

export const imagesFolder = (cacheDir: string): string => join(cacheDir, 'images');

/** Folders in the making; whoever holds the builder's lock may remove them. */
export const buildingPrefix = 'building-';

/** Null when it is not there or not complete. */
export const readImage = async (folder: string): Promise<Image | null> => {
  const text = await readFile(join(folder, 'image.json'), 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (text === null) return null;
  const { about } = JSON.parse(text) as Pick<Image, 'about'>;
  return { folder, kernel: join(folder, 'linux'), disk: join(folder, 'disk.img'), about };
};

/** All images, of this clone's recipe and of others', with the disk space that each takes. */
export const imagesInCache = async (cacheDir: string): Promise<readonly CachedImage[]> => {
  const names = await readdir(imagesFolder(cacheDir)).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const images = await Promise.all(names.filter((name) => /^[0-9a-f]{16}$/.test(name)).map(async (digest) => {
    const folder = join(imagesFolder(cacheDir), digest);
    return { digest, folder, bytes: await bytesBelow(folder) };
  }));
  return images.sort((a, b) => (a.digest < b.digest ? -1 : 1));
};

export const removeImages = async (images: readonly CachedImage[]): Promise<void> => {
  for (const { folder } of images) {
    // Without it the image is not one any more, should the rest be interrupted.
    await rm(join(folder, 'image.json'), { force: true });
    await rm(folder, { recursive: true, force: true });
  }
};
