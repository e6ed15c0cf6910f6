// apt in folders of its own: it sees the suites that are asked for, and neither reads nor changes what this host has set up or installed.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type RunOptions } from './programs.ts';

/** Debian's own, of the package debian-archive-keyring. */
export const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Apt {
  /** Standard output of `apt-get` or `apt-cache` in these folders. */
  readonly ask: (argv: readonly [program: 'apt-get' | 'apt-cache', ...args: readonly string[]], options?: Partial<RunOptions>) => Promise<string>;
  /** Fetches a package, `NAME` or `NAME=VERSION`, and gives its file. One for each `Apt`. `line` is called with apt's words on how far it is. */
  readonly download: (wanted: string, line?: (text: string) => void) => Promise<string>;
}

interface AptOptions { readonly mirror: string; readonly suite: string; readonly folder: string; readonly signal: AbortSignal }

/**
 * Reads the index of a suite, with its signature checked.
 * @throws ProgramFailed when the mirror has no such suite or cannot be reached
 */
export const openApt = async ({ mirror, suite, folder, signal }: AptOptions): Promise<Apt> => {
  const downloads = join(folder, 'download');
  for (const part of ['lists/partial', 'cache/archives/partial']) await mkdir(join(folder, part), { recursive: true });
  await mkdir(downloads, { recursive: true });
  await writeFile(join(folder, 'sources.list'), `deb [arch=amd64 signed-by=${keyring}] ${mirror} ${suite} main\n`);
  await writeFile(join(folder, 'status'), '');
  const options = [
    `Dir::Etc::SourceList=${join(folder, 'sources.list')}`, 'Dir::Etc::SourceParts=-', 'Dir::Etc::Preferences=-', 'Dir::Etc::PreferencesParts=-',
    `Dir::State::Lists=${join(folder, 'lists')}`, `Dir::State::Status=${join(folder, 'status')}`, `Dir::Cache=${join(folder, 'cache')}`,
    'Acquire::Languages=none', 'APT::Sandbox::User=root', 'APT::Get::List-Cleanup=false',
  ].flatMap((option) => ['-o', option]);
  const ask: Apt['ask'] = ([program, ...args], more) => run([program, ...options, ...args], { signal, ...more });
  await ask(['apt-get', 'update']);
  return {
    ask,
    download: async (wanted, line) => {
      await ask(['apt-get', '-o', 'APT::Status-Fd=2', 'download', wanted], { cwd: downloads, ...(line && { line }) });
      return join(downloads, only(await readdir(downloads), '.deb'));
    },
  };
};

/** The one name that ends so. */
export const only = (names: readonly string[], end: string): string => {
  const found = names.filter((name) => name.endsWith(end));
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${end || 'what should be there once'}, not one`);
  return found[0]!;
};
