// Asks again until there is an answer: for questions that change nothing, never for actions.

import { retry } from 'ts-retry-promise';
import type { Clock } from '../model/session.ts';
import { SessionError } from '../model/session.ts';
import { orAborted } from './abort.ts';

export interface UntilOptions {
  /** What is waited for, as it reads after "waited for": `pve1 to answer`. */
  readonly what: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Which errors of `ask` are worth another try; every other ends the waiting. A device that does not answer, when absent. */
  readonly retryIf?: (error: unknown) => boolean;
}

/** The time was up before there was an answer. */
export class TimedOut extends Error {
  readonly what: string;
  readonly timeoutMs: number;
  /** What came of the last try. */
  readonly last: string;

  constructor({ what, timeoutMs, last }: { readonly what: string; readonly timeoutMs: number; readonly last: string }, options?: ErrorOptions) {
    super(`waited ${timeoutMs} ms for ${what}: ${last}`, options);
    this.name = 'TimedOut';
    this.what = what;
    this.timeoutMs = timeoutMs;
    this.last = last;
  }
}

/**
 * Resolves with the first answer that is not null. Rejects with TimedOut, with the signal's reason, or with the first error
 * that is not worth another try. The signal that `ask` gets is aborted as soon as nobody waits for its answer any more.
 *
 * ts-retry-promise 0.8.1 runs the loop and decides on errors. It knows neither our clock nor abort signals, its timeout
 * leaves the loop running, and it waits once more after the last failure; so the waiting is done inside the attempts, on
 * the given clock, and it is told to wait 0 ms itself and to go on for ever.
 */
export const until = async <Answer>(ask: (signal: AbortSignal) => Promise<Answer | null>, options: UntilOptions): Promise<Answer> => {
  const { what, everyMs, timeoutMs, clock, retryIf = (error) => error instanceof SessionError } = options;
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([over.signal, options.signal]) : over.signal;
  let last: { readonly text: string; readonly cause?: unknown } = { text: 'there was no answer to the first question yet' };
  let tries = 0;

  const attempt = async () => {
    if (tries > 0) await clock.sleep(everyMs, signal);
    signal.throwIfAborted();
    tries += 1;
    try {
      const answer = await ask(signal);
      last = { text: 'not yet' };
      return answer;
    } catch (error) {
      last = { text: error instanceof Error ? error.message : String(error), cause: error };
      throw error;
    }
  };
  const answered = retry<Answer | null>(attempt, {
    retries: 'INFINITELY',
    timeout: 'INFINITELY',
    backoff: 'FIXED',
    delay: 0,
    until: (answer) => answer !== null,
    retryIf: (error: unknown) => !signal.aborted && retryIf(error),
  });
  const timeUp = clock.sleep(timeoutMs, signal).then(() => {
    throw new TimedOut({ what, timeoutMs, last: last.text }, { cause: last.cause });
  });
  try {
    return (await orAborted(Promise.race([answered, timeUp]), signal)) as Answer;
  } finally {
    over.abort();
  }
};
