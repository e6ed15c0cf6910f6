// Which line of an answer it is that a parser does not understand. Parsers say what they miss and not where, so the line is looked for.

import type { Misread, Shown } from '../model/switch-probe.ts';
import type { Question } from '../switches/dialect.ts';

/** Each line that is tried costs a reading of the whole: so many letters are read, in a second or two, and no more. */
const lettersRead = 50_000_000;

/** Null where it is no one line: something is missing, or several are wrong. */
export const misreadAt = (question: Question<unknown>, shown: readonly Shown[], error: unknown): Misread | null => jsonAt(shown, error) ?? oneLine(question, shown) ?? quotedIn(shown, error);

const misread = ({ command, output }: Shown, line: number): Misread => ({ command, line, text: output.split('\n')[line - 1] ?? '' });

/** What JSON.parse tripped over. V8 says a position, a few letters around it, or that it was at the end (src/json/json-parser.cc, LookUpErrorMessageForJsonToken). */
const jsonAt = (shown: readonly Shown[], error: unknown): Misread | null => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof SyntaxError)) return null;
  const { message } = cause;
  const broken = shown.find(({ output }) => failure(output) === message);
  if (broken === undefined) return null;
  const { output } = broken;
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  const [, before = '', around] = /', (\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON$/.exec(message) ?? [];
  const at = position !== undefined ? Number(position)
    : /end of JSON input|Unterminated/.test(message) ? output.trimEnd().length
      // Ten letters come before the one that is wrong, where there are as many.
      : around === undefined ? -1 : output.indexOf(around) + (before === '' ? 0 : contextLetters);
  return at < 0 ? null : misread(broken, output.slice(0, at).split('\n').length);
};

/** kMaxContextCharacters in the same file. */
const contextLetters = 10;

const failure = (text: string): string | null => {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

/** The first without which all the rest is understood. */
const oneLine = (question: Question<unknown>, shown: readonly Shown[]): Misread | null => {
  const outputs = shown.map(({ output }) => output);
  const linesTried = Math.floor(lettersRead / Math.max(1, outputs.join('').length));
  for (const [which, each] of shown.entries()) {
    const lines = each.output.split('\n');
    for (const at of lines.slice(0, linesTried).keys()) {
      if (lines[at] === '') continue;
      try {
        question.parse(outputs.with(which, lines.toSpliced(at, 1).join('\n')));
        return misread(each, at + 1);
      } catch {
        // Not this one.
      }
    }
  }
  return null;
};

/** The first that has what the error quotes. Longer quotations are beginnings of a whole text. */
const quotedIn = (shown: readonly Shown[], error: unknown): Misread | null => {
  const quoted = [...String(error).matchAll(/"([^"\\]{3,60})"/g)].map(([, words]) => words!);
  for (const each of shown) {
    const at = each.output.split('\n').findIndex((line) => quoted.some((words) => line.includes(words)));
    if (at >= 0) return misread(each, at + 1);
  }
  return null;
};
