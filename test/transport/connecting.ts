// What tests of sessions share: how they connect, and how they ask.

import type { ServedSsh } from './served-ssh.ts';
import type { ConnectOptions } from '../../src/transport/ssh.ts';
import { connect } from '../../src/transport/ssh.ts';
import type { Session } from '../../src/model/session.ts';
import type { Command } from '../../src/model/command.ts';

export const long = { timeoutMs: 60_000 };

/** As pve1, with the right keys, and with patience for a busy machine. */
export const connectTo = (device: ServedSsh, more: Partial<ConnectOptions> = {}): Promise<Session> =>
  connect({ device: 'pve1', login: device.login, privateKey: device.userKey, agentSocket: null, connectTimeoutMs: 60_000, ...more });

export const sh = (text: string): Command => ({ argv: ['sh', '-c', text] });

/** What a promise rejects with, caught from the start, so that a test may look at it later; null where it resolves. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

export const collect = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};
