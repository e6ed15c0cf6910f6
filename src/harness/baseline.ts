// Everything is well for some seconds, up to the very moment of the injection.

import { quietMs } from '../model/quiet.ts';
import { type Bench, waitFor } from './bench.ts';
import { unrest } from './convergence.ts';
import { staleLock } from './ha.ts';
import { silentJournal } from './journals.ts';

/** So long must everything be well before the fault. */
export const baselineMs = 5000;
export const baselineLimitMs = 90_000;

/** Null, or what a fault must not meet. */
export const unwell = (bench: Bench): string | null => unrest(bench, quietMs) ?? silentJournal(bench) ?? staleLock(bench);

export const baseline = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'an undisturbed baseline', { everyMs: 100, timeoutMs: baselineLimitMs }, () => {
    const trouble = unwell(bench);
    if (trouble !== null) return trouble;
    return bench.record.nowUs() - sinceUs < baselineMs * 1000 ? 'not 5 s yet' : null;
  });
};
