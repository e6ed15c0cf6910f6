// The disk of this machine.

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { isAbsent, type Disk } from '../model/disk.ts';

export const realDisk: Disk = {
  async makeFolder(path, mode = 0o777) {
    const first = await mkdir(path, { recursive: true, mode });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  },

  async list(folder) {
    return readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
  },

  read: async (path) => readFile(path, 'utf8'),

  async create(path, mode = 0o666) {
    const file = await open(path, 'wx', mode);
    return {
      append: async (text) => file.appendFile(text),
      sync: async () => file.datasync(),
      close: async () => file.close(),
    };
  },

  rename,
  remove: unlink,
  syncFolder: async (folder) => syncFolder(folder),
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
