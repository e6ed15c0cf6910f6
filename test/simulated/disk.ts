// A disk that can lose what was not synced, stop in the middle of a write, and be full.

import type { Disk, DiskFile } from '../../src/model/disk.ts';
import type { Effect, Effects } from './effects.ts';
import { never } from './effects.ts';

interface Content { text: string; synced: string }

/** Files by path: as programs see them, and as they are after a loss of power. */
export class SimulatedDisk {
  seen = new Map<string, Content>();
  #names = new Map<string, Content>();
  failure: 'ENOSPC' | 'EROFS' | 'EIO' | null = null;

  /** The power is gone: only what was synced is there, of the rest a piece may be. */
  lose(keep: (unsynced: string) => string): void {
    this.seen = new Map([...this.#names].map(([path, content]) => [path, { text: content.synced, synced: content.synced }]));
    for (const [path, content] of this.#names) {
      const now = this.seen.get(path)!;
      now.text += keep(content.text.slice(content.synced.length));
      now.synced = now.text;
    }
    this.#names = new Map(this.seen);
  }

  /** Files that a loss of power would leave, with their text. */
  *durable(): Iterable<readonly [string, string]> {
    for (const [path, { synced }] of this.#names) yield [path, synced];
  }

  sync(folder: string): void {
    const inFolder = (path: string): boolean => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');
    for (const path of this.#names.keys()) if (inFolder(path) && !this.seen.has(path)) this.#names.delete(path);
    for (const [path, content] of this.seen) if (inFolder(path)) this.#names.set(path, content);
  }
}

/** The disk as one program has it, each call an effect; without effects nothing goes wrong. */
export const diskOf = (disk: SimulatedDisk, effects: Effects | null): Disk => {
  const act = async <T>(what: string, whole: () => T, half: () => void = () => undefined): Promise<T> => {
    if (effects === null) return whole();
    const effect: Effect = { kind: 'disk', device: null, what };
    const accidents = effects.next(effect);
    for (const each of accidents) if (each.moment === 'before') effects.strike(each, effect);
    if (effects.isDead()) return never();
    check(disk, what);
    const torn = accidents.filter(({ moment }) => moment === 'torn');
    if (torn.length > 0) {
      half();
      for (const each of torn) effects.strike(each, effect);
      if (effects.isDead()) return never();
      check(disk, what);
      // It was not the disk that was hit: the rest of the write follows.
      if (what.startsWith('append')) return whole();
    }
    const value = whole();
    for (const each of accidents) if (each.moment === 'after') effects.strike(each, effect);
    return effects.alive(Promise.resolve(value));
  };
  const there = (path: string): Content => disk.seen.get(path) ?? raise('ENOENT', path);
  return {
    makeFolder: (path) => act(`makeFolder ${path}`, () => undefined),
    list: (folder) => act(`list ${folder}`, () => [...disk.seen.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'))),
    read: (path) => act(`read ${path}`, () => there(path).text),
    create: (path) => act(`create ${path}`, (): DiskFile => {
      if (disk.seen.has(path)) raise('EEXIST', path);
      const content: Content = { text: '', synced: '' };
      disk.seen.set(path, content);
      let written = 0;
      return {
        append: (text) => act(`append ${path}`, () => {
          content.text += text.slice(written);
          written = 0;
        }, () => {
          written = text.length >> 1;
          content.text += text.slice(0, written);
        }),
        sync: () => act(`sync ${path}`, () => { content.synced = content.text; }),
        close: () => act(`close ${path}`, () => undefined),
      };
    }),
    rename: (from, to) => act(`rename ${from}`, () => {
      disk.seen.set(to, there(from));
      disk.seen.delete(from);
    }),
    remove: (path) => act(`remove ${path}`, () => {
      there(path);
      disk.seen.delete(path);
    }),
    syncFolder: (folder) => act(`syncFolder ${folder}`, () => { disk.sync(folder); }),
  };
};

const check = ({ failure }: SimulatedDisk, what: string): void => {
  // Removal and reading go on when a disk is full.
  if (failure === null || failure === 'ENOSPC' && !/^(?:create|append|makeFolder)/.test(what)) return;
  if (/^(?:read|list|close)/.test(what)) return;
  raise(failure, what);
};

const raise = (code: string, path: string): never => {
  throw Object.assign(new Error(`${code}: ${path}`), { code });
};
