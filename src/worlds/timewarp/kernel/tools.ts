// What has to be installed to compile a kernel.

import { keyring } from '../../building/apt.ts';
import { run } from '../../building/programs.ts';
import { exitCodes, Problem } from '../../../model/problem.ts';

/** Programs, and files by their path, with the Debian packages that they come in; `make` fails without any of the first six. */
export const needed: Readonly<Record<string, string>> = {
  gcc: 'gcc', make: 'make', flex: 'flex', bison: 'bison', bc: 'bc', '/usr/include/stdio.h': 'libc6-dev',
  xz: 'xz-utils', unshare: 'util-linux', [keyring]: 'debian-archive-keyring',
};

const script = 'for one; do case $one in /*) [ -e "$one" ];; *) command -v "$one" > /dev/null;; esac || echo "$one"; done';

/** @throws Problem (setup) that names what is missing, and how to install just that */
export const checkTools = async (uid: number, signal: AbortSignal): Promise<void> => {
  const lacking = async (names: readonly string[]): Promise<readonly string[]> => (await run(['sh', '-c', script, 'sh', ...names], { signal })).split('\n').filter(Boolean);
  const [apt] = await lacking(['apt-get', 'dpkg-deb']);
  const missing = await lacking(Object.keys(needed));
  const install = `${uid === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${missing.map((name) => needed[name]).join(' ')}`;
  if (apt !== undefined) throw new Problem({ asked: 'build the kernel', found: `this host lacks ${apt}`, right: "Debian or a relative of it: the kernel's source comes from there", exitCode: exitCodes.setup });
  if (missing.length > 0) throw new Problem({ asked: 'build the kernel', found: `this host lacks ${missing.join(', ')}`, todo: `${install}    and then bondproof kernel build again`, exitCode: exitCodes.setup });
};
