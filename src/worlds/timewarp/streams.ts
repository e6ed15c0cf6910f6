// Commands that run in the lab, by the number of their stream: what we order goes out with our turn, what they say comes back with theirs.

import type { DeviceId } from '../../model/lab.ts';
import { frame, type Frame, type Order } from './frames.ts';

export interface Listener {
  output(bytes: Buffer): void;
  errors(bytes: Buffer): void;
  /** How it ended; null: it was never started, for nobody answered there. Nothing comes after this. */
  exited(exitCode: number | null, started: boolean): void;
}

export interface Stream {
  input(text: string): void;
  end(): void;
  kill(): void;
  /** Whether its output is to wait in the lab. */
  hold(held: boolean): void;
}

/** What a node did by itself, or by its power. */
export interface NodeEvent { readonly node: DeviceId; readonly event: 'started' | 'died' | 'fired'; readonly starts?: number }

export interface Streams {
  start(device: DeviceId, argv: readonly string[], listener: Listener): Stream;
  reset(device: DeviceId): void;
  /** Takes what the lab says, all but turns. */
  take(frame: Frame): void;
  /** The lab is gone: whatever runs has ended, and nothing is started any more. */
  close(reason: string): void;
  /** Why; null: it is not. */
  over(): string | null;
}

export const createStreams = (order: (bytes: Buffer) => void, onNode: (event: NodeEvent) => void): Streams => {
  const listeners = new Map<number, Listener>();
  let last = 0;
  let over: string | null = null;
  return {
    start(device, argv, listener) {
      const number = last += 1;
      if (over !== null) queueMicrotask(() => { listener.exited(null, false); });
      else listeners.set(number, listener);
      const send = (word: Order, body: string | Buffer = ''): void => { if (listeners.has(number)) order(frame(word, number, body)); };
      send('start', JSON.stringify({ node: device, argv }));
      return {
        input: (text) => { send('input', text); },
        end: () => { send('end'); },
        kill: () => { send('kill'); },
        hold: (held) => { send('hold', held ? '1' : '0'); },
      };
    },
    reset: (device) => { order(frame('reset', 0, JSON.stringify({ node: device }))); },
    take({ word, stream, body }) {
      if (word === 'node') {
        onNode(JSON.parse(body.toString()) as NodeEvent);
        return;
      }
      const listener = listeners.get(stream);
      if (word === 'output') listener?.output(body);
      else if (word === 'errors') listener?.errors(body);
      else if (word === 'exited') {
        listeners.delete(stream);
        const { code } = JSON.parse(body.toString()) as { readonly code: number | null };
        // A signal ended it: sshd reports no exit code then either.
        listener?.exited(code === null || code < 0 ? null : code, code !== null);
      }
    },
    over: () => over,
    close(reason) {
      over = reason;
      for (const [number, listener] of listeners) {
        listeners.delete(number);
        listener.exited(null, true);
      }
    },
  };
};
