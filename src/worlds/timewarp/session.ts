// A Session to a node of the box: the same contract as over ssh, on the lab's clock.

import type { Command, Completed } from '../../model/command.ts';
import type { DeviceId } from '../../model/lab.ts';
import { SessionError, type Channel, type Session } from '../../model/session.ts';
import { defaultLimits, type Limits } from '../../transport/limits.ts';
import { createLineQueue } from '../../transport/lines.ts';
import { showCommand } from '../../transport/quote.ts';
import type { Conductor } from './conductor.ts';
import type { Stream, Streams } from './streams.ts';

export interface Ways {
  readonly conductor: Conductor;
  readonly streams: Streams;
}

interface Place extends Ways {
  readonly device: DeviceId;
  readonly limits: Limits;
  /** What runs, each with what is to be done when the connection is lost. */
  readonly running: Map<Stream, (reason: string) => void>;
  /** Why the session is over; null: it is not. */
  over: string | null;
}

/** `gone` is called when the node has died. What runs on a node that lives sees the end of its input, as with sshd. */
export const createSession = (device: DeviceId, ways: Ways, limits: Limits = defaultLimits): Session & { gone(reason: string): void } => {
  const closed = Promise.withResolvers<string>();
  const place: Place = { ...ways, device, limits, running: new Map(), over: null };
  const gone = (reason: string): void => {
    if (place.over !== null) return;
    place.over = reason;
    for (const [stream, lost] of place.running) {
      stream.end();
      lost(reason);
    }
    closed.resolve(reason);
  };
  return {
    device,
    closed: closed.promise,
    gone,
    run: async (command, { timeoutMs }) => place.over === null ? run(place, command, timeoutMs) : Promise.reject(unsent(place, command, place.over)),
    open: async (command) => place.over === null ? Promise.resolve(open(place, command)) : Promise.reject(unsent(place, command, place.over)),
    async [Symbol.asyncDispose]() {
      gone('it was closed on this side');
      return Promise.resolve();
    },
  };
};

const unsent = ({ device }: Place, command: Command, reason: string): SessionError => new SessionError(`${device}: "${showCommand(command.argv)}" was never sent: ${reason}`, { device, sent: false });

const run = async (place: Place, command: Command, timeoutMs: number): Promise<Completed> => {
  const { device, conductor, streams, limits, running } = place;
  const heard = conductor.awaitWord();
  const late = new AbortController();
  const sinceUs = conductor.clock.nowUs();
  const pieces: Readonly<Record<'output' | 'errors', Buffer[]>> = { output: [], errors: [] };
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const fail = (why: string): void => { reject(new SessionError(`${device}: ${why}`, { device, sent: true })); };
  const giveUp = (why: string): void => {
    fail(`"${showCommand(command.argv)}" ${why}`);
    stream.kill();
  };
  const keep = (where: Buffer[]) => (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limits.outputBytes) giveUp(`wrote more than ${limits.outputBytes} bytes`);
    else where.push(chunk);
  };
  const stream = streams.start(device, command.argv, {
    output: keep(pieces.output), errors: keep(pieces.errors),
    exited: (exitCode, started) => {
      if (started) resolve(exitCode);
      else reject(unsent(place, command, streams.over() ?? 'nobody answers there'));
    },
  });
  running.set(stream, (reason) => { fail(`the connection was lost while "${showCommand(command.argv)}" ran: ${reason}`); });
  if (command.stdin !== undefined) stream.input(command.stdin);
  stream.end();
  conductor.clock.sleep(timeoutMs, late.signal).then(() => { giveUp(`did not end within ${timeoutMs} ms`); }, () => undefined); // Aborted: it has ended.
  try {
    const exitCode = await promise;
    return { command, exitCode, stdout: textOf(pieces.output), stderr: textOf(pieces.errors), elapsedMs: (conductor.clock.nowUs() - sinceUs) / 1000 };
  } finally {
    heard();
    late.abort();
    running.delete(stream);
  }
};

const open = (place: Place, command: Command): Channel => {
  const { device, conductor, streams, limits, running } = place;
  const sinceUs = conductor.clock.nowUs();
  const ended = Promise.withResolvers<Completed>();
  let errors: Buffer = Buffer.alloc(0);
  let inputEnded = false;
  let heard = (): void => undefined;
  const queue = createLineQueue(limits, {
    pause: () => { stream.hold(true); },
    resume: () => { stream.hold(false); },
    tooLong: () => {
      stream.kill();
      return new SessionError(`${device}: "${showCommand(command.argv)}" wrote a line of more than ${limits.lineBytes} bytes`, { device, sent: true });
    },
  });
  const stream = streams.start(device, command.argv, {
    output: (chunk) => {
      heard();
      queue.feed(chunk);
    },
    errors: (chunk) => { errors = Buffer.concat([errors, chunk]).subarray(-errorBytes); },
    exited: (exitCode) => { finish(exitCode); },
  });
  const finish = (exitCode: number | null): void => {
    queue.finish({ complete: place.over === null });
    running.delete(stream);
    ended.resolve({ command, exitCode, stdout: '', stderr: errors.toString('utf8'), elapsedMs: (conductor.clock.nowUs() - sinceUs) / 1000 });
  };
  const end = (): void => {
    if (inputEnded) return;
    inputEnded = true;
    stream.end();
  };
  running.set(stream, () => { finish(null); });
  if (command.stdin !== undefined) stream.input(command.stdin);
  heard = conductor.expectWord(answerMs);
  return {
    lines: queue.lines,
    ended: ended.promise,
    end,
    write(text) {
      if (inputEnded) throw new Error(`standard input of "${showCommand(command.argv)}" was closed before`);
      stream.input(text);
      heard();
      heard = conductor.expectWord(answerMs);
    },
    async [Symbol.asyncDispose]() {
      queue.letGo();
      end();
      const grace = new AbortController();
      conductor.clock.sleep(disposeGraceMs, grace.signal).then(() => { stream.kill(); }, () => undefined); // Aborted: it has ended.
      await ended.promise;
      grace.abort();
    },
  };
};

const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString('utf8');

/** A program answers what it is asked within this, where nothing but waiting takes time. */
const answerMs = 20;
const errorBytes = 64 * 1024;
const disposeGraceMs = 1000;
