// Asks an agent for its clock, in bursts of pings one after the other, and knows the clock from what it answers. One agent, so one boot.

import type { Clock } from '../model/session.ts';
import { fitClock, narrowest, usualFit, type ClockFit, type ClockSample } from './clock-fit.ts';
import type { AgentOrder } from './protocol.ts';

export interface ClockWatch {
  /** Until the signal is aborted. */
  ask(signal: AbortSignal): Promise<void>;
  /** The clock as it is known with this pong, received now; null: of a ping that nobody waits for any more. */
  pong(message: { readonly id: number; readonly bootUs: number }): ClockFit | null;
}

/**
 * A ping may meet a sleeping processor, or wait in a queue. So there is a next one, at once, until the round trip is about as short as it ever was: at most
 * so many, and the first time all of them.
 */
const mostPings = 16;
const shortEnough = 1.1;
/** Where nothing gets better, a new burst begins: often at first, when the rate is not known yet. */
const beginningUs = 2_000_000;
const atFirstMs = 200;
/** Later: of clocks that drift apart, and of those of a lab that has one for all, where each question stops the lab. */
export const askEveryMs = { apart: 1000, together: 4000 } as const;
/** Right after a boot a ping may take half a second; one that takes longer than this is lost. */
const patienceUs = 10_000_000;

export const watchClock = (order: (ping: AgentOrder) => void, clock: Clock, everyMs: number): ClockWatch => {
  const startedUs = clock.nowUs();
  let kept: ClockSample[] = [];
  let burst: ClockSample[] = [];
  let id = 0;
  let sentUs = 0;
  let waiting = false;
  let left = 0;
  let fit: ClockFit | null = null;

  const ping = (): void => {
    id += 1;
    left -= 1;
    waiting = true;
    sentUs = clock.nowUs();
    order({ order: 'ping', id });
  };
  const begin = (): void => {
    const nowUs = clock.nowUs();
    if (waiting && nowUs - sentUs < patienceUs) return;
    if (burst.length > 0) kept = [...kept, ...narrowest(burst)].filter((sample) => nowUs - sample.sentUs <= usualFit.windowUs);
    burst = [];
    left = mostPings;
    ping();
  };
  return {
    async ask(signal) {
      while (!signal.aborted) {
        begin();
        await clock.sleep(clock.nowUs() - startedUs < beginningUs ? atFirstMs : everyMs, signal).catch(() => undefined); // Aborted: the agent is gone.
      }
    },
    pong(message) {
      if (message.id !== id || !waiting) return null;
      waiting = false;
      const receivedUs = clock.nowUs();
      burst.push({ sentUs, nodeUs: message.bootUs, receivedUs });
      const isShort = kept.length > 0 && receivedUs - sentUs <= shortEnough * (fit?.roundTripUs ?? 0);
      fit = fitClock([...kept, ...burst]);
      if (left > 0 && !isShort) ping();
      return fit;
    },
  };
};
