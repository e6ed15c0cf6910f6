// A Session over an established connection: short commands with deadlines, long-lived ones as channels.

import type { ClientChannel } from 'ssh2';
import type { Command, Completed } from '../model/command.ts';
import type { Session } from '../model/session.ts';
import { SessionError } from '../model/session.ts';
import { openChannel } from './channel.ts';
import type { Connection } from './connection.ts';
import { execute } from './execution.ts';
import type { Limits } from './limits.ts';
import { showCommand } from './quote.ts';
import type { Slots } from './slots.ts';
import { createSlots } from './slots.ts';

export const createSession = (connection: Connection, limits: Limits): Session => {
  const { device } = connection;
  const slots = createSlots(limits.channels);
  connection.whenGone((reason) => slots.close(`the connection is gone: ${reason}`));

  return {
    device,
    closed: connection.closed,
    async run(command, { timeoutMs }) {
      const release = await takeSlot(slots, command, { device, timeoutMs });
      return run(connection, command, { timeoutMs, outputBytes: limits.outputBytes, release });
    },
    async open(command) {
      const release = await takeSlot(slots, command, { device, timeoutMs: limits.openMs });
      return openChannel(connection, command, limits, release);
    },
    async [Symbol.asyncDispose]() {
      await connection.end('it was closed on this side');
    },
  };
};

const takeSlot = async (slots: Slots, command: Command, { device, timeoutMs }: { readonly device: string; readonly timeoutMs: number }) => {
  const shown = showCommand(command.argv);
  try {
    return await slots.take(`"${shown}"`, { timeoutMs });
  } catch (error) {
    throw new SessionError(`${device}: "${shown}" was never sent: ${(error as Error).message}`, { device, sent: false });
  }
};

interface Running {
  readonly timeoutMs: number;
  readonly outputBytes: number;
  readonly release: () => void;
}

const run = (connection: Connection, command: Command, { timeoutMs, outputBytes, release }: Running): Promise<Completed> =>
  new Promise((resolve, reject) => {
    const { device } = connection;
    const startedMs = performance.now();
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;

    const giveUp = (why: string) => {
      clearTimeout(timer);
      stdout.length = 0;
      bytes = Infinity;
      reject(new SessionError(`${device}: "${showCommand(command.argv)}" ${why}`, { device, sent: true }));
      execution.stop();
    };
    const collect = (pieces: Buffer[]) => (chunk: Buffer) => {
      if (bytes > outputBytes) return;
      bytes += chunk.length;
      if (bytes > outputBytes) giveUp(`wrote more than ${outputBytes} bytes`);
      else pieces.push(chunk);
    };
    const attach = (channel: ClientChannel) => {
      channel.on('data', collect(stdout));
      channel.stderr.on('data', collect(stderr));
      channel.end(command.stdin);
    };

    const execution = execute(connection, command, { timeoutMs, attach });
    const timer = setTimeout(() => giveUp(`did not end within ${timeoutMs} ms`), timeoutMs);
    void execution.over.then((over) => {
      release();
      clearTimeout(timer);
      if ('error' in over) reject(over.error);
      else resolve({ command, exitCode: over.exitCode, stdout: textOf(stdout), stderr: textOf(stderr), elapsedMs: performance.now() - startedMs });
    });
  });

const textOf = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString('utf8');
