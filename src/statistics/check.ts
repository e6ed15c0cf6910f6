// What the functions here may be asked. A question that makes no sense is a defect of the caller's, not a result.

/** So many of the trials had the event. */
export interface Count { readonly events: number; readonly trials: number }

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new RangeError(`statistics: ${what}`);
};

/** Of a confidence, an error rate or a quantile: strictly between 0 and 1. */
export const mustBeInside = (value: number, what: string): void => must(value > 0 && value < 1, `${what} is ${value}; it must be between 0 and 1`);

export const mustBeCount = ({ events, trials }: Count): void =>
  must(Number.isSafeInteger(events) && Number.isSafeInteger(trials) && events >= 0 && events <= trials, `${events} events in ${trials} trials is no count`);

/** Infinity is a value: of what did not end while it was watched. */
export const mustBeValues = (values: readonly number[]): void => must(!values.some(Number.isNaN), 'a value is not a number');
