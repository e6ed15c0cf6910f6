// Waits for the instant at which the fault is wanted, counted from what the victim does again and again.

import type { Event } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import { lacpduPeriodMs, lrmPeriodMs, phaseWords, type Phase } from '../model/phase.ts';
import { baselineLimitMs, baselineMs, unwell } from './baseline.ts';
import { type Bench, waitFor } from './bench.ts';

/** A fresh anchor, the wait after it, the same once more where the next one came first, and a baseline that has to be had anew. */
export const phaseLimitMs = 4 * lacpduPeriodMs.slow + baselineLimitMs;

/** How often to look where nothing is near. */
const lookEveryMs = 200;
/** Where the instant lies close behind the anchor, of which an agent tells at its next tick, 100 ms later at most (agent/node/agent.py): no time is lost on top. */
const leastLookMs = 5;
/** The LRM's file is looked at once a second (agent/node/lrm.py, LOOK_EVERY_S): a refresh may be seen when the instant behind it is over. */
const lateMs = 100;

/**
 * Resolves `leadMs` before the instant: so long does the injection take. Whatever goes wrong on the way, or an anchor that comes before the
 * instant, lets it begin anew. An instant that is over when its anchor is seen is now, up to a tick late; only that of an LRM,
 * whose rounds can be reckoned with, is one round later.
 */
export const waitForPhase = async (bench: Bench, phase: Phase, leadMs: number): Promise<void> => {
  const { record, open: { clock }, signal } = bench;
  const everyMs = Math.round(Math.max(leastLookMs, Math.min(lookEveryMs, phase.afterMs / 4)));
  const nextAnchorUs = anchorReader(bench, phase);
  let dueUs: number | null = null;
  let wellUs = -Infinity;
  let troubled = false;

  /** How long still to wait, or what for. In whole milliseconds, as clocks sleep: a lab whose time jumps stops at no others. */
  const left = (): number | string => {
    const anchorUs = nextAnchorUs();
    const nowUs = record.nowUs();
    const trouble = unwell(bench);
    if (trouble !== null) {
      troubled = true;
      dueUs = null;
      return trouble;
    }
    if (troubled) {
      troubled = false;
      wellUs = nowUs;
      // What is judged is watched from here.
      record.note({ type: 'step-started', step: 'baseline' });
    }
    if (nowUs - wellUs < baselineMs * 1000) return 'not well for 5 s yet';
    if (anchorUs !== null) dueUs = dueAfter(phase, anchorUs, { nowUs, leadMs });
    return dueUs === null ? `no ${phase.anchor} yet` : Math.max(0, Math.round((dueUs - nowUs) / 1000 - leadMs));
  };
  await waitFor(bench, `the instant ${phaseWords(phase)}`, { everyMs, timeoutMs: phaseLimitMs }, async () => {
    const before = left();
    if (typeof before === 'string') return before;
    if (before > everyMs) return `it is in ${Math.round(before)} ms`;
    await clock.sleep(before, signal);
    const after = left();
    // A timer of this machine's may come a millisecond early.
    return typeof after === 'number' && after <= 1 ? null : `it was ${Math.round(before)} ms away, and began anew`;
  });
};

const dueAfter = ({ anchor, afterMs }: Phase, anchorUs: number, { nowUs, leadMs }: { readonly nowUs: number; readonly leadMs: number }): number => {
  const dueUs = anchorUs + afterMs * 1000;
  const tooLate = nowUs + leadMs * 1000 - dueUs > lateMs * 1000;
  // Rounds end some tens of milliseconds late (measured: 25 to 90): an instant that is nearer would come before its anchor.
  return anchor === 'lrm' && tooLate ? anchorUs + (lrmPeriodMs + Math.max(afterMs, lateMs)) * 1000 : dueUs;
};

/** Each call gives the middle of the last anchor since the call before, or null; what was seen before it was made is not fresh. */
const anchorReader = ({ record, lab: { victim } }: Bench, { anchor }: Phase): (() => number | null) => {
  const nic = record.events.findLast((event) => event.type === 'target-chosen')?.link.nic;
  const isAnchor = (event: Event): boolean => event.by === victim
    && (anchor === 'lrm' ? event.type === 'lrm-refreshed' : event.type === 'lacpdu' && event.direction === 'out' && event.slave === nic);
  let read = record.events.length;
  return () => {
    const fresh = record.events.slice(read);
    read = record.events.length;
    const found = fresh.findLast(isAnchor);
    return found === undefined ? null : middleUs(found.at);
  };
};
