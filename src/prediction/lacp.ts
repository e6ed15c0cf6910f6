// LACP: when the switch misses the silent port, and when the node stops to send there. T = u + 0, 3 or 3 s and the node's own time-out.

import { lacpduPeriodMs } from '../model/phase.ts';
import { engines, mostMsOf, tick, type LacpEngine, type Told } from './engines.ts';
import { intervalOf, isSilentTx, later, ratesOf, type Interval, type Range, type Situation } from './interval.ts';

interface Expiry {
  readonly engine: LacpEngine;
  /** What the node asked for. */
  readonly node: 'fast' | 'slow';
  /** When the switch's machine is EXPIRED. */
  readonly expired: Range;
}

/** The switch counts from the last LACPDU that it got, by its own rate. Null where nobody speaks LACP. */
const expiry = (situation: Situation): Expiry | null => {
  const rates = ratesOf(situation);
  if (rates === null || !isSilentTx(situation)) return null;
  const engine = engines[situation.engine];
  const since = situation.sinceLacpdu ?? { leastMs: 0, mostMs: mostMsOf(lacpduPeriodMs[rates.onSwitch] / tick.leastMs) };
  return { engine, node: rates.node, expired: later(engine.timeout[rates.onSwitch], { leastMs: -since.mostMs, mostMs: -since.leastMs }) };
};

/** Of a fault that ends before, nothing is known. */
const unlessOver = (range: Range, { scenario: { forMs = Infinity } }: Situation, source: string, { isSure = true } = {}): Interval | null => {
  const interval = intervalOf(range, source);
  if (interval.earliestMs >= forMs) return null;
  return isSure && range.mostMs < forMs ? interval : { ...interval, latestMs: null };
};

const told = (by: Told, range: Range, situation: Situation, source: string): Interval | null => unlessOver(later(range, by), situation, source, by);

/** The node hears that the switch's machine is EXPIRED. */
export const switchExpired = (situation: Situation): Interval | null => {
  const after = expiry(situation);
  return after && told(after.engine.expiredIsTold[after.node], after.expired, situation, `${after.engine.source} from the last LACPDU`);
};

/** The node hears that it is DEFAULTED, 3 s later. */
export const switchDefaulted = (situation: Situation): Interval | null => {
  const after = expiry(situation);
  return after && told(after.engine.defaultedIsTold[after.node], missedBySlow(situation, after) ?? later(after.expired, after.engine.fromExpiredToDefaulted), situation, `${after.engine.source} from the last LACPDU, then the short one`);
};

/** Where it is known whether the switch has a LACPDU due when it is DEFAULTED. Null: it is not. */
const stopInStep = ({ sinceLacpdu, afterSwitchs = null, scenario: { ports } }: Situation, { engine: { inStep, fromExpiredToDefaulted }, expired }: Expiry): Range | null => {
  if (inStep === undefined || sinceLacpdu === null || afterSwitchs === null || ports.kind !== 'lacp') return null;
  if (lies(afterSwitchs, inStep.due)) return later(expired, fromExpiredToDefaulted);
  if (!lies(afterSwitchs, inStep.notDue)) return null;
  const { leastMs, mostMs } = inStep.toOwnTimeout[ports.rate];
  return { leastMs: leastMs - afterSwitchs.mostMs - sinceLacpdu.mostMs, mostMs: mostMs - afterSwitchs.leastMs - sinceLacpdu.leastMs };
};

/** Where a node with slow LACPDUs may be told by the next of these only. Null: it is told at once. */
const missedBySlow = ({ afterSwitchs = null }: Situation, { engine: { inStep }, node, expired }: Expiry): Range | null =>
  (inStep !== undefined && node === 'slow' && afterSwitchs !== null && afterSwitchs.mostMs >= inStep.slow.mayMiss.leastMs && afterSwitchs.leastMs <= inStep.slow.mayMiss.mostMs ? later(expired, inStep.slow.missed) : null);

const lies = (range: Range, inside: Range): boolean => range.leastMs >= inside.leastMs && range.mostMs <= inside.mostMs;

/** The node stops to distribute on the slave. */
export const nodeStopped = (situation: Situation): Interval | null => {
  const after = expiry(situation);
  if (after === null) return null;
  const control = situation.scenario.bond.options?.coupledControl === 'off' ? 'independent' : 'coupled';
  const { engine, node, expired } = after;
  // Where nothing is told for sure the range has the node's own time-out in it.
  const known = control === 'coupled' ? node === 'fast' ? stopInStep(situation, after) : missedBySlow(situation, after) : null;
  const range = known ?? later(expired, engine.stops[control][node]);
  return told({ ...engine.defaultedIsTold[node], isSure: true }, range, situation, `bond_3ad.c, ad_mux_machine: SYNC or COLLECTING of the partner, or the own time-out; ${engine.source} from the last LACPDU`);
};
