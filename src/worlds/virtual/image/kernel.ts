// A User Mode Linux kernel from Debian: fetched with apt in folders of its own, checked, and made ready to run from the image's folder.

import { chmod, copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { only, openApt } from '../../building/apt.ts';
import { run } from '../../building/programs.ts';
import { missingOptions, moduleFiles } from './kernel-config.ts';
import { modules } from './recipe/packages.ts';

/**
 * Where the kernel is looked for, the more settled suite first among those with Linux 7 or later: that one runs on
 * processors with AMX, whose register state overflows the buffers of earlier ones (arch/x86/um), and can trap system calls
 * by seccomp, which takes a third less time than ptrace. Stable is the last resort.
 */
export const kernelSuites: readonly string[] = ['testing', 'unstable', 'stable'];

export interface Kernel {
  readonly suite: string;
  /** The Debian package's. */
  readonly packageVersion: string;
  /** What `uname -r` says. */
  readonly release: string;
  /** The program as it is in the package. */
  readonly program: string;
  /** `version` and `modules/`, as assemble.sh wants them. */
  readonly folder: string;
}

interface FetchOptions { readonly mirror: string; readonly suite: string; readonly folder: string; readonly signal: AbortSignal }

/** @throws ProgramFailed when the suite has none or cannot be reached, Error when it lacks something */
export const fetchKernel = async ({ mirror, suite, folder, signal }: FetchOptions): Promise<Kernel> => {
  const unpacked = join(folder, 'package');
  const apt = await openApt({ mirror, suite, folder: join(folder, 'apt'), signal });
  const file = await apt.download('user-mode-linux');
  await run(['dpkg-deb', '--extract', file, unpacked], { signal });
  const packageVersion = (await run(['dpkg-deb', '--field', file, 'Version'], { signal })).trim();
  const release = await collect(unpacked, folder);
  return { suite, packageVersion, release, program: join(unpacked, 'usr/bin/linux.uml'), folder };
};

/** Checks the unpacked package, and puts the modules that machines need beside it. */
const collect = async (unpacked: string, folder: string): Promise<string> => {
  const config = gunzipSync(await readFile(join(unpacked, 'usr/share/doc/user-mode-linux/config.gz'))).toString();
  const missing = missingOptions(config);
  if (missing.length > 0) throw new Error(`the kernel lacks ${missing.join(', ')}`);
  const all = join(unpacked, 'usr/lib/uml/modules');
  const release = only(await readdir(all), '');
  const text = (name: string): Promise<string> => readFile(join(all, release, name), 'utf8');
  const files = moduleFiles(modules, { dep: await text('modules.dep'), builtIn: await text('modules.builtin') });
  for (const file of [...files, 'modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    await mkdir(join(folder, 'modules', dirname(file)), { recursive: true });
    await copyFile(join(all, release, file), join(folder, 'modules', file));
  }
  await writeFile(join(folder, 'version'), `${release}\n`);
  return release;
};

/**
 * Puts the kernel into the image's folder, with the loader and the libraries of the image's own Debian in `lib/`: it wants a
 * newer C library than hosts may have. The loader's path is relative, so the folder may be moved.
 */
export const installKernel = async (kernel: Kernel, { root, folder, signal }: { readonly root: string; readonly folder: string; readonly signal: AbortSignal }): Promise<void> => {
  const program = join(folder, 'linux');
  const lib = join(folder, 'lib');
  await mkdir(lib, { recursive: true });
  await copyFile(kernel.program, program);
  await chmod(program, 0o755);
  const loader = basename((await run(['patchelf', '--print-interpreter', program], { signal })).trim());
  const libraries = (await run(['patchelf', '--print-needed', program], { signal })).split('\n').filter(Boolean);
  for (const name of new Set([loader, ...libraries])) {
    await cp(join(root, 'usr/lib/x86_64-linux-gnu', name), join(lib, name), { dereference: true });
    await chmod(join(lib, name), 0o755);
  }
  await run(['patchelf', '--set-interpreter', `lib/${loader}`, '--set-rpath', '$ORIGIN/lib', program], { signal });
};
