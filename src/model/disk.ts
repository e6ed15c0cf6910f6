// Everything that a trial does to files here, as single effects: so that a test's disk can crash, tear or refuse any of them.

export interface Disk {
  /** Makes a folder and those above it that are missing; their names are on the disk when it resolves. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Throws ENOENT. */
  read(path: string): Promise<string>;
  /** A new, empty file; throws EEXIST where there is one. */
  create(path: string, mode?: number): Promise<DiskFile>;
  /** Replaces what is at `to`, at once and whole. */
  rename(from: string, to: string): Promise<void>;
  /** Throws ENOENT. */
  remove(path: string): Promise<void>;
  /** Names that were created, renamed or removed in a folder outlast a crash only after this. */
  syncFolder(folder: string): Promise<void>;
}

/** A file that grows. */
export interface DiskFile {
  append(text: string): Promise<void>;
  /** What was appended outlasts a crash only after this. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What a disk says when it takes nothing more (errno(3)): full, read-only, broken, or over the user's share. */
const refusals: readonly unknown[] = ['ENOSPC', 'EROFS', 'EIO', 'EDQUOT'];

/** Whether the disk refused: a misfortune of the machine here, nothing that the lab or bondproof did. */
export const isRefusal = (error: unknown): error is Error => error instanceof Error && 'code' in error && refusals.includes(error.code);

export const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
