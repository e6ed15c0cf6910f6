// The kernel's own make, for User Mode Linux.

import { availableParallelism } from 'node:os';
import { asRoot } from '../../building/privileges.ts';
import { run, type RunOptions } from '../../building/programs.ts';

/**
 * With an environment of its own: variables of the user's, such as MAKEFLAGS, ARCH or KCONFIG_CONFIG, would steer it, and his name and his host's
 * would be in /proc/version (Documentation/kbuild/kbuild.rst). In namespaces, so that nothing compiles on when we are killed: whoever goes on with
 * this tree would meet it.
 */
export const make = (tree: string, targets: readonly string[], { uid, ...options }: RunOptions & { readonly uid: number }): Promise<string> => run([
  ...asRoot(uid), 'sh', '-c', 'exec env -i PATH="$PATH" LC_ALL=C KBUILD_BUILD_USER=bondproof KBUILD_BUILD_HOST=bondproof nice -n 10 make "$@"', 'sh',
  'ARCH=um', `-j${availableParallelism()}`, ...targets,
], { ...options, cwd: tree });
