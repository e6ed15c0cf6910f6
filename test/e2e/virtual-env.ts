// What the end-to-end tests share: a run folder of their own, the image that bin/setup built, and a look at what a lab leaves behind.

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { markOf, isAlive, type ProcessMark } from '../../src/worlds/virtual/folder.ts';
import { findImage } from '../../src/worlds/virtual/image/index.ts';
import { takeDown, allUp, type LabImage, type RunningLab, type VirtualEnv } from '../../src/worlds/virtual/up.ts';

/** Runs `use` with a run folder that no other test and no user has, and takes down what stayed up in it. */
export const withEnv = async (use: (env: VirtualEnv) => Promise<void>): Promise<void> => {
  const runDir = mkdtempSync(join(tmpdir(), 'bp-'));
  const env = { cacheDir: cacheDir(), runDir, uid: process.getuid!(), nodeBinary: process.execPath, randomBytes };
  try {
    await use(env);
  } finally {
    for (const { record } of await allUp(env)) await takeDown(env, record.lab.name);
    rmSync(runDir, { recursive: true, force: true });
  }
};

export const imageForTests = async ({ cacheDir }: VirtualEnv): Promise<LabImage> => {
  const image = await findImage(cacheDir);
  if (!image) throw new Error(`there is no lab image in ${cacheDir}: run bin/setup first`);
  return image;
};

const cacheDir = (): string => {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'bondproof');
};

/** A folder that everybody can read. */
export const publicFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  chmodSync(folder, 0o755);
  return folder;
};

interface Where {
  /** What runs the program: `setpriv` and its options. */
  readonly before?: readonly string[];
  /** The clone. */
  readonly root?: string;
  readonly node?: string;
}

/** Runs virtual-owner.ts in another process; see there. */
export const startOwner = async (order: object, { before = [], root = join(import.meta.dirname, '../..'), node = process.execPath }: Where = {}): Promise<{ readonly child: ChildProcess; readonly lab: RunningLab }> => {
  const [program, ...args] = [...before, node, join(root, 'test/e2e/virtual-owner.ts'), JSON.stringify(order)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) return { child, lab: JSON.parse(line) as RunningLab };
  throw new Error('the owner ended before its lab was up');
};

/** Everything that runs in a lab: its processes, and the namespaces that it has of its own. */
export interface Inside {
  readonly processes: readonly (ProcessMark & { readonly name: string })[];
  readonly namespaces: readonly string[];
}

/** Null: it ended while we looked, as short-lived ones do. */
const nameOf = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return null;
  }
};

export const insideOf = ({ record }: RunningLab): Inside => {
  const processes = descendantsOf(record.outer.pid).flatMap((pid) => {
    const mark = markOf(pid);
    const name = nameOf(pid);
    return mark && name !== null ? [{ ...mark, name }] : [];
  });
  const own = namespacesOf('self');
  const namespaces = processes.filter(({ pid }) => pid !== record.outer.pid).flatMap(({ pid }) => namespacesOf(pid)).filter((name) => !own.includes(name));
  return { processes, namespaces: [...new Set(namespaces)] };
};

export const holderOf = (inside: Inside): ProcessMark => inside.processes.find(({ name }) => name.includes('holder.ts') && !name.startsWith('sh') && !name.startsWith('unshare'))!;

/** Waits until no process of the lab runs, and no process has one of its namespaces. */
export const untilGone = async ({ processes, namespaces }: Inside): Promise<void> => {
  const here = (): boolean => processes.some(isAlive) || allPids().some((pid) => namespacesOf(pid).some((name) => namespaces.includes(name)));
  while (here()) await sleep(50);
};

/** CPU time that a lab has used so far, its ended processes included. */
export const cpuSecondsOf = ({ processes }: Inside): number => processes.reduce((sum, { pid }) => {
  try {
    // utime, stime, cutime and cstime of proc_pid_stat(5), in ticks of 10 ms.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return sum + fields.slice(11, 13).reduce((ticks, field) => ticks + Number(field), 0) / 100;
  } catch {
    return sum;
  }
}, 0);

export const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

const allPids = (): readonly number[] => readdirSync('/proc').map(Number).filter((pid) => pid > 0);

const descendantsOf = (pid: number): readonly number[] => {
  const children = allPids().filter((other) => {
    try {
      return Number(readFileSync(`/proc/${other}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === pid;
    } catch {
      return false;
    }
  });
  return [pid, ...children.flatMap(descendantsOf)];
};

const namespacesOf = (pid: number | 'self'): readonly string[] => ['net', 'pid', 'mnt', 'user'].flatMap((kind) => {
  try {
    return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
  } catch {
    return [];
  }
});
