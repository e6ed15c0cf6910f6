// Building takes root, or a user namespace in which we are root: files of several owners, chroot, mounts, and processes that end with us.

import { Problem, exitCodes } from '../../model/problem.ts';
import { ProgramFailed, run } from './programs.ts';

/**
 * What commands that need root are prefixed with: namespaces for mounts and processes, so that nothing stays mounted or
 * running, whatever ends them.
 */
export const asRoot = (uid: number): readonly string[] => [
  'unshare', ...(uid === 0 ? [] : ['--user', '--map-root-user', '--map-auto']), '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--',
];

/** `asked`: what is to be built. */
export const checkPrivileges = async (asked: string, uid: number, signal: AbortSignal): Promise<void> => {
  try {
    await run([...asRoot(uid), 'sh', '-c', 'file=$(mktemp) && chown 1:1 "$file"; result=$?; rm -f "$file"; exit "$result"'], { signal });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new Problem({
      asked,
      found: uid === 0 ? `namespaces cannot be made here:\n${error.message}` : `user ${uid} cannot be root of a namespace of its own with subordinate ids:\n${error.message}`,
      right: uid === 0 ? 'a host that lets root make namespaces' : 'root; or package uidmap, and a range for this user in /etc/subuid and /etc/subgid (subuid(5))',
      todo: uid === 0 ? 'run it outside the container, or give that CAP_SYS_ADMIN' : 'sudo apt-get install uidmap && sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER", then try again',
      exitCode: exitCodes.setup,
    });
  }
};
