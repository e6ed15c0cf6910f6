// Comparisons of what is not known exactly: they hold only where they hold in the worst corner.

/** Null: no end. */
export interface Bounds { readonly least: number; readonly most: number | null }

/** Whether it lies within the bounds; null: that cannot be told, and could be were its interval narrower by so much. */
export interface Compared { readonly holds: boolean | null; readonly narrowerBy: number }

/** Of a value that is known to +-error. */
export const compare = (value: number, error: number, { least, most }: Bounds): Compared => {
  /** Inside by so much; below zero: outside. */
  const inside = Math.min(value - least, (most ?? Infinity) - value);
  if (Math.abs(inside) >= error) return { holds: inside >= 0, narrowerBy: 0 };
  return { holds: null, narrowerBy: Math.ceil(2 * (error - Math.abs(inside))) };
};

export const narrowerWords = (ms: number): string => `the interval would have to be ${ms} ms narrower`;
