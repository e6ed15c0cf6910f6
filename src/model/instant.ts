// When something happened, and how sure that is.

/**
 * Microseconds since the trial's zero, as [earliest, latest]: the thing happened somewhere in between. Whole numbers,
 * so that JSON and doubles hold them exactly (2^53 us are 285 years).
 */
export type Instant = readonly [earliestUs: number, latestUs: number];

export const middleUs = ([earliestUs, latestUs]: Instant): number => Math.round((earliestUs + latestUs) / 2);

/** Whether `a` surely came before `b`. */
export const surelyBefore = (a: Instant, b: Instant): boolean => a[1] < b[0];

export const msOf = (us: number): number => Math.round(us / 1000);
