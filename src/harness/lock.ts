// One run per lab that outlives its runs. The lock names a process by number and birth, so that a dead one's lock is no lock.

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exitCodes, Problem } from '../model/problem.ts';

interface Holder { readonly pid: number; readonly birth: string; readonly since: string; readonly what: string }

export interface LabLock extends AsyncDisposable { readonly path: string }

/** Throws a Problem that names the holder when the lab is taken. */
export const lockLab = async (folder: string, lab: string, what: string): Promise<LabLock> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${lab}.lock`);
  const mine: Holder = { pid: process.pid, birth: (await birthOf(process.pid)) ?? '', since: new Date().toISOString(), what };
  for (let tries = 0; tries < 5; tries += 1) {
    if (await written(path, mine)) return { path, async [Symbol.asyncDispose]() { await unlink(path); } };
    const holder = await holderOf(path);
    if (holder && (await birthOf(holder.pid)) === holder.birth) {
      throw new Problem({
        asked: `run on lab ${lab}`,
        found: `process ${holder.pid} is running on it since ${holder.since}: ${holder.what}`,
        right: 'one run at a time',
        todo: 'wait for it, or end it with Ctrl-C in its terminal',
        exitCode: exitCodes.busy,
      });
    }
    // A dead one's: moved aside under our own name first, so that of two who see it only one removes it.
    await rename(path, `${path}.${process.pid}`).then(async () => unlink(`${path}.${process.pid}`), () => undefined);
  }
  throw new Error(`${path} could not be taken`);
};

/** Linked into place whole: a lock that is there can be read. */
const written = async (path: string, holder: Holder): Promise<boolean> => {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
};

const holderOf = async (path: string): Promise<Holder | null> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
};

/** Start time in clock ticks since boot: field 22 of /proc/PID/stat (proc(5)), counted behind the name, which may hold anything. */
const birthOf = async (pid: number): Promise<string | null> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};
