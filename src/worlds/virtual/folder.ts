// Where labs that are up have their folders, who made each, and which of them nobody holds any more.

import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { exitCodes, Problem } from '../../model/problem.ts';
import { names } from './launch.ts';

/** `<lab name>.<owner's pid>.<owner's start in ticks, base 36>.<random>`: so that a folder tells from its birth on whose it is. */
export interface LabFolder {
  readonly path: string;
  readonly lab: string;
  readonly owner: ProcessMark;
}

/** A process, told from a later one with the same number by when it started. */
export interface ProcessMark { readonly pid: number; readonly startTicks: string }

/** The folder of all labs of this user: `<runDir>/bondproof-<uid>`, made when missing. Refuses one that somebody else prepared. */
export const labsFolder = ({ runDir, uid }: { readonly runDir: string; readonly uid: number }): string => {
  const path = join(runDir, `bondproof-${uid}`);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, (error as Error).message);
  }
  const found = lstatSync(path);
  if (found.isSymbolicLink() || !found.isDirectory()) throw unusable(path, 'it is not a folder');
  if (found.uid !== uid) throw unusable(path, `it belongs to user ${found.uid}, not to ${uid}`);
  if ((found.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  return path;
};

const unusable = (path: string, found: string): Problem => new Problem({
  asked: `keep labs in ${path}`, found, right: 'a folder of your own that nobody else can enter',
  todo: `look at it, then: rm -r ${path}; or set XDG_RUNTIME_DIR to another folder`, exitCode: exitCodes.setup,
});

/** Makes the folder of a new lab. Sockets lie in it, and a socket's path has room for 107 bytes (unix(7), sun_path). */
export const makeLabFolder = (labs: string, lab: string, random: string): LabFolder => {
  const owner = markOf(process.pid);
  if (!owner) throw new Error('/proc does not show this process');
  const path = join(labs, `${lab}.${owner.pid}.${Number(owner.startTicks).toString(36)}.${random}`);
  // umid and mconsole: the longest path that a machine makes below it.
  const longest = join(path, names.memory, 'x'.repeat(16), 'mconsole');
  if (Buffer.byteLength(longest) > 107) {
    throw new Problem({
      asked: `keep lab ${lab} in ${labs}`, found: `a socket in it would have a path of ${Buffer.byteLength(longest)} bytes`, right: 'at most 107 bytes (unix(7))',
      todo: 'set XDG_RUNTIME_DIR to a folder with a shorter path, or give the lab a shorter name', exitCode: exitCodes.setup,
    });
  }
  mkdirSync(path, { mode: 0o700 });
  return { path, lab, owner };
};

export const readLabFolders = (labs: string): readonly LabFolder[] =>
  readdirSync(labs).flatMap((name) => {
    const parts = /^(.+)\.(\d+)\.([0-9a-z]+)\.([0-9a-f]+)$/.exec(name);
    return parts ? [{ path: join(labs, name), lab: parts[1]!, owner: { pid: Number(parts[2]), startTicks: String(Number.parseInt(parts[3]!, 36)) } }] : [];
  });

/** Whether the lab has a holder: the kernel refuses a connection to a socket that nobody listens on any more. */
export const isHeld = ({ path }: LabFolder): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(join(path, names.control));
  socket.once('connect', () => { socket.destroy(); resolve(true); });
  // EAGAIN: it listens, but its queue is full.
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'));
});

/**
 * Removes the folders of labs that have no holder and whose owner is gone: what is left of a lab when its owner and its holder were killed
 * (its machines and namespaces are gone with the holder). Returns the folders removed.
 */
export const sweep = async (labs: string): Promise<readonly string[]> => {
  const dead: string[] = [];
  for (const folder of readLabFolders(labs)) {
    // The owner first: one that ends now, leaving its lab up, has let it be held before.
    if (isAlive(folder.owner) || await isHeld(folder)) continue;
    rmSync(folder.path, { recursive: true, force: true });
    dead.push(folder.path);
  }
  return dead;
};

export const isAlive = ({ pid, startTicks }: ProcessMark): boolean => markOf(pid)?.startTicks === startTicks;

/** Null when there is no such process. A zombie counts as none. */
export const markOf = (pid: number): ProcessMark | null => {
  try {
    // proc_pid_stat(5): the name in parentheses may hold anything; the state is the first field after it, starttime the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' ? null : { pid, startTicks: fields[19]! };
  } catch {
    return null;
  }
};
