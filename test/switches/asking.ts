// How both suites of managed switches put a question.

import type { Command, Completed } from '../../src/model/command.ts';
import type { Session } from '../../src/model/session.ts';
import type { Question } from '../../src/switches/dialect.ts';

export const patient = { timeoutMs: 60_000 };

export const inTurn = async <From, To>(from: readonly From[], work: (each: From) => Promise<To>): Promise<To[]> => {
  const results: To[] = [];
  for (const each of from) results.push(await work(each));
  return results;
};

export const done = async (session: Session, command: Command): Promise<Completed> => {
  const completed = await session.run(command, patient);
  if (completed.exitCode !== 0) throw new Error(`${command.argv.slice(-2).join(' ')}: ${completed.exitCode ?? 'killed'} ${completed.stderr}`);
  return completed;
};

export const asked = async <Answer>(session: Session, question: Question<Answer>): Promise<Answer> => {
  const answersOf = async (commands: readonly Command[]): Promise<readonly string[]> => (await inTurn(commands, (command) => done(session, command))).map(({ stdout }) => stdout);
  const first = await answersOf(question.commands);
  return question.parse([...first, ...await answersOf(question.further?.(first) ?? [])]);
};
