// The lab image's files as a folder: a kernel whose time travels reads them from the host at once (hostfs), where a disk would answer after time has gone on.

import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { isAbsent } from '../../model/disk.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { lock } from '../building/lock.ts';
import { asRoot } from '../building/privileges.ts';
import { ProgramFailed, run } from '../building/programs.ts';
import { bytesBelow, checkSpace } from '../building/space.ts';

export interface TreeOptions {
  readonly cacheDir: string;
  readonly uid: number;
  readonly notice: (text: string) => void;
  readonly signal: AbortSignal;
}

export const treesFolder = (cacheDir: string): string => join(cacheDir, 'trees');

/** Mounts what the box needs, and becomes it; the kernel runs in the lab's folder on the host. util-linux's newer way to mount knows no hostfs. */
const init = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin LIBMOUNT_FORCE_MOUNT2=always
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mkdir /run/host
mount -t hostfs -o /proc/self/cwd host /run/host
ip link set lo up
NO_COLOR=1 python3 -I -S -u /run/host/box.py /run/host/box.json
echo 'bondproof: the box has ended'
sync
`;

/** Where the kernel finds its first program. */
export const initPath = '/usr/lib/bondproof/timewarp';

/** MB: what Debian's root takes, and some room. */
const neededMb = 500;

/** The folder for this image, made where it is missing. */
export const ensureTree = async (image: { readonly folder: string; readonly disk: string }, { cacheDir, uid, notice, signal }: TreeOptions): Promise<string> => {
  const trees = treesFolder(cacheDir);
  const tree = join(trees, basename(image.folder));
  if (await isThere(tree)) return tree;
  await mkdir(trees, { recursive: true });
  const held = await lock(join(cacheDir, 'trees.lock'), { signal, waiting: () => { notice('another bondproof is unpacking the lab image; waiting for that'); } });
  try {
    return await isThere(tree) ? tree : await unpack(image.disk, tree, { uid, notice, signal });
  } finally {
    await held[Symbol.asyncDispose]();
  }
};

const unpack = async (disk: string, tree: string, { uid, notice, signal }: Omit<TreeOptions, 'cacheDir'>): Promise<string> => {
  const trees = dirname(tree);
  await checkSpace('unpack the lab image', trees, neededMb);
  notice('unpacking the lab image (once, a few seconds)');
  const building = join(trees, 'building');
  try {
    await run([...asRoot(uid), 'sh', '-euc', 'rm -rf "$2"; mkdir "$2"; debugfs -R "rdump / $2" "$1" 2>&1 | grep -v "^debugfs " || true; test -x "$2/usr/bin/python3"; mkdir -p "$2/proc" "$2/sys" "$2/run" "$2/dev" "$2/mnt"', 'unpack', disk, building], { signal });
    await writeFile(join(building, initPath), init, { mode: 0o755 });
    await rename(building, tree);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new Problem({ asked: 'unpack the lab image', found: error.message, right: 'debugfs, of the package e2fsprogs', todo: 'apt-get install e2fsprogs', exitCode: exitCodes.setup }, { cause: error });
  }
  return tree;
};

const isThere = async (folder: string): Promise<boolean> => readdir(folder).then(() => true, (error: unknown) => {
  if (isAbsent(error)) return false;
  throw error;
});

export interface CachedTree { readonly folder: string; readonly bytes: number }

export const treesInCache = async (cacheDir: string): Promise<readonly CachedTree[]> => {
  const names = await readdir(treesFolder(cacheDir)).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return Promise.all(names.map(async (name) => ({ folder: join(treesFolder(cacheDir), name), bytes: await bytesBelow(join(treesFolder(cacheDir), name)) })));
};

export const removeTrees = async (trees: readonly CachedTree[]): Promise<void> => {
  for (const { folder } of trees) await rm(folder, { recursive: true, force: true });
};
