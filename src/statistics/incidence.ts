// How often something has happened by a time, when something else may end the wait for it.

import { must, mustBeInside } from './check.ts';
import type { Interval } from './interval.ts';
import { normalQuantile } from './special.ts';

/** censored: watched to here, and neither had come. `time` is in any unit; the result has the same. */
export interface Observation { readonly time: number; readonly end: 'event' | 'competing' | 'censored' }

/** From `time` to the next step. */
export interface IncidenceStep {
  readonly time: number;
  readonly atRisk: number;
  /** The probability that the event has come. */
  readonly incidence: number;
  /** That neither has come. */
  readonly free: number;
  readonly variance: number;
  /** Of this time alone, not of the whole curve; null where the incidence is 0 or 1, of which no variance tells how sure that is. */
  readonly interval: Interval | null;
}

/**
 * Cumulative incidence with competing events (Aalen and Johansen 1978, Scand. J. Stat. 5:141), a step for each time at which either came. Of a
 * fence with recovery as the competing event: who recovered is not fenced later, and does not count as one who might have been.
 * Assumes independent subjects, and an end of watch that does not depend on what would have come. What is censored at a time was at risk then.
 * Variance and interval are for many subjects, some dozens: not for a verdict on few, nor where nothing is censored before the time
 * that is asked for (there it is a proportion, and clopperPearson is exact).
 */
export const cumulativeIncidence = (observations: readonly Observation[], confidence: number): readonly IncidenceStep[] => {
  mustBeInside(confidence, 'a confidence');
  must(observations.every(({ time }) => Number.isFinite(time)), 'a time is not finite');
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const rows = rowsOf(observations);
  return rows.map(({ time, atRisk, incidence, free }, index) => {
    const variance = varianceAt(rows.slice(0, index + 1));
    return { time, atRisk, incidence, free, variance, interval: intervalOf(incidence, Math.sqrt(variance), z) };
  });
};

interface Row { readonly time: number; readonly atRisk: number; readonly events: number; readonly ended: number; readonly freeBefore: number; readonly free: number; readonly incidence: number }

const rowsOf = (observations: readonly Observation[]): readonly Row[] => {
  const times = [...new Set(observations.filter(({ end }) => end !== 'censored').map(({ time }) => time))].toSorted((a, b) => a - b);
  let [free, incidence] = [1, 0];
  return times.map((time) => {
    const now = observations.filter((each) => each.time === time);
    const atRisk = observations.filter((each) => each.time >= time).length;
    const events = now.filter(({ end }) => end === 'event').length;
    const ended = now.filter(({ end }) => end !== 'censored').length;
    const freeBefore = free;
    incidence += freeBefore * events / atRisk;
    free *= 1 - ended / atRisk;
    return { time, atRisk, events, ended, freeBefore, free, incidence };
  });
};

/** By the delta method (Gaynor et al. 1993, JASA 88:400; Marubini and Valsecchi 1995, 10.2): at each time the two ends are multinomial, given who is at risk. */
const varianceAt = (rows: readonly Row[]): number => {
  const now = rows.at(-1)?.incidence ?? 0;
  return rows.reduce((sum, { atRisk, events, ended, freeBefore, incidence }) => {
    const later = now - incidence;
    // When all who were at risk have ended, nothing comes later.
    const ofFree = ended === atRisk ? 0 : later ** 2 * ended / (atRisk * (atRisk - ended));
    return sum + ofFree + freeBefore ** 2 * events * (atRisk - events) / atRisk ** 3 - 2 * later * freeBefore * events / atRisk ** 2;
  }, 0);
};

/** By the log of minus the log, which keeps it within 0 and 1 (Pintilie 2006, Competing Risks, 4.2). */
const intervalOf = (incidence: number, error: number, z: number): Interval | null => {
  if (incidence <= 0 || incidence >= 1) return null;
  const factor = Math.exp(z * error / (incidence * -Math.log(incidence)));
  return { lower: incidence ** factor, upper: incidence ** (1 / factor) };
};
