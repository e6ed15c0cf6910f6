// A Session to the cables of a lab that go through its holder: the same contract as to a machine, over a socket in the lab's folder, a connection for each command.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { Command, Completed } from '../../model/command.ts';
import { cables } from '../../model/lab.ts';
import { SessionError, type Channel, type Clock, type Session } from '../../model/session.ts';
import { defaultLimits } from '../../transport/limits.ts';
import { createLineQueue, type LineQueue } from '../../transport/lines.ts';
import type { Answer } from './cables.ts';

/** `path`: of the holder's socket (control.ts, serveCables). */
export const cablesSession = (path: string, clock: Clock): Session => {
  const closed = Promise.withResolvers<string>();
  const sockets = new Set<Socket>();
  const connected = async (command: Command): Promise<Socket> => {
    const socket = connect(path);
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    try {
      await once(socket, 'connect');
    } catch (error) {
      throw new SessionError(`${cables}: "${command.argv.join(' ')}" was never sent: ${(error as Error).message}`, { device: cables, sent: false }, { cause: error });
    }
    return socket.on('error', () => socket.destroy());
  };
  return {
    device: cables,
    closed: closed.promise,
    async run(command, { timeoutMs }) {
      const sinceUs = clock.nowUs();
      const socket = await connected(command);
      socket.setTimeout(timeoutMs, () => { socket.destroy(); });
      const queue = linesOf(socket);
      socket.write(`${JSON.stringify({ run: command.argv })}\n`);
      for await (const line of queue.lines) return { command, ...JSON.parse(line) as Answer, elapsedMs: (clock.nowUs() - sinceUs) / 1000 };
      throw new SessionError(`${cables}: no answer to "${command.argv.join(' ')}" within ${timeoutMs} ms, or the lab ended`, { device: cables, sent: true });
    },
    async open(command) {
      const socket = await connected(command);
      socket.write(`${JSON.stringify({ open: command.argv })}\n`);
      return channelOf(socket, command, clock);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      closed.resolve('it was closed on this side');
      return Promise.resolve();
    },
  };
};

const channelOf = (socket: Socket, command: Command, clock: Clock): Channel => {
  const sinceUs = clock.nowUs();
  const ended = Promise.withResolvers<Completed>();
  const queue = linesOf(socket);
  socket.once('close', () => { ended.resolve({ command, exitCode: null, stdout: '', stderr: '', elapsedMs: (clock.nowUs() - sinceUs) / 1000 }); });
  return {
    lines: queue.lines,
    ended: ended.promise,
    write: (text) => { socket.write(text); },
    end: () => { socket.end(); },
    async [Symbol.asyncDispose]() {
      queue.letGo();
      socket.destroy();
      await ended.promise;
    },
  };
};

const linesOf = (socket: Socket): LineQueue => {
  const queue = createLineQueue(defaultLimits, {
    pause: () => { socket.pause(); },
    resume: () => { socket.resume(); },
    tooLong: () => {
      socket.destroy();
      return new SessionError(`${cables}: a line of more than ${defaultLimits.lineBytes} bytes`, { device: cables, sent: true });
    },
  });
  socket.on('data', (chunk: Buffer) => { queue.feed(chunk); });
  socket.once('close', () => { queue.finish({ complete: true }); });
  return queue;
};
