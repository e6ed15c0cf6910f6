// How far a node's clock is from the trial's, with bounds that hold: the truth is inside them, not near them.

/**
 * One ping and its pong: sent and received by the trial's clock, answered by the node's, all in microseconds. The answer was given
 * somewhere between sending and receiving; nothing is assumed about where.
 */
export interface ClockSample {
  readonly sentUs: number;
  /** Whole microseconds, cut off. */
  readonly nodeUs: number;
  readonly receivedUs: number;
}

/** Node time + offset = trial time, to within +-error. The event `clock-fitted` has the same fields. */
export interface ClockOffset { readonly offsetUs: number; readonly errorUs: number }

/** All that offset and rate can be, at the time of the last sample. */
export interface ClockFit {
  /** The node's time of the last sample, at which the corners hold. */
  readonly nodeUs: number;
  /** What corners are counted from. */
  readonly baseUs: number;
  readonly corners: readonly Corner[];
  /** The shortest round trip among the samples that were used. */
  readonly roundTripUs: number;
  readonly wander: number;
}

/** An offset above the base in microseconds, and how it grows with the node's time (1e-6: 1 ppm). */
type Corner = readonly [offsetUs: number, rate: number];

export interface ClockFitOptions {
  /** Samples older than this do not count. */
  readonly windowUs: number;
  /** The most that the two clocks may run apart, in microseconds a second. */
  readonly driftPpm: number;
  /** The most that this changes within the window, to either side. */
  readonly wanderPpm: number;
}

/**
 * 500 ppm is the most that Linux lets anybody slew a clock by (MAXFREQ, include/linux/timex.h); crystals are far better. Within a minute 15 ppm are
 * what NTP takes any clock to change by (PHI, RFC 5905, figure 7).
 */
export const usualFit: ClockFitOptions = { windowUs: 60_000_000, driftPpm: 500, wanderPpm: 15 };

/**
 * Null without samples, which are of one boot, in the order in which they were received. Each bounds the line of offsets at its own time, by `sent - node` and
 * `received - node`, an older one less well, by what the rate may have changed since. All hold at once, so the truth is a line through all of them: what offset and rate can
 * be is a polygon. Where a clock was set or slewed in between, no line goes through, and what came before that does not count.
 */
export const fitClock = (samples: readonly ClockSample[], { windowUs, driftPpm, wanderPpm }: ClockFitOptions = usualFit): ClockFit | null => {
  const last = samples.at(-1);
  if (!last) return null;
  const { nodeUs } = last;
  const baseUs = last.sentUs - nodeUs;
  const wander = wanderPpm / 1e6;
  const rate = driftPpm / (1e6 - driftPpm); // of the faster clock's time
  const [low, high] = [-stepUs, last.receivedUs - last.sentUs];
  let corners: readonly Corner[] = [[low, -rate], [high, -rate], [high, rate], [low, rate]];
  let roundTripUs = Infinity;
  for (const sample of samples.toReversed()) {
    if (sample !== last && last.receivedUs - sample.sentUs > windowUs) break;
    const afterUs = sample.nodeUs - nodeUs;
    const wanderUs = wander * Math.abs(afterUs);
    const least = sample.sentUs - sample.nodeUs - stepUs - wanderUs - baseUs;
    const most = sample.receivedUs - sample.nodeUs + wanderUs - baseUs;
    const narrower = clipped(clipped(corners, ([offsetUs, r]) => offsetUs + r * afterUs - least), ([offsetUs, r]) => most - offsetUs - r * afterUs);
    if (narrower.length === 0) break;
    corners = narrower;
    roundTripUs = Math.min(roundTripUs, sample.receivedUs - sample.sentUs);
  }
  return { nodeUs, baseUs, corners, roundTripUs, wander };
};

/** A node tells whole microseconds, cut off. */
const stepUs = 1;

/**
 * The part of a convex polygon where `inside` is not negative (Sutherland and Hodgman, Reentrant polygon clipping, 1974); empty where there is none. A loop, for
 * it runs some hundred times for each pong.
 */
const clipped = (corners: readonly Corner[], inside: (corner: Corner) => number): readonly Corner[] => {
  const kept: Corner[] = [];
  let before = corners.at(-1);
  if (!before) return corners;
  let was = inside(before);
  for (const corner of corners) {
    const is = inside(corner);
    const share = was / (was - is);
    if (was * is < 0) kept.push([before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])]);
    if (is >= 0) kept.push(corner);
    [before, was] = [corner, is];
  }
  return kept;
};

/** At any time of the node's in the same boot; the farther away from the last sample, the less sure. */
export const offsetAt = ({ nodeUs, baseUs, corners, wander }: ClockFit, atUs: number): ClockOffset => {
  const afterUs = atUs - nodeUs;
  const offsets = corners.map(([offsetUs, rate]) => baseUs + offsetUs + rate * afterUs);
  const wanderUs = wander * Math.abs(afterUs);
  const [low, high] = [Math.min(...offsets) - wanderUs, Math.max(...offsets) + wanderUs];
  // Rounded outwards, so that whole microseconds keep the promise.
  const offsetUs = Math.round((low + high) / 2) + 0; // not -0
  return { offsetUs, errorUs: Math.ceil(Math.max(high - offsetUs, offsetUs - low)) };
};

/** Of samples of about the same time, those that bound the offset best: from below and from above. */
export const narrowest = (samples: readonly ClockSample[]): readonly ClockSample[] => {
  const best = (better: (a: ClockSample, b: ClockSample) => boolean): ClockSample => samples.reduce((found, each) => better(each, found) ? each : found);
  const kept = new Set([best((a, b) => a.sentUs - a.nodeUs > b.sentUs - b.nodeUs), best((a, b) => a.receivedUs - a.nodeUs < b.receivedUs - b.nodeUs)]);
  return samples.filter((sample) => kept.has(sample));
};
