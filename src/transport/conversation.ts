// A Session with a device that has a command line of its own: one shell, one line at a time, an answer from echo to prompt.

import type { ClientChannel } from 'ssh2';
import type { Command, Completed } from '../model/command.ts';
import { linesOf, type Conversation } from '../model/conversation.ts';
import type { Session } from '../model/session.ts';
import { SessionError } from '../model/session.ts';
import type { Connection } from './connection.ts';
import type { Limits } from './limits.ts';
import { createSlots } from './slots.ts';
import { lastLine, seenText } from './terminal-text.ts';
import { reasonOf } from './reason.ts';

/**
 * Wide and endless, so that nothing is wrapped and few devices page. vt100 is what all know (netmiko and scrapli ask for it too).
 * Columns: 511 is the most that Cisco IOS takes (`terminal width`).
 */
const terminal = { term: 'vt100', cols: 511, rows: 1000, width: 0, height: 0 } as const;

/**
 * Rejects with a SessionError when the device shows no prompt in time. Each command of the session is one or more lines (`linesOf`); its exit code is 0, or 1
 * with the refused line and what the device said of it as `stderr` (all that it said is the end of `stdout`): later lines were not sent then, and the device is back where it reads.
 */
export const converse = async (connection: Connection, conversation: Conversation, { limits, timeoutMs }: { readonly limits: Limits; readonly timeoutMs: number }): Promise<Session> => {
  const { device } = connection;
  const shell = createShell(connection, await openShell(connection), { outputBytes: limits.outputBytes, isPrompt: (line) => conversation.prompt.test(line) });
  const slots = createSlots(1);
  connection.whenGone((reason) => slots.close(`the connection is gone: ${reason}`));

  const nameIn = (seen: string): string | undefined => conversation.prompt.exec(lastLine(seen))?.[1];
  const name = nameIn(await shell.until((seen) => nameIn(seen) !== undefined, { asks: conversation.asks, timeoutMs, sent: null }));

  const say = async (line: string, leftMs: number): Promise<string> => {
    shell.write(`${line}\n`);
    // Not before the line itself was seen: a message of the device may end with a prompt of its own.
    const bodyAt = (text: string): number => {
      const echo = text.indexOf(line.trim());
      return echo < 0 ? 0 : text.indexOf('\n', echo) + 1;
    };
    const seen = await shell.until((text) => bodyAt(text) > 0 && nameIn(text) === name, { asks: conversation.asks, timeoutMs: leftMs, sent: line });
    return seen.slice(bodyAt(seen), seen.lastIndexOf('\n') + 1);
  };

  const run = async (command: Command, limitMs: number): Promise<Completed> => {
    const startedMs = performance.now();
    const left = (): number => Math.max(1, limitMs - (performance.now() - startedMs));
    const answers: string[] = [];
    for (const line of linesOf(command)) {
      const answer = await say(line, left());
      const refused = answer.split('\n').find((said) => conversation.refusal.test(said));
      if (refused !== undefined) {
        for (const way of conversation.home) await say(way, left());
        return { command, exitCode: 1, stdout: [...answers, answer].join(''), stderr: `"${line}": ${refused.trim()}`, elapsedMs: performance.now() - startedMs };
      }
      answers.push(answer);
    }
    return { command, exitCode: 0, stdout: answers.join(''), stderr: '', elapsedMs: performance.now() - startedMs };
  };

  for (const line of conversation.prepare) await say(line, timeoutMs);
  return {
    device,
    closed: connection.closed,
    async run(command, limit) {
      const shown = linesOf(command)[0] ?? '';
      const release = await slots.take(`"${shown}"`, limit).catch((error: unknown) => {
        throw new SessionError(`${device}: "${shown}" was never sent: ${reasonOf(error)}`, { device, sent: false });
      });
      try {
        return await run(command, limit.timeoutMs);
      } catch (error) {
        // What comes later would be taken for the answer to another line: nobody talks here any more.
        await connection.end('an answer did not come to its end');
        throw error;
      } finally {
        release();
      }
    },
    open: (command) => Promise.reject(new Error(`${device} has a command line and runs no programs: ${linesOf(command)[0] ?? ''}`)),
    async [Symbol.asyncDispose]() {
      await connection.end('it was closed on this side');
    },
  };
};

const openShell = ({ client, device }: Connection): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.shell(terminal, (error, channel) => {
      // ssh2 passes undefined where its types say Error.
      if ((error) !== undefined) reject(new SessionError(`${device} opens no shell: ${reasonOf(error)}`, { device, sent: false }, { cause: error }));
      else resolve(channel);
    });
  });

interface Waited {
  readonly asks: Conversation['asks'];
  readonly timeoutMs: number;
  /** The line that was sent; null: none yet. */
  readonly sent: string | null;
}

/** What came since the last `until`, and who waits for what in it. */
const createShell = (connection: Connection, channel: ClientChannel, { outputBytes, isPrompt }: { readonly outputBytes: number; readonly isPrompt: (line: string) => boolean }) => {
  const { device } = connection;
  let raw = '';
  let look: () => void = () => undefined;
  let gone: string | null = null;
  const decoder = new TextDecoder();
  channel.on('data', (chunk: Buffer) => {
    raw += decoder.decode(chunk, { stream: true });
    look();
  });
  const lose = (reason: string): void => {
    gone ??= reason;
    look();
  };
  channel.on('close', () => lose('it closed the shell'));
  connection.whenGone(lose);

  return {
    write(text: string): void {
      channel.write(text);
    },
    /** Resolves with what was seen, as soon as that is all. */
    until: (isAll: (seen: string) => boolean, { asks, timeoutMs, sent }: Waited) => new Promise<string>((resolve, reject) => {
      const fail = (why: string): void => {
        stop();
        const line = lastLine(seenText(raw)).slice(0, 200);
        reject(new SessionError(`${device}: ${sent === null ? 'after login' : `"${sent}"`}: ${why}${line.trim() === '' ? '' : `; its last line: ${JSON.stringify(line)}`}`, { device, sent: sent !== null }));
      };
      const timer = setTimeout(() => fail(`no prompt within ${timeoutMs} ms`), timeoutMs);
      const stop = (): void => {
        clearTimeout(timer);
        look = () => undefined;
      };
      look = () => {
        if (raw.length > outputBytes) {
          fail(`wrote more than ${outputBytes} bytes`);
          return;
        }
        // The last line tells; all of a long answer is looked at when that may be its end, and not with each piece that comes.
        const from = raw.lastIndexOf('\n') + 1;
        const last = seenText(raw.slice(from));
        const asked = asks.find(({ shows }) => shows.test(last));
        if (asked !== undefined) {
          // What it asked is wiped by the device or not: it is no part of the answer.
          raw = raw.slice(0, from);
          channel.write(asked.keys);
          return;
        }
        const seen = isPrompt(last) ? seenText(raw) : null;
        if (seen !== null && isAll(seen)) {
          stop();
          raw = '';
          resolve(seen);
        } else if (gone !== null) fail(`the connection was lost: ${gone}`);
      };
      look();
    }),
  };
};
