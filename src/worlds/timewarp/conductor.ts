// Who may go on: we, or the lab. While it is our turn the lab's time stands still, however long we think; then the lab runs to the next instant that
// somebody here waits for, or to the next millisecond after its next word where an answer is waited for.

import type { Clock } from '../../model/session.ts';
import type { Calendar } from './calendar.ts';
import { diskIsBusy } from '../disk-in-turn.ts';
import { frame } from './frames.ts';

export interface Conductor {
  readonly clock: Clock;
  /** To be handed over with our turn. */
  order(bytes: Buffer): void;
  /** Somebody waits for what the lab says next, until it is said or this is called off: then the lab stops at its first word. */
  awaitWord(): () => void;
  /** The lab's next word counts, if it comes within this time and before this is called off. */
  expectWord(forMs: number): () => void;
  /** The kernel waits: it goes on at once, unless it is our turn, or the lab has said that it is. */
  kernelWaits(): void;
  /** Nobody goes on any more; who sleeps is told why. */
  stop(reason: Error): void;
}

/** The lab said at `saidNs` of its own clock that it would be our turn at `atNs`, where its freedom ends. */
export interface Turn {
  readonly atNs: number;
  readonly saidNs: number;
  /** Nobody knows the lab yet: it stands until somebody wants something of it. */
  readonly unknown?: boolean;
  /** Hands on what else it said; the clock has come to our turn. */
  readonly take: () => void;
}

export interface Wiring {
  readonly calendar: () => Calendar;
  /** When our turn is, and what the lab has said before; null: it has not said that it is our turn. */
  readonly hear: () => Turn | null;
  /** Frames to be obeyed before time goes on. */
  readonly answer: (frames: Buffer) => void;
  /** Resolves when nothing happens here any more unless time goes on. */
  readonly settled: () => Promise<void>;
}

/** The longest that what the lab says is kept from us while nobody waits for it. */
const heardEveryNs = 250_000_000;
/**
 * Who sleeps as long as this is in no hurry, and wakes at a multiple of it: each instant at which somebody here wakes stops the lab, and half of all turns of a trial
 * were those of watchers, each a few milliseconds after another's.
 */
const longSleepMs = 250;
/** How well the difference of the kernel's time and its CLOCK_MONOTONIC is known: a few looks at the clock, of some microseconds each with what lies between them. */
const marginNs = 40_000;

interface Sleeper { readonly atNs: number; readonly wake: () => void; readonly fail: (error: unknown) => void }

export const conduct = ({ calendar, hear, answer, settled }: Wiring): Conductor => {
  const sleepers = new Set<Sleeper>();
  let orders: Buffer[] = [];
  const listening = waiters();
  const expected = waiters();
  let nowNs = 0;
  /** Of the kernel's time over the lab's clock; null before the first turn, when the kernel asks for every step. */
  let aheadNs: number | null = null;
  let ours = false;
  let stopped: Error | null = null;
  const wanted = Promise.withResolvers<null>();
  /** Where the lab runs to; at once: from one millisecond to the next, for it may have a word to say. */
  let goes = { untilNs: 0, atOnce: true };

  const grant = (): void => {
    const kernel = calendar().waits();
    if (stopped || kernel === null) return;
    calendar().run(aheadNs === null ? null : (goes.atOnce ? Math.min(goes.untilNs, nextMs(kernel.wantsNs - aheadNs)) : goes.untilNs) + aheadNs - marginNs);
  };
  const think = async (unknown: boolean): Promise<void> => {
    if (unknown) await wanted.promise;
    await settled();
    for (let due = earliest(sleepers); due && due.atNs <= nowNs && !stopped; due = earliest(sleepers)) {
      sleepers.delete(due);
      due.wake();
      await settled();
    }
    if (stopped) return;
    const { untilNs, atOnce } = horizon({ nowNs, wakeNs: earliest(sleepers)?.atNs ?? Infinity, awaited: listening.untilNs(nowNs) > nowNs, expectedUntilNs: expected.untilNs(nowNs) });
    goes = { untilNs, atOnce };
    answer(Buffer.concat([...orders, go(untilNs, atOnce)]));
    orders = [];
    ours = false;
    grant();
  };
  return {
    clock: {
      nowUs: () => Math.round(nowNs / 1000),
      async sleep(ms, signal) {
        signal?.throwIfAborted();
        if (stopped) throw stopped;
        wanted.resolve(null);
        const atNs = nowNs + Math.round(ms * 1e6);
        await asleep(sleepers, ms < longSleepMs ? atNs : Math.ceil(atNs / (longSleepMs * 1e6)) * longSleepMs * 1e6, signal);
      },
    },
    order(bytes) {
      orders.push(bytes);
      wanted.resolve(null);
    },
    awaitWord: () => listening.add(Infinity),
    expectWord: (forMs) => expected.add(nowNs + forMs * 1e6),
    kernelWaits() {
      if (ours || stopped) return;
      const turn = hear();
      if (!turn) {
        grant();
        return;
      }
      nowNs = Math.max(nowNs, turn.atNs);
      aheadNs ??= calendar().nowNs() - turn.saidNs;
      ours = true;
      turn.take();
      void think(turn.unknown === true);
    },
    stop(reason) {
      stopped ??= reason;
      wanted.resolve(null);
      for (const { fail } of sleepers) fail(stopped);
      sleepers.clear();
    },
  };
};

/** Until when the lab may run, and whether only to its next word. */
const horizon = ({ nowNs, wakeNs, awaited, expectedUntilNs }: { readonly nowNs: number; readonly wakeNs: number; readonly awaited: boolean; readonly expectedUntilNs: number }): { readonly untilNs: number; readonly atOnce: boolean } => {
  const nextNs = Math.min(wakeNs, nowNs + heardEveryNs);
  const expected = expectedUntilNs > nowNs;
  return { untilNs: Math.max(nowNs, expected && !awaited ? Math.min(nextNs, expectedUntilNs) : nextNs), atOnce: awaited || expected };
};

const go = (untilNs: number, atOnce: boolean): Buffer => {
  const body = Buffer.alloc(9);
  body.writeBigInt64LE(BigInt(untilNs));
  body.writeUInt8(atOnce ? 1 : 0, 8);
  return frame('go', 0, body);
};

/** Where it is our turn when the lab has said something: a kernel that runs freely would look for our answer for as long as we think. */
const nextMs = (ns: number): number => (Math.floor(ns / 1_000_000) + 1) * 1_000_000;

/** Those who wait for a word, each until an instant; each can be called off, once. */
const waiters = (): { untilNs(nowNs: number): number; add(untilNs: number): () => void } => {
  const all = new Set<{ readonly untilNs: number }>();
  return {
    /** Until when the last of them waits; 0: nobody does. */
    untilNs(nowNs) {
      for (const each of all) if (each.untilNs <= nowNs) all.delete(each);
      return Math.max(0, ...Array.from(all, ({ untilNs }) => untilNs));
    },
    add(untilNs) {
      const one = { untilNs };
      all.add(one);
      return () => { all.delete(one); };
    },
  };
};

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
    quiet = diskIsBusy() || process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')) ? 0 : quiet + 1;
  }
};
