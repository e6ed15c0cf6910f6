// Files here, one effect a call: what is written down before something is done must be on the disk, and not only on its way.

export interface Disk {
  makeFolder(path: string): Promise<void>;
  /** Names; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  read(path: string): Promise<string>;
  /** A new file; rejects where there is one. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Rejects where there is none. */
  remove(path: string): Promise<void>;
  /** The names in it, as they are now, survive a loss of power. */
  syncFolder(folder: string): Promise<void>;
}

export interface DiskFile {
  append(text: string): Promise<void>;
  /** What was appended survives a loss of power; its name does when its folder is synced. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
