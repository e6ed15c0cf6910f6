// Asks a switch every question that its dialect, or SNMP, has, and nothing else: no line of it changes anything there.

import type { Command } from '../model/command.ts';
import { linesOf, type Conversation } from '../model/conversation.ts';
import type { Lab } from '../model/lab.ts';
import { SessionError, type Session } from '../model/session.ts';
import { questionNames, type Finding, type Findings, type QuestionName, type Shown, type SwitchProbe } from '../model/switch-probe.ts';
import type { Asked, Question } from '../switches/dialect.ts';
import { scrubbed, Untold } from '../switches/reading.ts';
import { misreadAt } from './misread.ts';

/** Of a large running configuration IOS is known to take most of a minute to print. */
export const answerMs = 120_000;

/** The question, or undefined where the dialect has none. */
export const questionOf = ({ facts, deadMan }: Asked, name: QuestionName): Question<unknown> | undefined =>
  (name === 'pending' ? deadMan?.pending ?? undefined : facts[name]);

/** A probe never leaves the mode in which reading is done: after a line that is refused there is nowhere to come home from, and nothing is sent. */
export const readingOnly = (conversation: Conversation | null): Conversation | null => (conversation === null ? null : { ...conversation, home: [] });

/** A command as it is shown, and told from others. */
export const shownCommand = (command: Command): string => linesOf(command).join('\n');

export interface ProbeOrder {
  readonly lab: Lab;
  readonly dialect: Asked;
  readonly at: string;
  readonly bondproof: string;
  /** Ends the probe; what was read by then is kept. */
  readonly signal: AbortSignal;
  readonly asking: (what: QuestionName) => void;
}

/** Never rejects because of the switch: where the connection is lost, what was read until then is what there is. Each command is sent once, whoever asks. */
export const probeSwitch = async (session: Session, { lab, dialect, at, bondproof, signal, asking }: ProbeOrder): Promise<SwitchProbe> => {
  const shown = new Map<string, Shown>();
  const found = new Map<QuestionName, Finding<unknown>>();
  let broke: string | null = null;
  const stop = (): void => void session[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const name of questionNames) {
      const question = questionOf(dialect, name);
      if (question === undefined) continue;
      signal.throwIfAborted();
      asking(name);
      found.set(name, findingOf(question, await answersTo(question, async (command) => {
        const key = shownCommand(command);
        if (!shown.has(key)) shown.set(key, await ask(session, command));
        return shown.get(key)!;
      })));
    }
  } catch (error) {
    if (!(error instanceof SessionError) && !signal.aborted) throw error;
    broke = signal.aborted ? 'it was interrupted' : withoutLastSecret(dialect, (error as SessionError).message);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const findings = Object.fromEntries(questionNames.map((name) =>
    [name, found.get(name) ?? { kind: questionOf(dialect, name) === undefined ? 'no-question' : 'not-asked' }])) as unknown as Findings;
  return {
    lab: lab.name, switch: lab.switch.name, dialect: dialect.name, proven: dialect.proven, deadMan: dialect.deadMan?.summary ?? null, ...dialect.caution !== undefined && { caution: dialect.caution },
    links: lab.links.filter((link) => link.switch === lab.switch.name).map(({ node, nic, port }) => ({ node, nic, port })),
    at, bondproof, shown: [...shown.values()], findings, broke,
  };
};

/** What it asks besides is known when its first answers are, if none of them was refused. */
const answersTo = async (question: Question<unknown>, put: (command: Command) => Promise<Shown>): Promise<readonly Shown[]> => {
  const answers: Shown[] = [];
  for (const command of question.commands) answers.push(await put(command));
  if (answers.some(({ refused }) => refused !== null)) return answers;
  for (const command of furtherOf(question, answers)) answers.push(await put(command));
  return answers;
};

/** Of answers that are not understood nothing follows; that they are not, their parser tells. */
const furtherOf = (question: Question<unknown>, answers: readonly Shown[]): readonly Command[] => {
  try {
    return question.further?.(answers.map(({ output }) => output)) ?? [];
  } catch {
    return [];
  }
};

/** The error has the line that the device was at (transport/conversation.ts): in the middle of a configuration that may be a secret's, which nobody knows yet. */
export const withoutLastSecret = (dialect: Asked, message: string): string =>
  message.replace(/(; its last line: )(".*")$/s, (_, words: string, line: string) => `${words}${JSON.stringify(scrubbed(dialect, JSON.parse(line) as string))}`);

const ask = async (session: Session, command: Command): Promise<Shown> => {
  const { exitCode, stdout, stderr } = await session.run(command, { timeoutMs: answerMs });
  const refused = exitCode === 0 ? null : stderr.trim() || stdout.trim().slice(0, 200) || `exit code ${exitCode ?? 'unknown'}, and not a word`;
  return { command: shownCommand(command), output: stdout, refused };
};

const findingOf = (question: Question<unknown>, shown: readonly Shown[]): Finding<unknown> => {
  const refused = shown.find((each) => each.refused !== null);
  if (refused !== undefined) return { kind: 'refused', command: refused.command, said: refused.refused! };
  try {
    return { kind: 'understood', fact: question.parse(shown.map(({ output }) => output)) };
  } catch (error) {
    if (error instanceof Untold) return { kind: 'not-told', why: error.message };
    return { kind: 'not-understood', why: (error as Error).message, at: misreadAt(question, shown, error) };
  }
};
