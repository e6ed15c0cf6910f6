// A long-lived command, like the agent: lines out, text in, until it ends or is put away. Such a command has to end by itself
// at the end of its input: sshd ends none when a channel or a connection is closed.

import type { ClientChannel } from 'ssh2';
import type { Command, Completed } from '../model/command.ts';
import type { Channel } from '../model/session.ts';
import { SessionError } from '../model/session.ts';
import type { Connection } from './connection.ts';
import type { Execution } from './execution.ts';
import { execute } from './execution.ts';
import type { Limits } from './limits.ts';
import { createLineQueue } from './lines.ts';
import { showCommand } from './quote.ts';

/** Resolves when the command runs; rejects with a SessionError when it could not be sent. `release` is called at its end. */
export const openChannel = (connection: Connection, command: Command, limits: Limits, release: () => void): Promise<Channel> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const attach = (ssh: ClientChannel) => {
      clearTimeout(timer);
      resolve(createChannel(ssh, { connection, command, limits, startedMs, execution }));
    };
    const execution = execute(connection, command, { timeoutMs: null, attach });
    const timer = setTimeout(() => {
      const { device } = connection;
      reject(new SessionError(`${device}: "${showCommand(command.argv)}" did not start within ${limits.openMs} ms`, { device, sent: true }));
      execution.stop();
    }, limits.openMs);
    void execution.over.then((over) => {
      release();
      clearTimeout(timer);
      if ('error' in over) reject(over.error);
    });
  });

interface Around {
  readonly connection: Connection;
  readonly command: Command;
  readonly limits: Limits;
  readonly startedMs: number;
  readonly execution: Execution;
}

const createChannel = (ssh: ClientChannel, { connection, command, limits, startedMs, execution }: Around): Channel => {
  const { device } = connection;
  const stderr = createTail(stderrBytes);
  let inputEnded = false;
  let over = false;

  const queue = createLineQueue(
    { lineBytes: limits.lineBytes, queueBytes: limits.queueBytes },
    {
      pause: () => ssh.pause(),
      resume: () => ssh.resume(),
      tooLong() {
        execution.stop();
        return new SessionError(`${device}: "${showCommand(command.argv)}" wrote a line of more than ${limits.lineBytes} bytes`, { device, sent: true });
      },
    },
  );
  ssh.on('data', (chunk: Buffer) => queue.feed(chunk));
  ssh.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  // ssh2 tells the end only after the last byte was taken; after the exit that is a window's worth at most.
  ssh.on('exit', () => queue.letGo());
  ssh.on('end', () => queue.finish({ complete: !over }));
  if (command.stdin !== undefined) ssh.write(command.stdin);

  const ended = execution.over.then((how): Completed => {
    over = true;
    // Of a lost connection the last line may be half of one.
    queue.finish({ complete: !('error' in how) });
    const exitCode = 'error' in how ? null : how.exitCode;
    return { command, exitCode, stdout: '', stderr: stderr.text(), elapsedMs: performance.now() - startedMs };
  });
  const end = () => {
    if (inputEnded) return;
    inputEnded = true;
    ssh.end();
  };

  return {
    lines: queue.lines,
    ended,
    end,
    write(text) {
      if (inputEnded) throw new Error(`standard input of "${showCommand(command.argv)}" was closed before`);
      // Whoever has ended hears nothing; `ended` says so.
      if (!over) ssh.write(text);
    },
    async [Symbol.asyncDispose]() {
      queue.letGo();
      end();
      const grace = setTimeout(() => execution.stop(), disposeGraceMs);
      await ended;
      clearTimeout(grace);
    },
  };
};

/** Keeps the last bytes of a stream. */
const createTail = (limitBytes: number) => {
  let kept = Buffer.alloc(0);
  return {
    add(chunk: Buffer) {
      kept = Buffer.concat([kept, chunk]);
      if (kept.length > limitBytes) kept = kept.subarray(kept.length - limitBytes);
    },
    text: () => kept.toString('utf8'),
  };
};

const stderrBytes = 64 * 1024;
const disposeGraceMs = 1000;
