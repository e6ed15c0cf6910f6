// A clock for tests that wait for nothing else.

import type { Clock } from '../../src/model/session.ts';

/** Moves only while somebody sleeps, and then at once. */
export const sleepingClock = (): Clock => {
  let us = 5_000_000;
  return {
    nowUs: () => us,
    async sleep(ms, signal) {
      await new Promise((resolve) => { setImmediate(resolve); });
      signal?.throwIfAborted();
      us += ms * 1000;
    },
  };
};
