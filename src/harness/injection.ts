// Puts the fault into the lab and takes it out again. Nothing goes in before its undo is written down here and armed there.

import type { Action, Change } from '../model/command.ts';
import type { Proof } from '../model/scenario.ts';
import { SessionError } from '../model/session.ts';
import { all, type Bench, TrialBroken, waitFor } from './bench.ts';
import { recorded } from './configuration.ts';
import { ActionFailed } from './devices.ts';
import { armUndo, byDevice, disarmUndo } from './guard.ts';
import type { UndoEntry } from './journal.ts';

export interface Injection {
  /** Makes the fault; the instant lies between the sending of the command and its answer. */
  apply(): Promise<void>;
  /** Takes the fault away wherever it is, proves it, and closes the undo. Safe to call twice; does not heed the bench's signal. */
  revert(): Promise<void>;
}

/** A device that is being reset while we revert is back by then. */
const awayMs = 90_000;

/** Writes the undo down, arms it on each device, and stages the change. */
export const prepareInjection = async (bench: Bench, change: Change, plan: { readonly token: string; readonly what: string; readonly capMs: number }): Promise<Injection> => {
  const entry: UndoEntry = { format: 1, token: plan.token, lab: bench.lab.name, kind: 'fault', what: plan.what, run: bench.run, openedAt: new Date().toISOString(), revert: change.revert };
  await bench.journal.open(entry);
  let applied = false;
  let undone = false;
  let over = false;

  const revert = async (): Promise<void> => {
    if (over) return;
    const sinceUs = bench.record.nowUs();
    if (!undone) {
      await undo(bench, entry);
      undone = true;
      if (applied) bench.record.note({ type: 'fault-reverted' }, sinceUs);
    }
    // A disk that refuses this leaves the entry open: the next run undoes what is not there any more, which is safe.
    await bench.journal.close(entry.token);
    over = true;
  };
  try {
    for (const [device, actions] of byDevice(change.revert)) {
      await recorded(bench, { device, command: armUndo(plan.token, actions, plan.capMs) });
      bench.record.note({ type: 'undo-armed', device, token: plan.token, capMs: plan.capMs });
    }
    for (const action of change.stage) await recorded(bench, action);
    bench.record.note({ type: 'fault-staged' });
  } catch (error) {
    await revert();
    throw error;
  }

  return {
    async apply() {
      const sinceUs = bench.record.nowUs();
      applied = true;
      await all(change.apply.map(async (action) => bench.devices.act(action)));
      bench.record.note({ type: 'fault-applied' }, sinceUs);
    },
    revert,
  };
};

/** Reverts on every device, then takes the armed undos back; the entry is closed after that: in this order, so that a failure leaves the undo in force. */
const undo = async (bench: Bench, entry: UndoEntry): Promise<void> => {
  const groups = [...byDevice(entry.revert)];
  await all(groups.map(async ([device, actions]) => { await revertOn(bench, device, actions); }));
  for (const [device] of groups) {
    const { stdout } = await bench.devices.act({ device, command: disarmUndo(entry.token) });
    if (stdout.includes('fired')) bench.record.note({ type: 'trial-broken', step: 'revert', because: `${device} had undone the fault by itself: its time was up`, interrupted: false });
    bench.record.note({ type: 'undo-disarmed', device, token: entry.token });
  }
};

/** A revert is safe to run twice, so here alone an action is tried again: while the device is away. */
const revertOn = async ({ devices, open, record }: Bench, device: string, actions: readonly Action[]): Promise<void> => {
  const untilUs = record.nowUs() + awayMs * 1000;
  for (;;) {
    try {
      for (const action of actions) {
        const sinceUs = record.nowUs();
        const { exitCode, stderr } = await devices.act(action, { timeoutMs: 10_000 });
        record.note({ type: 'action-done', device, argv: action.command.argv, exitCode, stderr }, sinceUs);
      }
      return;
    } catch (error) {
      if (error instanceof ActionFailed || !(error instanceof SessionError) && record.nowUs() > untilUs) throw error;
      if (record.nowUs() > untilUs) throw error;
      await open.clock.sleep(500);
    }
  }
};

/** So long must the canary be lost, or arrive, before the fault is taken as proven; the judge looks at all of the fault. */
const provenUs = 1_000_000;

/** The fault does what it declares: a trial whose fault has no effect need not be watched. */
export const proveFault = async (bench: Bench, { canary }: Proof): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  const heardUs = (): number => bench.view.canaryHeardUs ?? 0;
  const [what, wrong] = canary === 'lost'
    ? ['the canary is lost', () => bench.record.nowUs() - Math.max(heardUs(), sinceUs) < provenUs ? 'it arrives' : null] as const
    : ['the canary goes on arriving', () => heardUs() - sinceUs < provenUs ? 'it does not' : null] as const;
  await waitFor(bench, what, { everyMs: 100, timeoutMs: 5000 }, wrong);
};

/** How long after the revert canaries may stay away: a slow LACP partner sends every 30 s and waits 2 s more (bond_3ad.c, AD_SLOW_PERIODIC_TIME, AD_AGGREGATE_WAIT). */
const canaryBackMs = 100_000;

/** The canary arrives again. Where the target was reset meanwhile, the canary has to be sent anew; the observer sees to that. */
export const proveGone = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'the canary arrives again', { everyMs: 100, timeoutMs: canaryBackMs }, () =>
    (bench.view.canaryHeardUs ?? 0) > sinceUs ? null : 'it does not');
};

/** The canary arrives at all before the fault: else nothing could be proven by its loss. */
export const proveCanary = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'the canary arrives', { everyMs: 100, timeoutMs: 10_000 }, () => (bench.view.canaryHeardUs ?? 0) > sinceUs + 1_000_000 ? null : 'it does not');
};

export const brokenBecause = (error: unknown): string => error instanceof TrialBroken || error instanceof Error ? error.message : String(error);
