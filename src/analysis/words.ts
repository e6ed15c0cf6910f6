// Small phrases for reasons and findings.

/** `a`, `a and b`, `a, b and c`; `nothing` for an empty list. */
export const listed = (names: readonly string[]): string => {
  const [last = 'nothing', ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
};

/** `0.4 s`, `71.2 s`. */
export const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `1 membership`, `3 memberships`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
