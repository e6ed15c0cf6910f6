// What must be undone, written down here before it is done there. An entry is open until its undo is proven.

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { Action } from '../model/command.ts';

export interface UndoEntry {
  readonly format: 1;
  /** Names the undo here and on the devices: `[a-z0-9-]+`. */
  readonly token: string;
  readonly lab: string;
  /** `fault` changes traffic, `configuration` how bonds and ports are set up. */
  readonly kind: 'fault' | 'configuration';
  /** What it belongs to, for people. */
  readonly what: string;
  readonly run: string;
  /** Wall clock, ISO 8601. */
  readonly openedAt: string;
  readonly revert: readonly Action[];
}

export interface UndoJournal {
  open(entry: UndoEntry): Promise<void>;
  close(token: string): Promise<void>;
  /** Open entries, oldest first, and files that could not be understood: those are unknown, never nothing. */
  read(): Promise<{ readonly entries: readonly UndoEntry[]; readonly unreadable: readonly string[] }>;
}

/** One file an entry in `folder`; an entry counts once the rename is on disk. */
export const undoJournal = (folder: string): UndoJournal => ({
  async open(entry) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${entry.token}.json`);
    const file = await open(`${path}.new`, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(entry, null, 2) + '\n');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await syncFolder(folder);
  },

  async close(token) {
    await unlink(join(folder, `${token}.json`));
    await syncFolder(folder);
  },

  async read() {
    const names = await readdir(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const entries: UndoEntry[] = [];
    const unreadable: string[] = [];
    for (const name of names.filter((each) => each.endsWith('.json'))) {
      const path = join(folder, name);
      const entry = understand(await readFile(path, 'utf8'));
      if (entry) entries.push(entry);
      else unreadable.push(path);
    }
    return { entries: entries.sort((a, b) => a.openedAt < b.openedAt ? -1 : 1), unreadable };
  },
});

const understand = (text: string): UndoEntry | null => {
  try {
    const value = JSON.parse(text) as Partial<UndoEntry>;
    const whole = value.format === 1 && typeof value.token === 'string' && typeof value.openedAt === 'string' && Array.isArray(value.revert)
      && value.revert.every(({ device, command }: { readonly device: unknown; readonly command: { readonly argv: unknown } }) => typeof device === 'string' && Array.isArray(command.argv));
    return whole ? value as UndoEntry : null;
  } catch {
    return null;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
