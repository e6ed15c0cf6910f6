// Commands as argument vectors, questions with the grammar of their answers, and changes that carry their undo.

import type { DeviceId } from './lab.ts';

/** A program and its arguments. Never a shell string: quoting happens once, in transport/. */
export interface Command {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** How a command ended. A device's answer is a value; exit codes are not exceptions. */
export interface Completed {
  readonly command: Command;
  /** Null when a signal or a cut connection ended the command. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** A question to a device, with the grammar of its answer. `parse` throws on what it does not understand. */
export interface Query<Answer> {
  readonly command: Command;
  parse(stdout: string): Answer;
}

/** One step of a change, on one device. */
export interface Action {
  readonly device: DeviceId;
  readonly command: Command;
  /** Exit codes that mean "done"; 0 alone when absent. */
  readonly accept?: readonly number[];
}

/**
 * A change of the lab as data. `stage` puts tools in place without an effect on traffic, `apply` makes the effect,
 * `revert` takes away both; it is safe to run twice, or when neither of the others ever ran.
 */
export interface Change {
  readonly stage: readonly Action[];
  readonly apply: readonly Action[];
  readonly revert: readonly Action[];
  /** Questions whose answers are the same before and after, byte for byte: what the change touches. */
  readonly traces: readonly Action[];
}

/** Several changes as one: their parts one after the other, device by device. */
export const joined = (changes: readonly Change[]): Change => ({
  stage: changes.flatMap(({ stage }) => stage), apply: changes.flatMap(({ apply }) => apply), revert: changes.flatMap(({ revert }) => revert), traces: changes.flatMap(({ traces }) => traces),
});
