// Wall clocks that were set: no duration is measured by them, and the record says that it happened.

/** What NTP slews away in a trial is less: 500 ppm (MAXFREQ, include/linux/timex.h) of the quarter of an hour that a long one takes. */
const leastUs = 500_000;

export const isStep = (us: number): boolean => Math.abs(us) >= leastUs;

export const stepWords = (us: number): string => `its wall clock was set ${us < 0 ? 'back' : 'ahead'} by ${(Math.abs(us) / 1e6).toFixed(1)} s; no duration is measured by it`;
