// An ssh connection as a lifetime: when it is up, when it is gone, and why.

import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Client, ConnectConfig } from 'ssh2';
import type { DeviceId } from '../model/lab.ts';
import { partsOf, reasonOf } from './reason.ts';

export interface Connection {
  readonly device: DeviceId;
  readonly client: Client;
  /** Words in front of every command, like sudo and the gate; none for who may do all himself. */
  readonly through: readonly string[];
  /** Rejects with what ssh2 or the socket said; the cause is what the ssh agent said before. */
  readonly ready: Promise<void>;
  /** Settles with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  /** Calls back when the connection is gone, at once if it is; returns how to take that back. */
  whenGone(listener: (reason: string) => void): () => void;
  /** Says goodbye, then takes the socket away. */
  end(reason: string): Promise<void>;
}

export const createConnection = (device: DeviceId, socket: Duplex, config: ConnectConfig, through: readonly string[] = []): Connection => {
  const client = new ssh2.Client();
  const listeners = new Set<(reason: string) => void>();
  const up = Promise.withResolvers<undefined>();
  const closed = Promise.withResolvers<string>();
  let agentTrouble: Error | null = null;
  let because: string | null = null;
  let gone: string | null = null;

  client.on('ready', () => up.resolve(undefined));
  client.on('error', (error) => {
    // One key of the ssh agent failed; ssh2 goes on to the next, and says so when there is none left.
    if (partsOf(error).level === 'agent') {
      agentTrouble = error;
      return;
    }
    because ??= reasonOf(error);
    if (agentTrouble) error.cause = agentTrouble;
    up.reject(error);
    socket.destroy();
  });
  client.on('close', () => {
    gone = because ?? 'it closed the connection';
    up.reject(new Error(gone));
    for (const listener of listeners) listener(gone);
    listeners.clear();
    closed.resolve(gone);
  });
  client.connect({ ...config, sock: socket });

  return {
    device,
    client,
    through,
    ready: up.promise,
    closed: closed.promise,
    whenGone(listener) {
      if (gone !== null) listener(gone);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async end(reason) {
      because ??= reason;
      client.end();
      // A dead link never answers the goodbye, and ssh2's own destroy() does nothing after end(): the socket is ours to take.
      const timer = setTimeout(() => socket.destroy(), goodbyeMs);
      await closed.promise;
      clearTimeout(timer);
    },
  };
};

const goodbyeMs = 300;
