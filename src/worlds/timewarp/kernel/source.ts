// The kernel's source: the newest that the mirror has and that can be configured as wanted, unpacked and configured.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApt, type Apt } from '../../building/apt.ts';
import { ProgramFailed, run } from '../../building/programs.ts';
import { exitCodes, Problem } from '../../../model/problem.ts';
import { makeChanges, type SourceChange } from './changes.ts';
import { dependenciesOf, lostOptions, type Option } from './configuration.ts';
import { make } from './make.ts';
import { along, downloadPart, ways, type Progress } from './progress.ts';
import { newestFirst, sourcesIn, type Source } from './version.ts';

/** Where a source is looked for. Stable has one where a mirror has no other suites; so new a kernel as UML wants is in the first two. */
const suites: readonly string[] = ['testing', 'unstable', 'stable'];

export interface SourceOptions {
  readonly mirror: string;
  /** Takes `source/`, the configured tree. */
  readonly folder: string;
  readonly fragment: string;
  readonly changes: readonly SourceChange[];
  readonly wanted: readonly Option[];
  readonly uid: number;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** @throws Problem (setup) where no source has all that is wanted: it says what each lacks; ProgramFailed */
export const prepareSource = async (options: SourceOptions): Promise<Source> => {
  const { folder, progress, signal } = options;
  progress({ share: along(ways.find, 0), doing: 'looking what the mirror has' });
  const found = await Promise.all(suites.map((suite) => look(suite, options)));
  const tried = found.flatMap(({ suite, because }) => because === undefined ? [] : [`${suite}: ${because}`]);
  for (const source of newestFirst(found.flatMap(({ sources }) => sources))) {
    await unpack(source, found.find(({ suite }) => suite === source.suite)!.apt!, options);
    const lost = [...await makeChanges(join(folder, 'source'), options.changes), ...await configure(source, options)];
    if (lost.length === 0) {
      await rm(join(folder, 'apt'), { recursive: true, force: true });
      return source;
    }
    tried.push(`${source.name} ${source.version} of ${source.suite} cannot have all that is asked for:`, ...lost);
    signal.throwIfAborted();
  }
  throw new Problem({ asked: 'find the source of a Linux kernel', found: `none that will do\n${tried.map((line) => `    ${line}`).join('\n')}`, right: 'a package linux-source-N.N of Debian with all options of the recipe', exitCode: exitCodes.setup });
};

interface Looked { readonly suite: string; readonly apt?: Apt; readonly sources: readonly Source[]; readonly because?: string }

/** A suite that the mirror lacks is none of its suites. */
const look = async (suite: string, { mirror, folder, signal }: SourceOptions): Promise<Looked> => {
  try {
    const apt = await openApt({ mirror, suite, folder: join(folder, 'apt', suite), signal });
    const names = (await apt.ask(['apt-cache', 'pkgnames', 'linux-source-'])).split('\n').filter(Boolean);
    const sources = names.length === 0 ? [] : sourcesIn(suite, await apt.ask(['apt-cache', 'madison', ...names]));
    return { suite, apt, sources, ...(sources.length === 0 && { because: 'no package linux-source-N.N' }) };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { suite, sources: [], because: error.message };
  }
};

const unpack = async ({ name, version }: Source, apt: Apt, { folder, progress, signal }: SourceOptions): Promise<void> => {
  const doing = `fetching ${name} ${version}`;
  progress({ share: along(ways.fetch, 0), doing });
  const file = await apt.download(`${name}=${version}`, (line) => {
    const part = downloadPart(line);
    if (part !== null) progress({ share: along(ways.fetch, part), doing });
  });
  progress({ share: along(ways.unpack, 0), doing: `unpacking ${name}` });
  const [unpacked, tree] = [join(folder, 'package'), join(folder, 'source')];
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  await run(['dpkg-deb', '--extract', file, unpacked], { signal });
  // Graphics are a third of all, and only their Kconfig files are read.
  await run(['nice', 'tar', '--extract', '--xz', '--file', join(unpacked, 'usr/src', `${name}.tar.xz`), '--directory', tree, '--strip-components=1', '--no-same-owner', '--exclude=*/drivers/gpu/*.[ch]'], { signal });
  await rm(unpacked, { recursive: true });
  await rm(file);
};

/** Configures the tree, and says for each option that did not come out as asked what is in its way. */
const configure = async ({ name }: Source, { folder, fragment, wanted, uid, progress, signal }: SourceOptions): Promise<readonly string[]> => {
  const tree = join(folder, 'source');
  progress({ share: along(ways.configure, 0), doing: `configuring ${name}` });
  await make(tree, ['tinyconfig'], { uid, signal });
  await writeFile(join(tree, '.config'), `${await readFile(join(tree, '.config'), 'utf8')}\n${fragment}`);
  await make(tree, ['olddefconfig'], { uid, signal });
  return Promise.all(lostOptions(await readFile(join(tree, '.config'), 'utf8'), wanted).map((option) => explain(option, tree, signal)));
};

/** One line. Definitions for other processors do not matter. */
const explain = async ({ name, value }: Option, tree: string, signal: AbortSignal): Promise<string> => {
  const find = 'grep --recursive --files-with-matches --extended-regexp --include="Kconfig*" "^[[:space:]]*(menu)?config $1\\$" . | grep --invert-match --extended-regexp "^./arch/([^ux]|x[^8])" || true';
  const files = (await run(['sh', '-c', find, 'sh', name], { cwd: tree, signal })).split('\n').filter(Boolean);
  const reasons = await Promise.all(files.map(async (file) => `${file.slice(2)}: depends on ${dependenciesOf(name, await readFile(join(tree, file), 'utf8'))?.join(', ') || 'nothing there'}`));
  return `  CONFIG_${name}=${value} (${reasons.length === 0 ? 'this kernel has no such option' : reasons.join('; ')})`;
};
