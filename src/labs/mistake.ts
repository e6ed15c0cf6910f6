// What is wrong with a lab or scenario file, and how several wrongs become one Problem.

import { exitCodes, Problem } from '../model/problem.ts';

export interface Mistake {
  /** Where it is in the text, in UTF-16 units from 0. */
  readonly offset: number;
  readonly found: string;
  readonly right?: string | undefined;
  readonly todo?: string | undefined;
}

/** Line and column of an offset, both from 1. */
export type Position = (offset: number) => { readonly line: number; readonly col: number };

/** Nobody mends more at once; a file that is no lab file at all has thousands. */
const mistakesTold = 20;

/** One Problem that tells the mistakes, in the order of the text. */
export const problemOf = (mistakes: readonly Mistake[], file: string, position: Position): Problem => {
  const placed = mistakes.toSorted((a, b) => a.offset - b.offset).map((mistake) => {
    const { line, col } = position(mistake.offset);
    return { ...mistake, asked: `${file}:${line}:${col}` };
  });
  const [only, ...others] = placed;
  if (only !== undefined && others.length === 0) {
    const { asked, found, right, todo } = only;
    return new Problem({ asked, found, ...(right === undefined ? {} : { right }), ...(todo === undefined ? {} : { todo }), exitCode: exitCodes.usage });
  }
  const told = placed.slice(0, mistakesTold).flatMap(({ asked, found, right, todo }) => [
    `  ${asked}: ${found}`,
    ...(right === undefined ? [] : [`    right would be: ${right}`]),
    ...(todo === undefined ? [] : [`    what to do: ${todo}`]),
  ]);
  return new Problem({ asked: file, found: [`${placed.length} mistakes${placed.length > mistakesTold ? `, of which the first ${mistakesTold} are` : ''}`, ...told].join('\n'), exitCode: exitCodes.usage });
};

/** The known word that a mistyped one most likely means: at most two of five letters differ. Null: none is near. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase()) }))
    .filter((near) => near.distance <= Math.max(1, Math.floor(near.candidate.length * 0.4)))
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate ?? null;
};

/** Levenshtein's: insertions, deletions and replacements that make one word of the other. */
const distance = (from: string, to: string): number => {
  let row = [...Array(to.length + 1).keys()];
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1];
    for (const [column, wanted] of Array.from(to).entries()) {
      next.push(Math.min(row[column]! + (letter === wanted ? 0 : 1), row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
};
