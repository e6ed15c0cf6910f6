// How a holder gets namespaces of its own: a program of util-linux in front of it, and a shell as the first process in them.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Problem } from '../../model/problem.ts';
import { names } from './launch.ts';

export interface HolderStart {
  readonly folder: string;
  readonly uid: number;
  /** The Node.js program that runs the holder. */
  readonly nodeBinary: string;
}

/**
 * Starts the holder of the lab in this folder, in a session of its own, so that a Ctrl-C at the terminal is the orchestrator's alone.
 * The holder ends with `stdin`, unless it was told to `stay`.
 */
export const startHolder = ({ folder, uid, nodeBinary }: HolderStart): ChildProcess => {
  const log = openSync(join(folder, names.log), 'a', 0o600);
  const child = spawn('unshare', [
    // Whoever is root already needs no user namespace; everybody else is root in one of his own, and there alone.
    ...(uid === 0 ? [] : ['--user', '--map-root-user']),
    '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc',
    'sh', '-c', reaper, 'sh', nodeBinary, join(import.meta.dirname, 'holder.ts'),
  ], { cwd: folder, detached: true, stdio: ['pipe', 'pipe', log], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } });
  closeSync(log);
  return child;
};

/**
 * The first process of a PID namespace inherits orphans and has to reap them, which Node.js does not do; a waiting shell does.
 * When the holder ends, so does the shell, and the kernel ends everything else in the namespace.
 */
const reaper = 'exec 3<&0; "$@" <&3 & exec 3<&-; wait $!';

/** Resolves when the holder says that the lab's machines have power; rejects with a Problem when it ends instead. */
export const holderIsUp = async (child: ChildProcess, lab: string, folder: string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  child.stdout?.once('data', () => resolve(undefined));
  child.once('error', (error) => reject(error));
  child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`)));
  try {
    await promise;
  } catch (error) {
    throw notUp(lab, (error as Error).message, logOf(folder));
  }
};

const logOf = (folder: string): string => {
  try {
    return readFileSync(join(folder, names.log), 'utf8').trim();
  } catch {
    return '';
  }
};

const notUp = (lab: string, how: string, log: string): Problem => {
  const refused = /unshare.*(Operation not permitted|No space left|Invalid argument)|uid_map/.test(log);
  const missing = /ENOENT/.test(how);
  return new Problem({
    asked: `bring up lab ${lab}`,
    found: log === '' ? how : log,
    ...(refused && { right: 'a user who may make namespaces: root, or anybody where unprivileged user namespaces are allowed' }),
    ...(refused && { todo: 'sudo sysctl -w kernel.unprivileged_userns_clone=1 (Debian) or kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), whichever exists; or run as root' }),
    ...(missing && { right: 'unshare of util-linux in the PATH', todo: 'bin/setup' }),
    exitCode: exitCodes.setup,
  });
};
