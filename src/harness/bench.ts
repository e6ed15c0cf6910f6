// What the steps of one trial share.

import type { Step } from '../model/event.ts';
import type { Lab } from '../model/lab.ts';
import type { Phase } from '../model/phase.ts';
import type { Injector, Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import type { Devices } from './devices.ts';
import type { UndoJournal } from './journal.ts';
import type { TrialRecord } from './record.ts';
import type { ManagedSwitch } from './trial-form.ts';
import type { LabView } from './view.ts';

export interface Bench {
  readonly run: string;
  readonly scenario: Scenario;
  /** For faults that do not have a way of their own. */
  readonly injector: Injector;
  /** When the fault is to come; null: as soon as everything is well. */
  readonly phase: Phase | null;
  readonly lab: Lab;
  readonly open: OpenLab;
  readonly devices: Devices;
  /** Null where the lab's switch is not a managed one. */
  readonly managed: ManagedSwitch | null;
  readonly record: TrialRecord;
  readonly view: LabView;
  readonly journal: UndoJournal;
  /** Ends the trial early: everything still is reverted. */
  readonly signal: AbortSignal;
  /** What needs the host's processors most is over: the next lab may boot or be set up. */
  busyPartDone(): void;
  /** Live progress; `leftMs` until the end of this trial, as far as one can tell. */
  tell(step: Step, text: string, leftMs: number): void;
}

/** The trial cannot be done here and now; the record says so, and the trial does not count. */
export class TrialBroken extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TrialBroken';
  }
}

/** A trial whose record has a hole counts for nothing: it ends at once, so that the fault is taken away. */
export const requireRecord = ({ record }: Pick<Bench, 'record'>): void => {
  if (record.failure !== null) throw new TrialBroken(`the record cannot be written: ${record.failure}`);
};

/**
 * Waits on the lab's clock until `ask` has nothing left to wish for: it answers null, or what is still missing. After
 * `timeoutMs` the trial is broken, with that last wish in its reason.
 */
export const waitFor = async (bench: Bench, what: string, limit: { readonly everyMs: number; readonly timeoutMs: number }, ask: () => string | null | Promise<string | null>): Promise<void> => {
  const startUs = bench.record.nowUs();
  for (;;) {
    requireRecord(bench);
    const missing = await ask();
    if (missing === null) return;
    const waitedMs = (bench.record.nowUs() - startUs) / 1000;
    if (waitedMs > limit.timeoutMs) throw new TrialBroken(`${what}: not within ${limit.timeoutMs / 1000} s: ${missing}`);
    await bench.open.clock.sleep(limit.everyMs, bench.signal);
  }
};

/** Rejects with the first failure, but only after all have ended: nothing goes on behind our back. */
export const all = async <T>(work: readonly Promise<T>[]): Promise<readonly T[]> => {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
};
