// A disk in memory that knows what would outlast a crash, and whose every effect a test may delay, refuse, tear, or crash at.

import { dirname } from 'node:path';

import type { Disk, DiskFile } from '../../src/model/disk.ts';

export type EffectKind = keyof Disk | keyof DiskFile;

export interface Effect { readonly kind: EffectKind; readonly path: string }

/** Called before each effect. What it throws is how the effect fails; of a refused append, `written` characters are in the file all the same. */
export type BeforeEffect = (effect: Effect) => Promise<void> | void;

/**
 * What a crash leaves of what was not synced: nothing; all; or all names, and of each file's tail a share. A real disk may also
 * keep names and lose tails one by one; these three are the ends and a middle of it.
 */
export type Crash = 'lose-unsynced' | 'keep-all' | 'torn';

export interface SimulatedDisk extends Disk {
  /** Nothing that was begun on this disk goes on: every effect rejects from now on. Gives the disk that the next program finds. */
  crash(how: Crash, next?: { readonly tornShare?: number; readonly before?: BeforeEffect }): SimulatedDisk;
  /** All files as a program sees them now. */
  files(): Readonly<Record<string, string>>;
  /** All files as a crash at its worst would leave them now. */
  synced(): Readonly<Record<string, string>>;
}

export interface SimulatedDiskOptions {
  readonly before?: BeforeEffect;
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
}

/** What node:fs would throw. */
export const diskError = (code: string, { kind, path }: Effect, written = 0): Error =>
  Object.assign(new Error(`${code}: ${kind} '${path}'`), { code, path, written });

/** A hook that lets effect number `nth`, from 0, fail, and every one after it while `lasting`. */
export const failAt = (nth: number, code: string, { lasting = false, written = 0 } = {}): BeforeEffect => {
  let count = 0;
  return (effect) => {
    const here = count;
    count += 1;
    if (here === nth || lasting && here > nth) throw diskError(code, effect, written);
  };
};

interface Node { text: string; syncedLength: number }

export const simulatedDisk = ({ before = () => undefined, files = {}, folders = [] }: SimulatedDiskOptions = {}): SimulatedDisk => {
  /** What programs see, and what of it is on the disk. */
  const names = new Map<string, Node>(Object.entries(files).map(([path, text]) => [path, { text, syncedLength: text.length }]));
  const syncedNames = new Map(names);
  const known = new Set([...folders, ...Object.keys(files)].flatMap((path) => [...foldersAbove(path), ...(path in files ? [] : [path])]));
  let crashed = false;

  const begin = async (kind: EffectKind, path: string, refused: (written: number) => void = () => undefined): Promise<void> => {
    try {
      await before({ kind, path });
    } catch (error) {
      if (!crashed) refused((error as { readonly written?: number }).written ?? 0);
      throw error;
    }
    // Asked only now: the hook may be what crashed it.
    if (crashed) throw diskError('crashed', { kind, path });
  };
  const nodeAt = (kind: EffectKind, path: string): Node => {
    const node = names.get(path);
    if (!node) throw diskError('ENOENT', { kind, path });
    return node;
  };
  const inFolder = (kind: EffectKind, path: string): void => {
    if (!known.has(dirname(path))) throw diskError('ENOENT', { kind, path });
  };
  const fileOf = (node: Node, path: string): DiskFile => ({
    async append(text) {
      await begin('append', path, (written) => { node.text += text.slice(0, written); });
      node.text += text;
    },
    async sync() {
      await begin('sync', path);
      node.syncedLength = node.text.length;
    },
    close: async () => begin('close', path),
  });

  return {
    async makeFolder(path) {
      await begin('makeFolder', path);
      for (const folder of [...foldersAbove(path), path]) known.add(folder);
    },
    async list(folder) {
      await begin('list', folder);
      return [...names.keys(), ...known].filter((path) => dirname(path) === folder && path !== folder).map((path) => path.slice(folder.length + 1)).sort();
    },
    async read(path) {
      await begin('read', path);
      return nodeAt('read', path).text;
    },
    async create(path) {
      await begin('create', path);
      inFolder('create', path);
      if (names.has(path)) throw diskError('EEXIST', { kind: 'create', path });
      const node: Node = { text: '', syncedLength: 0 };
      names.set(path, node);
      return fileOf(node, path);
    },
    async rename(from, to) {
      await begin('rename', from);
      inFolder('rename', to);
      names.set(to, nodeAt('rename', from));
      names.delete(from);
    },
    async remove(path) {
      await begin('remove', path);
      nodeAt('remove', path);
      names.delete(path);
    },
    async syncFolder(folder) {
      await begin('syncFolder', folder);
      inFolder('syncFolder', `${folder}/any`);
      for (const path of [...syncedNames.keys()]) if (dirname(path) === folder) syncedNames.delete(path);
      for (const [path, node] of names) if (dirname(path) === folder) syncedNames.set(path, node);
    },

    crash(how, { tornShare = 0.5, ...next } = {}) {
      crashed = true;
      const left = how === 'lose-unsynced' ? syncedNames : names;
      const share = { 'lose-unsynced': 0, 'keep-all': 1, 'torn': tornShare }[how];
      const textOf = ({ text, syncedLength }: Node): string => text.slice(0, syncedLength + Math.floor((text.length - syncedLength) * share));
      return simulatedDisk({ files: Object.fromEntries([...left].map(([path, node]) => [path, textOf(node)])), folders: [...known], ...next });
    },
    files: () => Object.fromEntries([...names].map(([path, { text }]) => [path, text])),
    synced: () => Object.fromEntries([...syncedNames].map(([path, { text, syncedLength }]) => [path, text.slice(0, syncedLength)])),
  };
};

const foldersAbove = (path: string): readonly string[] => path === dirname(path) ? [] : [...foldersAbove(dirname(path)), dirname(path)];
