// Takes back the form of a managed switch's ports, and proves by its configuration that it is as before.

import type { Command } from '../model/command.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { withoutSecrets } from '../model/secret.ts';
import { SessionError, type Clock } from '../model/session.ts';
import type { ManagedDialect, Question } from '../switches/dialect.ts';
import { scrubbed } from '../switches/reading.ts';
import { ActionFailed, AnswerUnclear, type Devices } from './devices.ts';
import { differingLines } from './differing-lines.ts';
import type { UndoEntry, UndoJournal } from './journal.ts';
import { answerMs, withoutLastSecret } from './probe.ts';

/** An entry of the kind `form`. */
export type FormEntry = UndoEntry & Required<Pick<UndoEntry, 'form'>>;

export interface Undoing {
  readonly devices: Pick<Devices, 'run'>;
  readonly journal: UndoJournal;
  readonly clock: Clock;
  readonly dialect: ManagedDialect;
  readonly entry: FormEntry;
  /** The configuration before, and what makes one that is read now comparable. */
  readonly before: string;
  readonly reduced: (configuration: string) => string;
  /** Until the switch has taken it back by itself for sure; 0 or less: it has. Always so where it never does. */
  readonly leftMs: () => number;
  readonly tell: (text: string) => void;
}

/** A configuration as it may be written down. */
export const keptOf = (dialect: ManagedDialect, configuration: string): string => withoutSecrets(scrubbed(dialect, configuration));

/** Lines of a configuration that may take a moment to be what they were. */
const lookEveryMs = 5000;

/** Resolves when the configuration was seen to be what it was, and the entry is closed; rejects with a Problem, and the entry stays open, where it never was. */
export const takeBack = async (undoing: Undoing): Promise<void> => {
  const { dialect, entry, journal, clock, leftMs, tell } = undoing;
  const { device } = entry.form;
  const look = lookOf(undoing);
  const close = async (): Promise<void> => journal.close(entry.token);
  const { deadMan } = dialect;
  // Without a dead man the way back is another change: none where nothing was changed.
  if (deadMan === null && (await look()).length === 0) return close();
  // Ours is over by now. Where something waits all the same, to take it back would be to undo another's.
  const foreign = deadMan !== null && deadMan.pending !== null && leftMs() <= 0 && await answerTo(undoing, deadMan.pending);
  const refused = foreign ? [] : await sendBack(undoing);
  /** Since when nothing waits there any more: it has done what it does, and may be late. */
  let idleUs: number | null = null;
  for (let told = false; ; told = true) {
    // Asked first: what is seen then was so when the time was up.
    const last = leftMs() <= 0 || idleUs !== null && clock.nowUs() - idleUs > (deadMan?.lateS ?? 0) * 1_000_000;
    if (last || deadMan?.pending) {
      const apart = await look().catch((error: unknown) => { if (last) throw error; return [(error as Error).message]; });
      if (apart.length === 0) return close();
      if (last) throw unlike(undoing, { apart, refused });
      if (apart[0] !== waiting) idleUs ??= clock.nowUs();
    }
    if (!told) tell(`${device} takes it back by itself, within ${Math.ceil(leftMs() / 1000)} s`);
    await clock.sleep(Math.min(lookEveryMs, Math.max(1, leftMs())));
  }
};

const waiting = 'a change still waits to be taken back there';

/** Tells what is not as before; empty: all is. */
const lookOf = (undoing: Undoing) => async (): Promise<readonly string[]> => {
  const { dialect, before, reduced } = undoing;
  const { pending = null } = dialect.deadMan ?? {};
  if (pending !== null && await answerTo(undoing, pending)) return [waiting];
  const after = reduced(await answerTo(undoing, dialect.facts.configuration));
  if (after === before) return [];
  const lines = differingLines(keptOf(dialect, before), keptOf(dialect, after));
  return lines.length === 0 ? ['something that is secret, and not shown'] : lines;
};

/** What the switch said where it would not, as it may where nothing is to be taken back. Out of reach, it takes it back by itself. */
const sendBack = async ({ devices, dialect, entry: { revert, form } }: Undoing): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (const { command } of revert) {
    try {
      const { exitCode, stdout, stderr } = await twice(async () => devices.run(form.device, command, { timeoutMs: answerMs }));
      if (exitCode !== 0) refused.push(keptOf(dialect, stderr.trim() || stdout.trim().slice(-200) || `exit code ${exitCode ?? 'unknown'}`));
    } catch (error) {
      if (!(error instanceof SessionError) && !(error instanceof Problem)) throw error;
      refused.push(withoutLastSecret(dialect, error.message));
    }
  }
  return refused;
};

/** A question, or a way back, that can be sent again does no harm by it. */
const twice = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => work().catch(async (error: unknown) => {
  if (!(error instanceof SessionError)) throw error;
  return work();
});

/** Rejects with a SessionError, an ActionFailed or an AnswerUnclear, none of which has a secret in it. */
export const answerTo = async <Answer>({ devices, dialect, entry: { form: { device } } }: Pick<Undoing, 'devices' | 'dialect'> & { readonly entry: { readonly form: { readonly device: string } } }, question: Question<Answer>): Promise<Answer> => {
  const put = async (command: Command): Promise<string> => {
    const completed = await twice(async () => devices.run(device, command, { timeoutMs: answerMs })).catch((error: unknown) => {
      throw error instanceof SessionError ? new SessionError(withoutLastSecret(dialect, error.message), error, { cause: error }) : error;
    });
    if (completed.exitCode !== 0) throw new ActionFailed({ device, command }, { ...completed, stdout: '' });
    return completed.stdout;
  };
  const answers: string[] = [];
  for (const command of question.commands) answers.push(await put(command));
  try {
    for (const command of question.further?.(answers) ?? []) answers.push(await put(command));
    return question.parse(answers);
  } catch (error) {
    if (error instanceof SessionError || error instanceof ActionFailed || error instanceof Problem) throw error;
    // A parser's error quotes what it could not read; what in that is secret nobody knows.
    throw new AnswerUnclear(device, question.commands[0]!, new Error('`bondproof switch probe` says where'));
  }
};

/** As many as can be read. */
const shownLines = 40;

const unlike = ({ entry: { what, form: { device } } }: Undoing, { apart, refused }: { readonly apart: readonly string[]; readonly refused: readonly string[] }): Problem => new Problem({
  asked: `take back: ${what}`,
  found: [
    `the configuration of ${device} is not what it was before (- is missing, + is new):`, ...apart.slice(0, shownLines), ...apart.length > shownLines ? [`and ${apart.length - shownLines} more`] : [],
    ...refused.map((said) => `the way back was answered with ${said}`),
  ].join('\n    '),
  right: 'the same lines as before',
  todo: `put them right on ${device}, then \`bondproof recover LAB\`, which looks again; what was there before is in the undo journal`,
  exitCode: exitCodes.device,
});
