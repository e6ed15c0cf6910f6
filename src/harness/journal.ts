// What must be undone, written down here before it is done there. An entry is open until its undo is proven.

import { join } from 'node:path';

import type { Action } from '../model/command.ts';
import { isAbsent, type Disk } from '../model/disk.ts';
import { isNull, isNumber, isText, listOf, maybe, objectOf, oneOf, readJson } from '../model/shape.ts';

export interface UndoEntry {
  readonly format: 1;
  /** Names the undo here and on the devices: `[a-z0-9-]+`. */
  readonly token: string;
  readonly lab: string;
  /** `fault` changes traffic, `configuration` how bonds and ports are set up, `form` the ports of a managed switch. */
  readonly kind: 'fault' | 'configuration' | 'form';
  /** What it belongs to, for people. */
  readonly what: string;
  readonly run: string;
  /** Wall clock, ISO 8601. */
  readonly openedAt: string;
  readonly revert: readonly Action[];
  /** Of a `form`: what proves that it is undone. */
  readonly form?: FormUndo;
}

export interface FormUndo {
  /** The switch. */
  readonly device: string;
  readonly dialect: string;
  /** The switch's configuration before, without its secrets. */
  readonly before: string;
  /** Wall clock, ISO 8601: by then the switch has taken it back by itself. Null: it never does. */
  readonly backBy: string | null;
}

export interface UndoJournal {
  open(entry: UndoEntry): Promise<void>;
  /** Safe to call again after it failed. */
  close(token: string): Promise<void>;
  /** Open entries, oldest first, and files that could not be understood: those are unknown, never nothing. */
  read(): Promise<{ readonly entries: readonly UndoEntry[]; readonly unreadable: readonly string[] }>;
}

/** Only the user reads how the lab's devices are set up: an undo holds their files as they are, secrets included. */
const privateMode = { folder: 0o700, file: 0o600 };

/** One file an entry in `folder`; an entry counts once the rename is on disk. */
export const undoJournal = (disk: Disk, folder: string): UndoJournal => ({
  async open(entry) {
    await disk.makeFolder(folder, privateMode.folder);
    const path = join(folder, `${entry.token}.json`);
    const draft = `${path}.new`;
    // Left by a program that died while it wrote: it counted for nothing.
    await removeIfThere(disk, draft);
    const file = await disk.create(draft, privateMode.file);
    try {
      await file.append(JSON.stringify(entry, null, 2) + '\n');
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(draft, path);
    await disk.syncFolder(folder);
  },

  async close(token) {
    // Gone already where the sync failed the first time.
    await removeIfThere(disk, join(folder, `${token}.json`));
    await disk.syncFolder(folder);
  },

  async read() {
    const entries: UndoEntry[] = [];
    const unreadable: string[] = [];
    for (const name of (await disk.list(folder)).filter((each) => each.endsWith('.json'))) {
      const path = join(folder, name);
      const entry = understand(await disk.read(path));
      if (entry) entries.push(entry);
      else unreadable.push(path);
    }
    return { entries: entries.sort((a, b) => a.openedAt < b.openedAt ? -1 : 1), unreadable };
  },
});

const removeIfThere = async (disk: Disk, path: string): Promise<void> => {
  await disk.remove(path).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
};

const isEntry = objectOf({
  format: (value) => value === 1, token: (value) => typeof value === 'string' && /^[a-z0-9-]+$/.test(value), kind: (value) => value === 'fault' || value === 'configuration' || value === 'form',
  lab: isText, what: isText, run: isText, openedAt: isText,
  revert: listOf(objectOf({ device: isText, command: objectOf({ argv: listOf(isText), stdin: maybe(isText) }), accept: maybe(listOf(isNumber)) })),
  form: maybe(objectOf({ device: isText, dialect: isText, before: isText, backBy: oneOf(isNull, (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))) })),
});

const understand = (text: string): UndoEntry | null => {
  const value = readJson(text);
  if (!isEntry(value)) return null;
  const entry = value as UndoEntry;
  return (entry.kind === 'form') === (entry.form !== undefined) ? entry : null;
};
