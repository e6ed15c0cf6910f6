// Builds a kernel in a folder beside its final one, and moves it into place when it was seen to boot. A build that is interrupted goes on where make stood.

import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootOnce } from '../../building/boot.ts';
import { findMirror } from '../../building/mirror.ts';
import { asRoot, checkPrivileges } from '../../building/privileges.ts';
import { ProgramFailed, run } from '../../building/programs.ts';
import { checkSpace } from '../../building/space.ts';
import { exitCodes, Problem } from '../../../model/problem.ts';
import { buildingPrefix, readJson, readKernel, type Kernel } from './cache.ts';
import type { SourceChange } from './changes.ts';
import { lostOptions, type Option } from './configuration.ts';
import { make } from './make.ts';
import { along, madeFile, ways, type Progress } from './progress.ts';
import { prepareSource } from './source.ts';
import { checkTools } from './tools.ts';
import type { Source } from './version.ts';

export interface BuildOptions {
  /** Of the cache. */
  readonly kernels: string;
  readonly digest: string;
  /** Folder with `kernel.config`, `changes.json` and `proof`. */
  readonly recipe: string;
  readonly wanted: readonly Option[];
  readonly uid: number;
  readonly progress: (progress: Progress) => void;
  readonly notice: (text: string) => void;
  readonly signal: AbortSignal;
}

const asked = 'build the kernel';

/** Disk space from here to the end, MB. Linux 7.2: the source takes 1200, package and indexes beside it 400 until it is unpacked, what is compiled 100; and some room. */
const neededMb = { all: 1900, compiling: 400 };

/** Files that make says it makes, for Linux 7.2 with this recipe; how many another version has is known when it is built. */
const usualFiles = 1300;

/** To be called with the builders' lock held. */
export const buildKernel = async (options: BuildOptions): Promise<Kernel> => {
  const { kernels, digest, uid, notice, signal } = options;
  const building = join(kernels, `${buildingPrefix}${digest}`);
  await checkTools(uid, signal);
  await checkPrivileges(asked, uid, signal);
  await mkdir(building, { recursive: true });
  for (const name of (await readdir(kernels)).filter((other) => other.startsWith(buildingPrefix) && other !== `${buildingPrefix}${digest}`)) {
    notice('kernel: clearing away an interrupted build of another version');
    await rm(join(kernels, name), { recursive: true });
  }
  const begun = await readJson<Source>(join(building, 'source.json'));
  await checkSpace(asked, building, begun ? neededMb.compiling : neededMb.all);
  if (begun) notice(`kernel: going on with ${begun.name} ${begun.version}, which was interrupted`);
  const source = begun ?? await begin(building, options);
  await compile(building, source, options);
  await prove(building, source, options);
  await rename(join(building, 'kernel'), join(kernels, digest));
  await rm(building, { recursive: true });
  return (await readKernel(join(kernels, digest)))!;
};

/** Written last, source.json says that the tree is whole and configured. */
const begin = async (building: string, { recipe, wanted, uid, progress, signal }: BuildOptions): Promise<Source> => {
  try {
    const fragment = await readFile(join(recipe, 'kernel.config'), 'utf8');
    const changes = JSON.parse(await readFile(join(recipe, 'changes.json'), 'utf8')) as readonly SourceChange[];
    const source = await prepareSource({ mirror: await findMirror(signal), folder: building, fragment, changes, wanted, uid, progress, signal });
    await writeFile(join(building, 'source.json'), JSON.stringify(source));
    return source;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new Problem({ asked, found: error.message, right: 'a Debian mirror that answers, and serves what its index says', todo: 'try again: bondproof kernel build', exitCode: exitCodes.setup }, { cause: error });
  }
};

const compile = async (building: string, source: Source, { uid, progress, signal }: BuildOptions): Promise<void> => {
  const tree = join(building, 'source');
  // For each file that it has made, make keeps the command in a file `.NAME.cmd` (scripts/Kbuild.include, if_changed).
  let made = (await run(['find', tree, '-name', '.*.cmd', '-printf', '\n'], { signal })).length;
  const line = (text: string): void => {
    const file = madeFile(text);
    if (file === null) return;
    made += 1;
    progress({ share: along(ways.compile, made / usualFiles), doing: `compiling ${file}` });
  };
  progress({ share: along(ways.compile, made / usualFiles), doing: 'compiling' });
  try {
    await make(tree, ['linux'], { uid, signal, line });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    // What is there may be what is wrong.
    await rm(building, { recursive: true });
    throw new Problem({ asked: `compile ${source.name} ${source.version}`, found: error.message, right: 'a compiler that this kernel can be made with', todo: 'mend what is said above, then bondproof kernel build: it begins anew', exitCode: exitCodes.setup }, { cause: error });
  }
};

/** Leaves the complete kernel in `kernel/`. */
const prove = async (building: string, source: Source, { recipe, wanted, uid, progress, signal }: BuildOptions): Promise<void> => {
  progress({ share: along(ways.prove, 0), doing: 'booting it once' });
  const folder = join(building, 'kernel');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await copyFile(join(building, 'source/linux'), join(folder, 'linux'));
  const { release, config } = await boot(folder, { recipe, uid, signal });
  const lost = lostOptions(config, wanted);
  if (lost.length > 0) throw new Error(`the kernel that was built says that it lacks ${lost.map(({ name, value }) => `CONFIG_${name}=${value}`).join(', ')}`);
  await writeFile(join(folder, 'config'), config);
  await writeFile(join(folder, 'kernel.json'), `${JSON.stringify({ release, source }, null, 2)}\n`);
};

const boot = async (folder: string, { recipe, uid, signal }: Pick<BuildOptions, 'recipe' | 'uid' | 'signal'>): Promise<{ readonly release: string; readonly config: string }> => {
  const argv = [
    ...asRoot(uid), './linux', 'umid=proof', `uml_dir=${folder}/`, 'mem=128M', 'seccomp=on', 'quiet', 'time-travel=inf-cpu', 'rootfstype=hostfs', 'rootflags=/', 'root=/dev/root', 'ro',
    'con=null', 'con0=null,fd:1', 'ssl=null', `init=${join(recipe, 'proof')}`,
  ];
  try {
    const said = (await bootOnce(argv, { cwd: folder, signal })).map((line) => line.trimEnd());
    const release = said.map((line) => /^bondproof: proof passed: (\S+)$/.exec(line)?.[1]).find((text) => text !== undefined);
    if (release === undefined) throw new Error('it did not say which kernel it is');
    return { release, config: `${said.filter((line) => /^(?:CONFIG_|# CONFIG_)/.test(line)).join('\n')}\n` };
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem({ asked: 'boot the new kernel once', found: error instanceof Error ? error.message : String(error), right: 'a kernel that runs on this processor', todo: 'report it; `bondproof clean --remove` removes what was built', exitCode: exitCodes.setup }, { cause: error });
  } finally {
    await rm(join(folder, 'proof'), { recursive: true, force: true });
  }
};
