// A trial that was made again, held against its record.

export interface Difference {
  /** From 1. */
  readonly line: number;
  /** Null: the record ended before. */
  readonly was: string | null;
  readonly is: string | null;
}

/** The first line that differs; null: none does. The first line of each is left out, for it names the run and its date. */
export const firstDifference = (was: string, is: string): Difference | null => {
  const [before, now] = [was.split('\n'), is.split('\n')];
  const at = Array.from({ length: Math.max(before.length, now.length) }, (_, n) => n).find((n) => n > 0 && before[n] !== now[n]);
  return at === undefined ? null : { line: at + 1, was: before[at] ?? null, is: now[at] ?? null };
};

/** How many events were compared. */
export const comparedEvents = (record: string): number => record.trimEnd().split('\n').length - 1;
