// Who may go on: we, or the lab. While it is our turn the lab's time stands still, however long we think; then the lab runs to the next instant that
// somebody here waits for, or to the next millisecond after its next word where an answer is waited for.

import type { Clock } from '../../model/session.ts';
import type { Calendar } from './calendar.ts';
import { frame } from './frames.ts';

export interface Conductor {
  readonly clock: Clock;
  /** To be handed over with our turn. */
  order(bytes: Buffer): void;
  /** Somebody waits for what the lab says next, until it is said or this is called off: then the lab stops at its first word. */
  awaitWord(): () => void;
  /** The lab's next word counts, if it comes within this time. */
  expectWord(forMs: number): void;
  /** The lab says at `saidNs` of its own clock that it will be our turn at `atNs`, where its freedom ends. */
  turn(atNs: number, saidNs: number): void;
  /** The kernel waits: it goes on at once, unless it is our turn. */
  kernelWaits(): void;
  /** Nobody goes on any more; who sleeps is told why. */
  stop(reason: Error): void;
}

export interface Wiring {
  readonly calendar: () => Calendar;
  /** Whether part of a frame has come, and not all of it. */
  readonly midFrame: () => boolean;
  /** `orders` are to be obeyed before `go`. */
  readonly write: (orders: Buffer, go: Buffer) => void;
  /** Resolves when nothing happens here any more unless time goes on. */
  readonly settled: () => Promise<void>;
}

/** The longest that what the lab says is kept from us while nobody waits for it. */
const heardEveryNs = 100_000_000;
/** How well the difference of the kernel's time and its CLOCK_MONOTONIC is known: two looks at the clock. */
const marginNs = 20_000;

interface Sleeper { readonly atNs: number; readonly wake: () => void; readonly fail: (error: unknown) => void }

export const conduct = ({ calendar, midFrame, write, settled }: Wiring): Conductor => {
  const sleepers = new Set<Sleeper>();
  let orders: Buffer[] = [];
  let awaited = 0;
  let expectedUntilNs = 0;
  let nowNs = 0;
  /** Of the kernel's time over the lab's clock; null before the first turn, when the kernel asks for every step. */
  let aheadNs: number | null = null;
  let ours = false;
  let stopped: Error | null = null;
  /** Where the lab runs to; null: from one millisecond to the next, for it may have a word to say. */
  let freeUntilNs: number | null = null;

  const sleepUntil = async (atNs: number, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (stopped) throw stopped;
    await asleep(sleepers, atNs, signal);
  };
  const grant = (aStep = false): void => {
    const kernel = calendar().waits();
    if (stopped || ours || kernel === null) return;
    calendar().run(aheadNs === null || aStep ? null : (freeUntilNs ?? nextMs(kernel.wantsNs - aheadNs)) + aheadNs - marginNs);
  };
  const think = async (): Promise<void> => {
    await settled();
    for (let due = earliest(sleepers); due && due.atNs <= nowNs && !stopped; due = earliest(sleepers)) {
      sleepers.delete(due);
      due.wake();
      await settled();
    }
    if (stopped) return;
    const next = Math.min(earliest(sleepers)?.atNs ?? Infinity, nowNs + heardEveryNs);
    const atOnce = awaited > 0 || expectedUntilNs > nowNs;
    const until = Math.max(nowNs, atOnce && awaited === 0 ? Math.min(next, expectedUntilNs) : next);
    freeUntilNs = atOnce ? null : until;
    const go = Buffer.alloc(9);
    go.writeBigInt64LE(BigInt(until));
    go.writeUInt8(atOnce ? 1 : 0, 8);
    write(Buffer.concat(orders), frame('go', 0, go));
    orders = [];
    ours = false;
    grant();
  };
  return {
    clock: { nowUs: () => Math.round(nowNs / 1000), sleep: async (ms, signal) => sleepUntil(nowNs + Math.round(ms * 1e6), signal) },
    order: (bytes) => { orders.push(bytes); },
    awaitWord() {
      awaited += 1;
      let off = false;
      return () => {
        if (!off) awaited -= 1;
        off = true;
      };
    },
    expectWord: (forMs) => { expectedUntilNs = Math.max(expectedUntilNs, nowNs + forMs * 1e6); },
    turn(atNs, saidNs) {
      nowNs = Math.max(nowNs, atNs);
      aheadNs ??= calendar().nowNs() - saidNs;
      ours = true;
      void think();
    },
    kernelWaits() {
      // What it said before it waited may still be on its way to us: one round of the event loop reads all that is there. Where that ends
      // within a frame the rest waits in the kernel for room on the console, and takes a step to come.
      setImmediate(() => { setImmediate(() => { grant(midFrame()); }); });
    },
    stop(reason) {
      stopped ??= reason;
      for (const { fail } of sleepers) fail(stopped);
      sleepers.clear();
    },
  };
};

/** Where it is our turn when the lab has said something: a kernel that runs freely would look for our answer for as long as we think. */
const nextMs = (ns: number): number => (Math.floor(ns / 1_000_000) + 1) * 1_000_000;

const asleep = async (sleepers: Set<Sleeper>, atNs: number, signal: AbortSignal | undefined): Promise<void> => new Promise((resolve, reject) => {
  const abort = (): void => {
    sleepers.delete(sleeper);
    reject(signal!.reason as Error);
  };
  const wake = (): void => {
    signal?.removeEventListener('abort', abort);
    resolve();
  };
  const sleeper: Sleeper = { atNs, wake, fail: reject };
  sleepers.add(sleeper);
  signal?.addEventListener('abort', abort, { once: true });
});

/** Of those that wake at the same time the one that slept first. */
const earliest = (sleepers: ReadonlySet<Sleeper>): Sleeper | undefined => {
  let first: Sleeper | undefined;
  for (const sleeper of sleepers) if (!first || sleeper.atNs < first.atNs) first = sleeper;
  return first;
};

/** Waits until this process has nothing to do unless something comes from outside: no callback is due, and no file is being read or written. */
export const settledProcess = async (): Promise<void> => {
  for (let quiet = 0; quiet < 3;) {
    await new Promise<void>((resolve) => { setImmediate(resolve); });
    quiet = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')) ? 0 : quiet + 1;
  }
};
