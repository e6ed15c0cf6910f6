// Puts the fault into the lab and takes it out again. Nothing goes in before its undo is written down here and armed there.

import { isDeepStrictEqual } from 'node:util';

import { startHold, type Hold, type HoldPlan, type Manager } from '../agent/holder.ts';
import type { Action, Change } from '../model/command.ts';
import { cables, type DeviceId } from '../model/lab.ts';
import type { Injector, Proof } from '../model/scenario.ts';
import { all, type Bench, TrialBroken, waitFor } from './bench.ts';
import { ActionFailed } from './devices.ts';
import { byDevice, disarmUndo, undoText } from './guard.ts';
import type { UndoEntry } from './journal.ts';

export interface Injection {
  /** How long `apply` will take to the middle of its instant, by what the devices need for a word now, and needed for staging. */
  leadMs(): Promise<number>;
  /** Makes the fault; the instant lies between the sending of the command and its answer. For now the devices keep it for a moment only. */
  apply(): Promise<void>;
  /** The devices answer while the fault is on. */
  answers(): Promise<void>;
  /** The fault is proven: it may stay as long as we keep saying so. */
  keep(): Promise<void>;
  /** As if we died, or stood still: a device has to take the fault away by itself. For the self test. */
  letGo(end: HolderEnd): Promise<void>;
  /** Why a device let go of the fault, though nothing reset it; null while it holds. */
  lost(): string | null;
  /** Takes the fault away wherever it is, proves everything as it was, and closes the undo. Safe to call twice; does not heed the bench's signal. */
  revert(): Promise<void>;
}

/** How a holder ends that nobody told to go. */
export const holderEnds = ['its input ends', 'no beat comes'] as const;
export type HolderEnd = (typeof holderEnds)[number];

/** Without a beat for so long, a device undoes the fault. */
export const leaseMs = 5000;
/** The same from the injection until the fault has shown that it does what it should and nothing else. */
export const probationMs = 2000;
/** A single answer may meet a sleeping processor (measured: 16 ms in place of 1). */
const leadAsks = 4;
/** A device that is being reset while we revert is back by then. */
const awayMs = 90_000;

/** A revert is one look-up in the kernel; where no answer comes the next try is soon. */
const revertMs = 10_000;

interface Plan {
  readonly token: string;
  readonly what: string;
  readonly capMs: number;
  /** What makes the fault; null: it has a way of its own. */
  readonly injector: Injector | null;
}

/** Of what makes a fault, who lifts it when nobody tells its holder to. */
const managers: Readonly<Record<Injector, Manager>> = { netem: 'systemd', lease: 'kernel', cable: 'cables' };

/** Writes the undo down, hands it to each device, and stages the change. */
export const prepareInjection = async (bench: Bench, change: Change, plan: Plan): Promise<Injection> => {
  const entry: UndoEntry = { format: 1, token: plan.token, lab: bench.lab.name, kind: 'fault', what: plan.what, run: bench.run, openedAt: (bench.open.date?.() ?? new Date()).toISOString(), revert: change.revert };
  const manager = plan.injector === null ? 'systemd' : managers[plan.injector];
  const before = await tracesOf(bench, change);
  await bench.journal.open(entry);
  const holds = new Map<DeviceId, Hold>();
  let applied = false;
  let stagingUs = 0;
  let undone = false;
  let over = false;

  const each = async (work: (hold: Hold, device: DeviceId) => Promise<unknown>): Promise<void> => { await all([...holds].map(async ([device, hold]) => work(hold, device))); };
  const lease = async (ms: number): Promise<void> => each(async (hold, device) => {
    await hold.lease(ms);
    bench.record.note({ type: 'lease-set', device, leaseMs: ms });
  });
  const revert = async (): Promise<void> => {
    if (over) return;
    if (!undone) {
      if (applied && manager !== 'systemd') await each(async (hold, device) => heldToTheEnd(bench, hold, device));
      const sinceUs = bench.record.nowUs();
      await undo(bench, entry, () => { if (applied) bench.record.note({ type: 'fault-reverted' }, sinceUs); });
      await each(async (hold) => hold[Symbol.asyncDispose]());
      undone = true;
    }
    // What is not as it was, or a disk that refuses this, leaves the entry open: the next run undoes it, which is safe to do again.
    await compare(bench, change, before);
    await bench.journal.close(entry.token);
    over = true;
  };
  try {
    for (const [device, actions] of byDevice(change.revert)) {
      holds.set(device, await startHold(await bench.devices.session(device), holdPlan(entry, change, { device, undo: manager === 'systemd' ? undoText(entry.token, actions) : '' }), { clock: bench.open.clock, leaseMs, capMs: plan.capMs, manager, fence: await bench.devices.fence(device) }));
      bench.record.note({ type: 'undo-armed', device, token: plan.token, leaseMs, capMs: plan.capMs });
    }
    const sinceUs = bench.record.nowUs();
    await each(async (hold, device) => runPart(bench, { hold, device, part: 'stage' }, change));
    stagingUs = bench.record.nowUs() - sinceUs;
    bench.record.note({ type: 'fault-staged' });
  } catch (error) {
    await revert();
    throw error;
  }

  const answers: Injection['answers'] = async () => each(async (hold) => hold.answers({ timeoutMs: probationMs }));

  return {
    async leadMs() {
      let quickestUs = Infinity;
      for (let asked = 0; asked < leadAsks; asked += 1) {
        const sinceUs = bench.record.nowUs();
        await answers();
        quickestUs = Math.min(quickestUs, bench.record.nowUs() - sinceUs);
      }
      return (quickestUs + stagingUs / 2) / 1000;
    },
    async apply() {
      await lease(probationMs);
      const sinceUs = bench.record.nowUs();
      applied = true;
      await each(async (hold, device) => runPart(bench, { hold, device, part: 'apply' }, change));
      bench.record.note({ type: 'fault-applied' }, sinceUs);
    },
    answers,
    keep: async () => lease(leaseMs),
    letGo: async (end) => each(async (hold) => {
      if (end === 'no beat comes') hold.hush();
      else await hold[Symbol.asyncDispose]();
    }),
    lost: () => [...holds].map(([device, hold]) => lostOn(bench, device, hold)).find((because) => because !== null) ?? null,
    revert,
  };
};

export const holdPlan = ({ token, what, openedAt }: Pick<UndoEntry, 'token' | 'what' | 'openedAt'>, change: Change, { device, undo }: { readonly device: DeviceId; readonly undo: string }): HoldPlan => ({
  token, what, since: openedAt, undo,
  parts: { stage: argvsOn(device, change.stage), apply: argvsOn(device, change.apply) },
});

const actionsOn = (device: DeviceId, actions: readonly Action[]): readonly Action[] => actions.filter((action) => action.device === device);

const argvsOn = (device: DeviceId, actions: readonly Action[]): readonly (readonly string[])[] => actionsOn(device, actions).map(({ command }) => {
  if (command.stdin !== undefined) throw new Error(`a fault's command with standard input: ${command.argv.join(' ')}`);
  return command.argv;
});

const runPart = async ({ record }: Bench, { hold, device, part }: { readonly hold: Hold; readonly device: DeviceId; readonly part: 'stage' | 'apply' }, change: Change): Promise<void> => {
  const sinceUs = record.nowUs();
  const steps = await hold.run(part);
  const actions = actionsOn(device, change[part]);
  for (const { argv, exitCode, said } of steps) record.note({ type: 'action-done', device, argv, exitCode, stderr: said }, sinceUs);
  const wrong = steps.findIndex(({ exitCode }, n) => !(actions[n]?.accept ?? [0]).includes(exitCode));
  const step = steps[wrong];
  if (step) throw new ActionFailed(actions[wrong]!, { command: actions[wrong]!.command, exitCode: step.exitCode, stdout: '', stderr: step.said, elapsedMs: (record.nowUs() - sinceUs) / 1000 });
};

/** An agent that was heard of so long after the loss, in the same life of its node, proves that no reset took the fault away. */
const afterLossUs = 1_000_000;

const lostOn = ({ view, record }: Bench, device: DeviceId, hold: Hold): string | null => {
  const lost = hold.lost();
  if (lost === null) return null;
  const because = `${device} let go of the fault: ${lost.because}`;
  const node = view.nodes.get(device);
  if (!node) return because;
  const lostUs = lost.atUs - record.zeroUs;
  if (node.resetUs !== null) return null;
  return node.agentUs !== null && node.agentUs > lostUs + afterLossUs ? because : null;
};

/**
 * A service that undid by itself leaves word of it; a lease that ran out leaves nothing. But a beat that is answered renewed it, and what had run out
 * cannot be renewed (agent/node/nft.py). What was lost before, `lost` told.
 */
const heldToTheEnd = async ({ record }: Bench, hold: Hold, device: DeviceId): Promise<void> => {
  if (hold.lost() !== null) return;
  await hold.answers({ timeoutMs: leaseMs }).catch((error: unknown) => { record.note(letGo(device, brokenBecause(error))); });
};

const letGo = (device: DeviceId, because: string): Parameters<Bench['record']['note']>[0] => ({ type: 'trial-broken', step: 'revert', because: `${device} had undone the fault by itself: ${because}`, interrupted: false });

/** What the change touches, as its devices tell. */
const tracesOf = async ({ devices }: Bench, change: Change): Promise<readonly string[]> => all(change.traces.map(async ({ device, command }) =>
  devices.ask(device, { command, parse: (stdout) => stdout })));

/** Everything is as it was, byte for byte; a device that was reset needs its time. What is not keeps its undo open. */
const compare = async (bench: Bench, change: Change, before: readonly string[]): Promise<void> => {
  const untilUs = bench.record.nowUs() + awayMs * 1000;
  for (;;) {
    const after = await tracesOf(bench, change).catch((error: unknown) => {
      if (bench.record.nowUs() > untilUs) throw error;
      return null;
    });
    const same = after !== null && isDeepStrictEqual(after, before);
    if (after !== null && (same || bench.record.nowUs() > untilUs)) {
      change.traces.forEach(({ device }, n) => { bench.record.note({ type: 'compared', device, before: before[n]!, after: after[n]! }); });
      if (same) return;
      throw new TrialBroken('what the fault touched is not as it was');
    }
    await bench.open.clock.sleep(500);
  }
};

/** Reverts on every device, then takes the armed undos back: in this order, so that a failure leaves the undo in force. */
const undo = async (bench: Bench, entry: UndoEntry, reverted: () => void): Promise<void> => {
  const groups = [...byDevice(entry.revert)];
  await all(groups.map(async ([device, actions]) => { await revertOn(bench, device, actions); }));
  reverted();
  for (const [device] of groups) {
    // Where the revert ended the hold nothing is armed any more.
    if (device === cables) continue;
    const { stdout } = await bench.devices.insist({ device, command: disarmUndo(entry.token) });
    if (stdout.includes('fired')) bench.record.note(letGo(device, 'it did not hear from us in time'));
    bench.record.note({ type: 'undo-disarmed', device, token: entry.token });
  }
};

const revertOn = async ({ devices, record }: Bench, device: string, actions: readonly Action[]): Promise<void> => {
  for (const action of actions) {
    const sinceUs = record.nowUs();
    const { exitCode, stderr } = await devices.insist(action, { timeoutMs: revertMs });
    record.note({ type: 'action-done', device, argv: action.command.argv, exitCode, stderr }, sinceUs);
  }
};

/** So long must the canary be lost, or arrive, before the fault is taken as proven; the judge looks at all of the fault. */
const provenUs = 1_000_000;

/** When the canary of each victim was last heard. */
const heardUs = ({ view }: Bench): readonly number[] => Object.values(view.canaryHeardUs).map((us) => us ?? 0);

/** The fault does what it declares: a trial whose fault has no effect need not be watched. */
export const proveFault = async (bench: Bench, { canary }: Proof): Promise<void> => {
  if (canary === null) return;
  const sinceUs = bench.record.nowUs();
  const [what, wrong] = canary === 'lost'
    ? ['the canary is lost', () => bench.record.nowUs() - Math.max(...heardUs(bench), sinceUs) < provenUs ? 'it arrives' : null] as const
    : ['the canary goes on arriving', () => Math.min(...heardUs(bench)) - sinceUs < provenUs ? 'it does not' : null] as const;
  await waitFor(bench, what, { everyMs: 100, timeoutMs: 5000 }, wrong);
};

/** How long after the revert canaries may stay away: a slow LACP partner sends every 30 s and waits 2 s more (bond_3ad.c, AD_SLOW_PERIODIC_TIME, AD_AGGREGATE_WAIT). */
const canaryBackMs = 100_000;

/** The canary arrives again, for so long that some of it was surely sent after the revert: the judge counts those alone. Where the target was reset meanwhile, the canary has to be sent anew; the observer sees to that. */
export const proveGone = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'the canary arrives again', { everyMs: 100, timeoutMs: canaryBackMs }, () =>
    Math.min(...heardUs(bench)) > sinceUs + provenUs ? null : 'it does not');
};

/** The canary arrives at all before the fault: else nothing could be proven by its loss. */
export const proveCanary = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'the canary arrives', { everyMs: 100, timeoutMs: 10_000 }, () => Math.min(...heardUs(bench)) > sinceUs + 1_000_000 ? null : 'it does not');
};

export const brokenBecause = (error: unknown): string => error instanceof TrialBroken || error instanceof Error ? error.message : String(error);
