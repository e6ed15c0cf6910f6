// The disk of this machine.

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';

import type { Disk } from '../model/disk.ts';

export const realDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: (folder) => readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }),
  read: (path) => readFile(path, 'utf8'),
  async create(path) {
    const file = await open(path, 'wx', 0o600);
    return {
      append: (text) => file.appendFile(text),
      sync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  rename,
  remove: unlink,
  async syncFolder(folder) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
