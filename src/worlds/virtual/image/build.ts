// Builds an image in a folder beside its final one, and moves it into place when it is complete and was seen to boot.

import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, Problem } from '../../../model/problem.ts';
import { keyring } from '../../building/apt.ts';
import { findMirror } from '../../building/mirror.ts';
import { asRoot, checkPrivileges } from '../../building/privileges.ts';
import { ProgramFailed, run } from '../../building/programs.ts';
import { checkSpace } from '../../building/space.ts';
import { buildingPrefix, imagesFolder, readImage, type Image } from './cache.ts';
import { makeRoot, versions } from './debian.ts';
import { fetchKernel, installKernel, kernelSuites, type Kernel } from './kernel.ts';
import { proveBoot } from './proof.ts';
import { sizes } from './recipe/packages.ts';

export interface BuildOptions {
  readonly cacheDir: string;
  readonly digest: string;
  /** Folder of the virtual world's sources: guest/, ha/, image/. */
  readonly worldFolder: string;
  readonly uid: number;
  /** Null: the one that this host's apt uses. */
  readonly mirror: string | null;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
}

/** To be called with the builder's lock held: it clears away what interrupted builders left. */
export const buildImage = async (options: BuildOptions): Promise<Image> => {
  const { cacheDir, digest, uid, signal, notice } = options;
  const images = imagesFolder(cacheDir);
  await mkdir(images, { recursive: true });
  await checkTools(signal);
  await checkPrivileges('build the lab image', uid, signal);
  if (await removeLeftovers(images, uid)) notice('lab image: cleared away what a killed builder left');
  await checkSpace('build the lab image', images, sizes.buildMb);
  const building = await mkdtemp(join(images, buildingPrefix));
  // A failure of one part stops the other; nothing runs on when this returns.
  const stop = new AbortController();
  try {
    const about = await build(building, { ...options, signal: AbortSignal.any([signal, stop.signal]) }, stop);
    const folder = join(images, digest);
    await rm(folder, { recursive: true, force: true });
    await writeFile(join(building, 'image', 'image.json'), `${JSON.stringify({ digest, about }, null, 2)}\n`);
    await rename(join(building, 'image'), folder);
    return (await readImage(folder))!;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new Problem({ asked: 'build the lab image', found: error.message, right: 'a Debian mirror that answers, and serves what its index says', todo: 'try again: bin/setup', exitCode: exitCodes.setup }, { cause: error });
  } finally {
    await removeAsRoot([building], uid);
  }
};

const build = async (building: string, options: BuildOptions, stop: AbortController): Promise<Readonly<Record<string, string>>> => {
  const { uid, signal, notice } = options;
  const mirror = options.mirror ?? await findMirror(signal);
  const root = join(building, 'root');
  const folder = join(building, 'image');
  await mkdir(folder);
  await chmod(folder, 0o755);
  notice(`lab image: installing Debian from ${mirror} (takes the longest, half a minute on an idle machine)`);
  const debian = makeRoot({ mirror, keyring, root, uid, signal });
  const kernels = candidates(building, { mirror, signal });
  const first = kernels.next();
  // Whichever fails first is the reason; the other is stopped, and waited for.
  await Promise.all([debian, first]).catch(async (error: unknown) => {
    stop.abort(error);
    await Promise.allSettled([debian, first]);
    throw error;
  });
  const tried: string[] = [];
  for (let next = await first; !next.done; next = await kernels.next()) {
    const candidate = next.value;
    if ('because' in candidate) {
      tried.push(`${candidate.suite}: ${candidate.because}`);
      continue;
    }
    try {
      return await complete(candidate, { root, folder, options });
    } catch (error) {
      signal.throwIfAborted();
      tried.push(`${candidate.suite}, ${candidate.release}: ${reasonOf(error)}`);
    }
  }
  throw new Problem({ asked: 'find a User Mode Linux kernel that runs on this host', found: `none of ${kernelSuites.join(', ')} has one\n${tried.map((line) => `    ${line}`).join('\n')}`, right: 'package user-mode-linux with what lab machines need', exitCode: exitCodes.setup });
};

interface Failed { readonly suite: string; readonly because: string }

/** One kernel after the other, fetched when it is asked for: the first is nearly always the last. */
async function* candidates(building: string, { mirror, signal }: { readonly mirror: string; readonly signal: AbortSignal }): AsyncGenerator<Kernel | Failed> {
  for (const suite of kernelSuites) {
    const folder = join(building, `kernel-${suite}`);
    await mkdir(folder);
    try {
      yield await fetchKernel({ mirror, suite, folder, signal });
    } catch (error) {
      signal.throwIfAborted();
      yield { suite, because: reasonOf(error) };
    }
  }
}

/** Makes the disk with this kernel's modules, and boots it. */
const complete = async (kernel: Kernel, { root, folder, options }: { readonly root: string; readonly folder: string; readonly options: BuildOptions }): Promise<Readonly<Record<string, string>>> => {
  const { worldFolder, uid, signal, notice } = options;
  const disk = join(folder, 'disk.img');
  const about = await versions(root, signal);
  notice(`lab image: making the disk, with Linux ${kernel.release} from ${kernel.suite}`);
  await rm(disk, { force: true });
  await run([...asRoot(uid), 'sh', join(worldFolder, 'image/recipe/assemble.sh'), root, kernel.folder, join(worldFolder, 'guest/root'), join(worldFolder, 'ha'), disk, String(sizes.diskMb)], { signal });
  await installKernel(kernel, { root, folder, signal });
  await chmod(disk, 0o644);
  notice('lab image: booting it once');
  await proveBoot(folder, { uid, signal });
  return { kernel: `Linux ${kernel.release} (User Mode Linux, Debian ${kernel.suite}, user-mode-linux ${kernel.packageVersion})`, ...about };
};

const checkTools = async (signal: AbortSignal): Promise<void> => {
  const script = 'for one; do command -v "$one" > /dev/null || echo "$one"; done';
  const missing = (await run(['sh', '-c', script, 'sh', 'mmdebstrap', 'patchelf', 'mke2fs', 'unshare', 'apt-get', 'dpkg-deb', 'dpkg-query'], { signal })).split('\n').filter(Boolean);
  const noKeys = await access(keyring).then(() => false, () => true);
  if (missing.length === 0 && !noKeys) return;
  throw new Problem({ asked: 'build the lab image', found: `this host lacks ${[...missing, ...(noKeys ? [keyring] : [])].join(', ')}`, todo: 'bin/setup', exitCode: exitCodes.setup });
};

/** To be called with the builder's lock held. False where there was nothing. */
export const removeLeftovers = async (images: string, uid: number): Promise<boolean> => {
  const left = (await readdir(images)).filter((name) => name.startsWith(buildingPrefix));
  await removeAsRoot(left.map((name) => join(images, name)), uid);
  return left.length > 0;
};

/** Files in them belong to several owners. Not to be interrupted: it is the cleaning up. */
const removeAsRoot = async (folders: readonly string[], uid: number): Promise<void> => {
  if (folders.length > 0) await run([...asRoot(uid), 'rm', '-rf', '--', ...folders], { signal: new AbortController().signal });
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();
