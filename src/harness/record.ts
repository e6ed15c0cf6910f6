// The record of one trial: an append-only file of events, written as things happen, and the same events in memory.

import type { Disk, DiskFile } from '../model/disk.ts';
import type { Body, Event } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../model/session.ts';

/** How long an event may wait for others before they are written together. */
const gatherMs = 50;

export class TrialRecord implements AsyncDisposable {
  readonly events: Event[] = [];
  readonly zeroUs: number;
  readonly #clock: Clock;
  readonly #file: DiskFile;
  readonly #listeners: ((event: Event) => void)[] = [];
  #waiting: string[] = [];
  #gathering: AbortController | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  private constructor(file: DiskFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.zeroUs = clock.nowUs();
  }

  /** `wx`: a record is never written over. */
  static async create(disk: Disk, path: string, clock: Clock): Promise<TrialRecord> {
    return new TrialRecord(await disk.create(path), clock);
  }

  nowUs(): number {
    return this.#clock.nowUs() - this.zeroUs;
  }

  /** Events of the harness itself happen now, or since `sinceUs`. */
  note(body: Body, sinceUs?: number): Event {
    const now = this.nowUs();
    return this.append(body, [sinceUs ?? now, now], 'harness');
  }

  append(body: Body, at: Instant, by: string): Event {
    const event: Event = { at, by, ...body };
    this.events.push(event);
    this.#waiting.push(JSON.stringify(event) + '\n');
    this.#gather();
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  listen(listener: (event: Event) => void): void {
    this.#listeners.push(listener);
  }

  /** Why the record has holes from now on; null while it has none. */
  failed(): string | null {
    return this.#failure === null ? null : `the record could not be written: ${this.#failure instanceof Error ? this.#failure.message : 'no reason given'}`;
  }

  /** Rejects when anything could not be written: a trial whose record has holes does not go on. */
  async sync(): Promise<void> {
    this.#flush();
    await this.#writing;
    // Not instanceof Error: whatever it was, it is told on.
    if (this.#failure !== null) throw new Error('the record could not be written', { cause: this.#failure });
    await this.#file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.#file.close();
    }
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = new AbortController();
    // Aborted: somebody else wrote what was waiting.
    this.#clock.sleep(gatherMs, this.#gathering.signal).then(() => { this.#flush(); }, () => undefined);
  }

  #flush(): void {
    this.#gathering?.abort();
    this.#gathering = null;
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#file.append(text);
      } catch (error) {
        this.#failure ??= error;
      }
    });
  }
}

/** Reads a record back. A torn last line, which a kill leaves, is left out; a broken line in between is skipped and counted. */
export const parseRecord = (text: string): { readonly events: readonly Event[]; readonly brokenLines: number } => {
  const events: Event[] = [];
  let brokenLines = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && 'type' in value && 'at' in value) events.push(value as Event);
      else brokenLines += 1;
    } catch {
      brokenLines += 1;
    }
  }
  return { events, brokenLines };
};
