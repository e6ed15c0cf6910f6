// Lab files by path, and the worlds that they live in.

import { rmdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { gateOf } from '../gate/gate.ts';
import { reserveLab, type Reservations } from '../harness/reservations.ts';
import { Devices } from '../harness/devices.ts';
import { undoJournal, type UndoJournal } from '../harness/journal.ts';
import { lockLab, type LabLock } from '../harness/lock.ts';
import { reconcile } from '../harness/reconciliation.ts';
import { loadLab } from '../labs/lab-file.ts';
import type { Disk } from '../model/disk.ts';
import { passive, type Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { OpenLab, World } from '../model/session.ts';
import { dialects, managedDialects } from '../switches/index.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { sshWorld } from '../worlds/ssh/world.ts';
import { timewarpWorld } from '../worlds/timewarp/world.ts';
import { virtualWorld } from '../worlds/virtual/world.ts';
import { host, say } from './host.ts';

export const readLab = async (file: string): Promise<Lab> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Problem({
      asked: `read the lab file ${file}`, found: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message,
      right: 'a lab file, like labs/virtual.yaml', todo: 'see `bondproof list labs`', exitCode: exitCodes.usage,
    });
  });
  return loadLab(text, { file, home: host.home, dialects: dialects.map(({ name }) => name), managed: managedDialects.map(({ name }) => name) });
};

/** The dialect of the lab's switch, where that is a managed one. */
export const findManaged = ({ switch: { dialect } }: Lab): ManagedDialect | null => managedDialects.find(({ name }) => name === dialect) ?? null;

export const worldOf = (lab: Lab): World => {
  const worlds = [virtualWorld(host), timewarpWorld(host), sshWorld({ ...host, gateOf: (...device) => gateOf(...device).name, conversation: findManaged(lab)?.conversation ?? null })];
  const world = worlds.find(({ name }) => name === lab.world);
  if (!world) throw new Error(`no world ${lab.world}`);
  return world;
};

/** The lab without its managed switch, where it has one: that runs no programs of ours, so it cannot be reserved, nor looked at as a machine. */
export const besideSwitch = (open: OpenLab): OpenLab => {
  if (findManaged(open.lab) === null) return open;
  const { name, address, dialect } = open.lab.switch;
  return { ...open, lab: { ...open.lab, switch: { name, dialect: passive, managed: dialect, login: null, ...address !== undefined && { address } } } };
};

/** Throws a Problem where another command has the lab. */
export const lockOf = (lab: Lab, what: string): Promise<LabLock> => lockLab(join(host.stateDir, 'locks'), lab.name, what);

/** What is to be undone on a lab that outlives its runs. */
export const journalOf = (lab: Lab): UndoJournal => undoJournal(realDisk, join(host.stateDir, 'undo', lab.name));

/** What is to be undone on labs that go with this program, one for each slot; at the end nothing of them is left but what could not be undone. */
export const ownJournals = (disk: Disk): Disposable & { readonly of: (slot: number) => UndoJournal } => {
  const folders = new Set<string>();
  return {
    of(slot) {
      const folder = join(host.runDir, `bondproof-${host.uid}`, `undo-${process.pid}-${slot}`);
      folders.add(folder);
      return undoJournal(disk, folder);
    },
    [Symbol.dispose]() {
      for (const folder of folders) {
        try {
          rmdirSync(folder);
        } catch {
          // Never made, or not empty.
        }
      }
    },
  };
};

/** An open lab that outlives its runs, for this command alone: here by a lock, on each device by a reservation. Throws a Problem that names who has it. */
export const takeLab = async (open: OpenLab, what: string, reservation = reserveLab): Promise<AsyncDisposable & { readonly reservations: Reservations }> => {
  const lock = await lockOf(open.lab, what);
  try {
    const reservations = await reservation(open, { run: `${what} ${host.randomBytes(4).toString('hex')}`, by: `process ${process.pid} on ${hostname()}`, since: new Date().toISOString() });
    return { reservations, async [Symbol.asyncDispose]() {
      await reservations[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
    } };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
};

/** Undoes what runs of this machine left, and says so. */
export const undoLeft = async (open: OpenLab, reservations: Reservations): Promise<void> => {
  await using devices = new Devices(open, reservations);
  for (const { what, run } of await reconcile(devices, journalOf(open.lab))) say(`undone: ${what}, left by run ${run}`);
};

/** The same for a command that else only looks: it takes the lab only where there is something to undo. A lab of our own has no past, and another of its name may. */
export const undoIfLeft = async (open: OpenLab): Promise<void> => {
  if (!open.lasting) return;
  const { entries, unreadable } = await journalOf(open.lab).read();
  if (entries.length + unreadable.length === 0) return;
  await using taken = await takeLab(open, 'check');
  await undoLeft(open, taken.reservations);
};

/** Commands on a lab that is up take its name as well as its file. */
export const labName = async (fileOrName: string): Promise<string> =>
  /[./]/.test(fileOrName) ? (await readLab(fileOrName)).name : fileOrName;
