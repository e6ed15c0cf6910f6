// One command on the wire, from the sending to its end, whichever way it ends.

import type { Client, ClientChannel } from 'ssh2';
import type { Command } from '../model/command.ts';
import { SessionError } from '../model/session.ts';
import type { Connection } from './connection.ts';
import { commandLine, showCommand } from './quote.ts';
import { reasonOf } from './reason.ts';

export interface Execution {
  /** Never rejects. An error is a SessionError: the command was not sent, or the connection was lost under it. */
  readonly over: Promise<Over>;
  /** Settles when the channel is free for another command; a stopped command that does not die is given up after a while. */
  readonly freed: Promise<void>;
  /** Ends the remote command: TERM at once, KILL after a while. */
  stop(): void;
}

export type Over = { readonly exitCode: number | null } | { readonly error: SessionError };

/** Sends a command. `attach` runs in the tick in which the channel opens, so that no output is missed. */
export const execute = (connection: Connection, command: Command, attach: (channel: ClientChannel) => void): Execution => {
  const { client, device } = connection;
  const over = Promise.withResolvers<Over>();
  const freed = Promise.withResolvers<undefined>();
  const state: { channel: ClientChannel | null; sent: boolean; stopped: boolean; gone: boolean } = { channel: null, sent: false, stopped: false, gone: false };

  const finish = (how: Over) => {
    forget();
    over.resolve(how);
    freed.resolve(undefined);
  };
  const fail = (why: string, sent: boolean) => finish({ error: new SessionError(`${device}: ${why}`, { device, sent }) });
  const line = commandLine(command.argv);
  const shown = showCommand(command.argv);
  let forget: () => void = () => undefined;
  forget = connection.whenGone((reason) => {
    state.gone = true;
    fail(state.sent ? `the connection was lost while "${shown}" ran: ${reason}` : `"${shown}" was never sent: ${reason}`, state.sent);
  });

  const onOpen = (error: Error | undefined, channel: ClientChannel) => {
    if (error) {
      // ssh2 says the same of a refusal and of a lost connection; the latter was told above.
      fail(`"${shown}" was not run: ${reasonOf(error)}`, false);
      return;
    }
    state.channel = channel;
    channel.on('error', () => undefined); // Input for a command that has ended already goes nowhere.
    const ends = Promise.all([endOf(channel), endOf(channel.stderr)]);
    attach(channel);
    if (state.stopped) halt(client, channel, freed.promise);
    void ends.then(([exitCode]) => finish({ exitCode: exitCode ?? null }));
  };
  if (!state.gone) {
    try {
      client.exec(line, onOpen);
      state.sent = true;
    } catch (error) {
      // The device hangs up at this moment, and ssh2 knows already.
      fail(`"${shown}" was never sent: ${reasonOf(error)}`, false);
    }
  }

  return {
    over: over.promise,
    freed: freed.promise,
    stop() {
      if (state.stopped) return;
      state.stopped = true;
      if (state.channel) halt(client, state.channel, freed.promise);
      setTimeout(() => freed.resolve(undefined), giveUpMs).unref();
    },
  };
};

/** ssh2 gives the exit status with `close`, as Node does for child processes. */
const endOf = (stream: { once(event: 'close', listener: (exitCode?: number | null) => void): unknown }) =>
  new Promise<number | null | undefined>((resolve) => stream.once('close', resolve));

/** To close a channel does not end its command: sshd keeps it, and counts it among MaxSessions. */
const halt = (client: Client, channel: ClientChannel, freed: Promise<unknown>) => {
  signal(client, channel, 'TERM');
  const timer = setTimeout(() => {
    signal(client, channel, 'KILL');
    channel.close();
  }, termGraceMs);
  void freed.then(() => clearTimeout(timer));
};

/**
 * A signal as in RFC 4254, section 6.9. ssh2's own `channel.signal()` stays silent once standard input has ended
 * (lib/Channel.js of 1.17.0: only while `outgoing.state` is "open"), but here it mostly has; so this goes one layer lower.
 */
const signal = (client: Client, channel: ClientChannel, name: 'TERM' | 'KILL') => {
  const { _protocol } = client as unknown as { readonly _protocol: { signal(channelId: number, name: string): void } };
  const { id, state } = (channel as unknown as { readonly outgoing: { readonly id: number; readonly state: string } }).outgoing;
  if (state === 'open' || state === 'eof') _protocol.signal(id, name);
};

const termGraceMs = 1000;
const giveUpMs = 3000;
