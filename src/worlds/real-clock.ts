// Real time, for the worlds that live in it.

import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../model/session.ts';

export const realClock: Clock = {
  nowUs: () => Number(process.hrtime.bigint() / 1000n),
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      // Node rejects with an AbortError of its own.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
