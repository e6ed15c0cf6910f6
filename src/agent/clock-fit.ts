// How far a node's clock is from the trial's, with bounds that hold: the truth is inside them, not near them.

/**
 * One ping and its pong: sent and received by the trial's clock, answered by the node's, all in microseconds. The answer was given
 * somewhere between sending and receiving; nothing is assumed about where.
 */
export interface ClockSample {
  readonly sentUs: number;
  readonly nodeUs: number;
  readonly receivedUs: number;
}

/** Node time + offset = trial time, to within +-error. The event `clock-fitted` has the same fields. */
export interface ClockFit {
  readonly offsetUs: number;
  readonly errorUs: number;
  /** The shortest round trip among the samples that were used. */
  readonly roundTripUs: number;
}

export interface ClockFitOptions {
  /** Samples older than this do not count. */
  readonly windowUs: number;
  /** The most that the two clocks may run apart, in microseconds a second. */
  readonly driftPpm: number;
}

/** 500 ppm is the most that Linux lets anybody slew a clock by (MAXFREQ, include/linux/timex.h); crystals are far better. */
export const usualFit: ClockFitOptions = { windowUs: 60_000_000, driftPpm: 500 };

/**
 * The offset at the time of the last sample; null without samples. Each sample alone bounds the offset, by `sent - node` and
 * `received - node`; an older one is widened by what the clocks may have drifted since. All hold at once, so the truth is where they
 * overlap. Where a clock was set in between, nothing overlaps, and what came before that does not count.
 */
export const fitClock = (samples: readonly ClockSample[], options: ClockFitOptions = usualFit): ClockFit | null => {
  const last = samples.at(-1);
  if (!last) return null;
  let low = -Infinity;
  let high = Infinity;
  let roundTripUs = Infinity;
  for (const sample of samples.toReversed()) {
    const ageUs = last.receivedUs - sample.sentUs;
    if (sample !== last && ageUs > options.windowUs) break;
    const driftUs = sample === last ? 0 : (ageUs * options.driftPpm) / 1e6;
    const narrowedLow = Math.max(low, sample.sentUs - sample.nodeUs - driftUs);
    const narrowedHigh = Math.min(high, sample.receivedUs - sample.nodeUs + driftUs);
    if (narrowedLow > narrowedHigh) break;
    [low, high] = [narrowedLow, narrowedHigh];
    roundTripUs = Math.min(roundTripUs, sample.receivedUs - sample.sentUs);
  }
  // Rounded outwards, so that whole microseconds keep the promise.
  const offsetUs = Math.round((low + high) / 2);
  return { offsetUs, errorUs: Math.ceil(Math.max(high - offsetUs, offsetUs - low)), roundTripUs };
};
