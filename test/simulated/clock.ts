// Virtual time: nothing waits for real, everything happens in one order.

import type { Clock } from '../../src/model/session.ts';

interface Timer { readonly atUs: number; readonly order: number; readonly fire: () => void; over: boolean }

export class SimulatedClock implements Clock {
  #nowUs = 0;
  #order = 0;
  /** A binary heap by time, then by order of asking. */
  readonly #heap: Timer[] = [];

  nowUs(): number {
    return this.#nowUs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Gives the function that takes it back. */
  after(ms: number, fire: () => void): () => void {
    const timer: Timer = { atUs: this.#nowUs + Math.max(0, Math.round(ms * 1000)), order: this.#order += 1, fire, over: false };
    this.#push(timer);
    return () => { timer.over = true; };
  }

  /** Lets time pass until `done` or for `forMs`. Says `stuck` when nothing will ever happen any more. */
  async drive(until: { readonly done: () => boolean; readonly forMs: number }): Promise<'done' | 'time' | 'stuck'> {
    const endUs = this.#nowUs + until.forMs * 1000;
    // Whoever else this process works for has a turn.
    await new Promise((resolve) => { setImmediate(resolve); });
    for (;;) {
      await settled();
      if (until.done()) return 'done';
      const next = this.#heap[0];
      if (!next) return 'stuck';
      if (next.atUs > endUs) {
        this.#nowUs = endUs;
        return 'time';
      }
      this.#pop();
      if (next.over) continue;
      this.#nowUs = next.atUs;
      next.fire();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above]!, timer)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (isBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.atUs < b.atUs || a.atUs === b.atUs && a.order < b.order;

/** Every promise that can go on without time passing has done so: a tick comes when no microtask waits (nodejs.org, the event loop: process.nextTick). */
const settled = (): Promise<void> => new Promise((resolve) => { process.nextTick(resolve); });
