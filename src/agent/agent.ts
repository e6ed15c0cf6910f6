// Starts the agent on a node and talks with it.

import type { Channel, Session } from '../model/session.ts';
import type { Completed } from '../model/command.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { readMessage } from './message.ts';
import type { AgentConfig, AgentMessage, AgentOrder } from './protocol.ts';
import { agentCommand, agentSource } from './source.ts';

export type Hello = Extract<AgentMessage, { readonly kind: 'hello' }>;

export interface Agent {
  readonly hello: Hello;
  /** Everything said after the hello, for one reader; ends when the agent does. */
  readonly messages: AsyncIterable<AgentMessage>;
  order(order: AgentOrder): void;
  /** Closes the agent's standard input, which ends it and its children, and waits until it has ended. */
  stop(): Promise<void>;
  /** Settles, never rejects, when the agent has ended, with the reason in words. */
  readonly ended: Promise<string>;
}

/**
 * Sends the agent to a node and waits for its hello. Rejects with a Problem when it does not start there, with a SessionError when the
 * connection fails, and with the signal's reason when that is aborted.
 */
export const startAgent = async (session: Session, config: AgentConfig, options: { readonly signal?: AbortSignal } = {}): Promise<Agent> => {
  const channel = await session.open(agentCommand());
  const ended = channel.ended.then(inWords);
  const speech = collect(channel);
  try {
    channel.write(agentSource());
    channel.write(`${JSON.stringify(config)}\n`);
    const first = await abortable(speech.next(), options.signal);
    if (first?.kind !== 'hello') throw unstarted(config.node, first ? `it began with ${JSON.stringify(first)}` : await ended);
    return {
      hello: first,
      messages: { [Symbol.asyncIterator]: () => ({ next: () => speech.next().then((value) => (value ? { value, done: false as const } : { value: undefined, done: true as const })) }) },
      order: (order) => channel.write(`${JSON.stringify(order)}\n`),
      stop: async () => {
        channel.end();
        await channel.ended;
        await channel[Symbol.asyncDispose]();
      },
      ended,
    };
  } catch (error) {
    await channel[Symbol.asyncDispose]();
    throw error;
  }
};

/** Reads the channel as it comes, whether or not somebody asks: an agent whose pipe is full stands still. */
const collect = (channel: Channel): { next(): Promise<AgentMessage | undefined> } => {
  const said: AgentMessage[] = [];
  const readers: ((message: AgentMessage | undefined) => void)[] = [];
  let over = false;
  let stamp = { bootUs: 0, realUs: 0 };
  const pump = async (): Promise<void> => {
    for await (const line of channel.lines) {
      const message = readMessage(line, stamp);
      stamp = message;
      const reader = readers.shift();
      if (reader) reader(message);
      else said.push(message);
    }
  };
  const finish = (): void => {
    over = true;
    for (const reader of readers.splice(0)) reader(undefined);
  };
  pump().then(finish, finish); // why it ended is in channel.ended
  return {
    next: () => {
      const message = said.shift();
      return message || over ? Promise.resolve(message) : new Promise((resolve) => readers.push(resolve));
    },
  };
};

const abortable = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/** Python says last what it died of. */
const inWords = ({ exitCode, stderr }: Completed): string => {
  const last = stderr.trim().split('\n').at(-1);
  const how = exitCode === null ? 'a signal or the end of the connection ended it' : `it ended with exit code ${exitCode}`;
  return last ? `${how}: ${last}` : how;
};

const unstarted = (node: string, found: string): Problem =>
  new Problem({
    asked: `start the agent on ${node}`,
    found,
    right: 'Python 3.11 or newer as python3, run by root',
    todo: `on ${node}: apt-get install python3`,
    exitCode: exitCodes.device,
  });
