// How one talks to a device whose ssh gives a command line of its own, and no programs.

import type { Command } from './command.ts';

export interface Conversation {
  /**
   * The whole last line that the device shows when it waits for the next: without escapes, and with the device's name as group 1, by which a prompt is
   * told from a line of an answer that looks like one: what changes from prompt to prompt, like the number of a line, stands outside of the group.
   */
  readonly prompt: RegExp;
  /** Sent after login: no paging, wide lines. What the device says to them nobody looks at: they change nothing that outlives the session. */
  readonly prepare: readonly string[];
  /** What it shows in the middle of an answer while it waits for a key: a pager, or a question whose answer changes nothing by itself. */
  readonly asks: readonly { readonly shows: RegExp; readonly keys: string }[];
  /** A line of an answer by which it says that it did not do as told. */
  readonly refusal: RegExp;
  /** Leads from any mode back to where reading is done, and gives up what was not committed; sent after a refusal. */
  readonly home: readonly string[];
  /** Put behind the user's name at login, as RouterOS takes console parameters. */
  readonly userSuffix?: string;
}

/** Lines for such a device. The first is refused or done before the second is sent, and so on. */
export const lines = (first: string, ...others: readonly string[]): Command => ({ argv: [first], ...others.length > 0 && { stdin: others.map((line) => `${line}\n`).join('') } });

/** What `lines` holds. */
export const linesOf = ({ argv, stdin = '' }: Command): readonly string[] => [argv.join(' '), ...stdin.split('\n').filter((line) => line !== '')];
