// One command on the wire, from the sending to its end, whichever way it ends.

import type { ClientChannel } from 'ssh2';
import type { Command } from '../model/command.ts';
import { SessionError } from '../model/session.ts';
import type { Connection } from './connection.ts';
import { commandLine, showCommand } from './quote.ts';
import { isNoChannel, reasonOf } from './reason.ts';

export interface Execution {
  /** Never rejects. An error is a SessionError: the command was not sent, or the connection was lost under it. */
  readonly over: Promise<Over>;
  /** Closes the channel, and takes the command for ended when the device has not confirmed that after a while. */
  stop(): void;
}

export type Over = { readonly exitCode: number | null } | { readonly error: SessionError };

export interface ExecutionOptions {
  /** The device itself ends the command soon after this time; null: it may run as long as it likes. */
  readonly timeoutMs: number | null;
  /** Runs in the tick in which the channel opens, so that no output is missed. */
  readonly attach: (channel: ClientChannel) => void;
}

export const execute = (connection: Connection, command: Command, { timeoutMs, attach }: ExecutionOptions): Execution => {
  const { client, device } = connection;
  const over = Promise.withResolvers<Over>();
  const state: { channel: ClientChannel | null; sent: boolean; stopped: boolean; gone: boolean } = { channel: null, sent: false, stopped: false, gone: false };
  const line = commandLine(command.argv, { timeoutMs, through: connection.through });
  const shown = showCommand(command.argv);

  let forget: () => void = () => undefined;
  const finish = (how: Over) => {
    forget();
    over.resolve(how);
  };
  const fail = (why: string, sent: boolean) => finish({ error: new SessionError(`${device}: ${why}`, { device, sent }) });
  forget = connection.whenGone((reason) => {
    state.gone = true;
    fail(state.sent ? `the connection was lost while "${shown}" ran: ${reason}` : `"${shown}" was never sent: ${reason}`, state.sent);
  });

  const onOpen = (error: Error | undefined, channel: ClientChannel) => {
    if (error) {
      // Of a lost connection was told above. Without a channel nothing is sent; what follows may have been.
      fail(`"${shown}" was not run: ${reasonOf(error)}`, !isNoChannel(error));
      return;
    }
    state.channel = channel;
    channel.on('error', () => undefined); // Input for a command that has ended already goes nowhere.
    const ends = Promise.all([endOf(channel), endOf(channel.stderr)]);
    attach(channel);
    if (state.stopped) channel.close();
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
    stop() {
      if (state.stopped) return;
      state.stopped = true;
      state.channel?.close();
      // sshd confirms when the command has ended, which may be never; no other command shall wait for that.
      const timer = setTimeout(() => finish({ exitCode: null }), giveUpMs);
      void over.promise.then(() => clearTimeout(timer));
    },
  };
};

/** ssh2 gives the exit status with `close`, as Node does for child processes. */
const endOf = (stream: { once(event: 'close', listener: (exitCode?: number | null) => void): unknown }) =>
  new Promise<number | null | undefined>((resolve) => stream.once('close', resolve));

/** Longer than timeout(1) needs on the device, see commandLine. */
const giveUpMs = 4000;
