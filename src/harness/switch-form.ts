// Puts the ports of a managed switch into a form for a while: written down here, armed there, taken back, and proven by its configuration.

import { exitCodes, Problem } from '../model/problem.ts';
import { SessionError, type Clock } from '../model/session.ts';
import type { Aggregate } from '../model/switch-facts.ts';
import { scrubbed } from '../switches/reading.ts';
import { ActionFailed, type Devices } from './devices.ts';
import { endOf } from './ending.ts';
import { formWords, requireAllowed, type FormPlan } from './form-plan.ts';
import { answerTo, keptOf, takeBack, type FormEntry, type Undoing } from './form-undo.ts';
import type { UndoJournal } from './journal.ts';

export interface FormOrder {
  /** What it is for: names the undo. */
  readonly run: string;
  readonly devices: Pick<Devices, 'run' | 'session'>;
  readonly journal: UndoJournal;
  readonly clock: Clock;
  /** The date in ms, which goes on while this machine sleeps. */
  readonly wallMs: () => number;
  /** Ends it before it is in force; then it is taken back. */
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** Ports that are in a form until that is taken back. */
export interface FormInForce {
  /** What the switch says of its aggregates. */
  aggregates(): Promise<readonly Aggregate[]>;
  /** False where the switch has taken it back by itself, or may have. */
  stands(): Promise<boolean>;
  /** Rejects with a Problem where the configuration is not what it was before. */
  takeBack(): Promise<void>;
}

/** All of the lines of an order; a switch whose dead man begins to count with the first must not get the last when that is over. */
const armingMs = 120_000;

/** Rejects with a Problem where it is refused, or does not come into force; then it was taken back. */
export const putInForm = async (plan: FormPlan, order: FormOrder): Promise<FormInForce> => {
  const { lab, dialect, arm, afterS } = plan;
  const { journal, devices, signal, tell } = order;
  const device = lab.switch.name;
  const at = { devices, dialect, entry: { form: { device } } };
  const pending = dialect.deadMan?.pending ?? null;
  requireAllowed(plan);
  await requireNothingOpen(plan, order);
  const before = await beforeAll(plan, at, signal);
  const watch = stopwatch(order);
  const entry = entryOf(plan, { run: order.run, before, openedMs: order.wallMs() });
  const lastMs = afterS === null ? 0 : backAfterMs(plan);
  await journal.open(entry);
  const undoing: Undoing = { ...order, dialect, entry, before, reduced: (configuration) => configuration, leftMs: () => lastMs - watch(), tell };
  try {
    const session = await devices.session(device);
    for (const command of arm) {
      signal.throwIfAborted();
      // A machine that slept in between wakes up when the dead man has done its work: what is sent then stays.
      if (watch() > armingMs) throw new Error(`its lines could not be sent within ${armingMs / 1000} s`);
      const completed = await session.run(command, { timeoutMs: Math.max(1, armingMs - watch()) });
      if (completed.exitCode !== 0) throw new ActionFailed({ device, command }, { ...completed, stderr: scrubbed(dialect, completed.stderr) });
    }
    signal.throwIfAborted();
    if (pending !== null && !await answerTo(at, pending)) throw new Error(`${device} does not say that a change waits to be taken back`);
  } catch (error) {
    tell(`taking it back: ${(error as Error).message}`);
    await takeBack(undoing).catch((second: unknown) => { throw notBack(plan, endOf(second)); });
    throw notInForce(plan, error, signal);
  }
  return {
    aggregates: async () => answerTo(at, dialect.facts.aggregates),
    // It counts from later on than we do.
    stands: async () => (afterS === null || watch() < afterS * 1000) && (pending === null || await answerTo(at, pending)),
    takeBack: async () => takeBack(undoing).catch((error: unknown) => { throw notBack(plan, endOf(error)); }),
  };
};

/** From the opening of its entry until the switch has taken it back for sure. */
const backAfterMs = ({ afterS, dialect: { deadMan } }: FormPlan): number => armingMs + ((afterS ?? 0) + (deadMan?.lateS ?? 0)) * 1000;

/** Milliseconds since now, by the clock that is ahead: one is set by people, the other stands still while the machine sleeps. */
const stopwatch = ({ clock, wallMs }: Pick<FormOrder, 'clock' | 'wallMs'>): (() => number) => {
  const [startUs, startMs] = [clock.nowUs(), wallMs()];
  return () => Math.max((clock.nowUs() - startUs) / 1000, wallMs() - startMs);
};

const entryOf = (plan: FormPlan, { run, before, openedMs }: { readonly run: string; readonly before: string; readonly openedMs: number }): FormEntry => {
  const { lab, dialect, ports, back } = plan;
  const device = lab.switch.name;
  return {
    format: 1, token: `${run.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-form`, lab: lab.name, kind: 'form', what: `the ports of ${device} were put into form ${formWords(ports)}`, run,
    openedAt: new Date(openedMs).toISOString(), revert: back.map((command) => ({ device, command })),
    form: { device, dialect: dialect.name, before: keptOf(dialect, before), backBy: dialect.deadMan === null ? null : new Date(openedMs + backAfterMs(plan)).toISOString() },
  };
};

const asking = ({ lab, ports }: FormPlan): string => `put the ports of ${lab.switch.name} into form ${formWords(ports)}`;

const requireNothingOpen = async (plan: FormPlan, { journal, run }: Pick<FormOrder, 'journal' | 'run'>): Promise<void> => {
  const { entries, unreadable } = await journal.read();
  // A run that uses the lab has its own configuration written down.
  const others = entries.filter((entry) => entry.kind !== 'configuration' || entry.run !== run);
  if (others.length + unreadable.length === 0) return;
  throw new Problem({
    asked: asking(plan), found: [...others.map(({ what, run }) => `${what} by run ${run}, and that was not taken back yet`), ...unreadable.map((path) => `${path} cannot be understood`)].join('; '),
    right: 'nothing left to undo on the lab', todo: '`bondproof recover LAB`', exitCode: exitCodes.busy,
  });
};

/** The configuration, when it is sure that nobody's change waits to be taken back: with ours it would be confirmed, or lost. */
const beforeAll = async (plan: FormPlan, at: Parameters<typeof answerTo>[0], signal: AbortSignal): Promise<string> => {
  const { dialect, lab } = plan;
  try {
    if (dialect.deadMan !== null && dialect.deadMan.pending !== null && await answerTo(at, dialect.deadMan.pending)) {
      throw new Problem({
        asked: asking(plan), found: `a change waits on ${lab.switch.name} to be taken back or confirmed, and nobody here wrote down what for`, right: 'no change that waits',
        todo: 'wait until its time is up, or end it where it was begun; nothing was changed', exitCode: exitCodes.busy,
      });
    }
    const before = await answerTo(at, dialect.facts.configuration);
    signal.throwIfAborted();
    return before;
  } catch (error) {
    throw signal.aborted ? interrupted(plan) : endOf(error);
  }
};

const interrupted = (plan: FormPlan): Problem => new Problem({ asked: asking(plan), found: 'it was interrupted; nothing was changed', exitCode: exitCodes.interrupted });

const notInForce = (plan: FormPlan, error: unknown, signal: AbortSignal): unknown => {
  const known = error instanceof Error && (signal.aborted || error instanceof ActionFailed || error instanceof SessionError || error.constructor === Error);
  if (!known) return endOf(error);
  return new Problem({
    asked: asking(plan), found: signal.aborted ? 'it was interrupted' : error.message, right: 'lines that the switch takes, and that it says it will take back',
    todo: 'what was changed was taken back, and the configuration is what it was before', exitCode: signal.aborted ? exitCodes.interrupted : exitCodes.device,
  }, { cause: error });
};

/** Whatever stopped it: the entry is open, and the switch goes on counting. */
const notBack = ({ lab, afterS }: FormPlan, error: unknown): unknown => (error instanceof Problem && error.parts.asked === 'work with this lab' ? new Problem({
  ...error.parts, asked: `take back the form of the ports of ${lab.switch.name}`, right: 'a switch that answers',
  todo: `\`bondproof recover LAB\`, which sees that it was taken back${afterS === null ? ', or takes it back: nothing there does so by itself' : '; the switch does so by itself'}`,
}, { cause: error }) : error);
