// Images in the cache folder: `images/<digest>/`, complete when its image.json is there, which is written last.

import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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
    if (isMissing(error)) return null;
    throw error;
  });
  if (text === null) return null;
  const { about } = JSON.parse(text) as Pick<Image, 'about'>;
  return { folder, kernel: join(folder, 'linux'), disk: join(folder, 'disk.img'), about };
};

/** All images, of this clone's recipe and of others', with the disk space that each takes. */
export const imagesInCache = async (cacheDir: string): Promise<readonly CachedImage[]> => {
  const names = await readdir(imagesFolder(cacheDir)).catch((error: unknown) => {
    if (isMissing(error)) return [];
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

/** Stored bytes, not apparent ones: disks are sparse. `blocks` counts 512 bytes (stat(2)). */
const bytesBelow = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
};

export const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
