// A disk on which one thing is done after the other, in the order in which they were asked for: what comes next does not depend on which is faster.

import type { Disk } from '../model/disk.ts';

let asked = 0;

/** Whether anything that was asked of a disk in turn is not done. */
export const diskIsBusy = (): boolean => asked > 0;

export const diskInTurn = (disk: Disk): Disk => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(act: () => Promise<T>): Promise<T> => {
    asked += 1;
    const done = last.then(act).finally(() => { asked -= 1; });
    last = done.catch(() => undefined); // Whoever asked is told.
    return done;
  };
  return {
    makeFolder: async (path, mode) => inTurn(async () => disk.makeFolder(path, mode)),
    list: async (folder) => inTurn(async () => disk.list(folder)),
    read: async (path) => inTurn(async () => disk.read(path)),
    async create(path, mode) {
      const file = await inTurn(async () => disk.create(path, mode));
      return {
        append: async (text) => inTurn(async () => file.append(text)),
        sync: async () => inTurn(async () => file.sync()),
        close: async () => inTurn(async () => file.close()),
      };
    },
    rename: async (from, to) => inTurn(async () => disk.rename(from, to)),
    remove: async (path) => inTurn(async () => disk.remove(path)),
    syncFolder: async (folder) => inTurn(async () => disk.syncFolder(folder)),
  };
};
