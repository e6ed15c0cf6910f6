// The record of one trial: an append-only file of events, written as things happen, and the same events in memory.

import { dirname } from 'node:path';

import type { Disk, DiskFile } from '../model/disk.ts';
import type { Body, Event } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import { dataWithoutSecrets } from '../model/secret.ts';
import type { Clock } from '../model/session.ts';
import { recordLine } from './record-text.ts';

/** How long an event may wait for others before they are written together. */
const gatherMs = 250;
/** How long what is written may wait for its sync. With the time of a slow disk on top, nothing shown is older than 2 s and not on it. */
const syncEveryUs = 1_000_000;

export class TrialRecord implements AsyncDisposable {
  readonly events: Event[] = [];
  readonly zeroUs: number;
  readonly path: string;
  readonly #clock: Clock;
  readonly #file: DiskFile;
  readonly #listeners: ((event: Event) => void)[] = [];
  readonly #closing = new AbortController();
  #waiting: string[] = [];
  #pumping = false;
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  private constructor(file: DiskFile, path: string, clock: Clock) {
    this.#file = file;
    this.path = path;
    this.#clock = clock;
    this.zeroUs = clock.nowUs();
  }

  /** A record is never written over, and its name is on the disk before its first event. */
  static async create(disk: Disk, path: string, clock: Clock): Promise<TrialRecord> {
    const file = await disk.create(path);
    try {
      await disk.syncFolder(dirname(path));
    } catch (error) {
      await file.close().catch(() => undefined); // The sync's failure is what is told.
      throw error;
    }
    return new TrialRecord(file, path, clock);
  }

  nowUs(): number {
    return this.#clock.nowUs() - this.zeroUs;
  }

  /** Why the record has a hole; null while it has none. A trial whose record has holes does not go on. */
  get failure(): string | null {
    return this.#failure === null ? null : this.#failure.message;
  }

  /** Events of the harness itself happen now, or since `sinceUs`. */
  note(body: Body, sinceUs?: number): Event {
    const now = this.nowUs();
    return this.append(body, [sinceUs ?? now, now], 'harness');
  }

  /** Of a closed record nobody hears any more. What looks like a secret goes no further than here; a LACPDU is bytes, and looks like one. */
  append(body: Body, at: Instant, by: string): Event {
    const event: Event = { at, by, ...(body.type === 'lacpdu' ? body : dataWithoutSecrets(body)) };
    if (this.#closing.signal.aborted) return event;
    this.events.push(event);
    if (this.#failure === null) this.#waiting.push(recordLine(event, this.events.length));
    if (!this.#pumping) void this.#pump();
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  listen(listener: (event: Event) => void): void {
    this.#listeners.push(listener);
  }

  /** All that was appended so far is on the disk, or this rejects with what the disk said. */
  async sync(): Promise<void> {
    await this.#flush({ sync: true });
    if (this.#failure !== null) throw this.#failure;
  }

  /** Keeps what can be kept, and is silent where it cannot: to know is what `sync` is for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#flush({ sync: true });
    await this.#file.close().catch(() => undefined); // Synced already, or failed before.
  }

  /** Writes in groups while events come, each group on its way within `gatherMs`, and syncs after `syncEveryUs`. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#waiting.length > 0 && this.#failure === null) {
      const dueUs = this.#clock.nowUs() + syncEveryUs;
      let due = false;
      while (!due) {
        // Closing cuts the wait short, and writes what is left itself.
        const closed = await this.#clock.sleep(gatherMs, this.#closing.signal).then(() => false, () => true);
        if (closed) return;
        due = this.#clock.nowUs() >= dueUs;
        await this.#flush({ sync: due });
      }
    }
    this.#pumping = false;
  }

  /** One after the other. The first failure is the last try: behind a torn line there is never another. */
  async #flush({ sync }: { readonly sync: boolean }): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const text = this.#waiting.join('');
      this.#waiting = [];
      if (this.#failure !== null) return;
      try {
        if (text !== '') await this.#file.append(text);
        if (sync) await this.#file.sync();
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
    });
    return this.#writing;
  }
}
