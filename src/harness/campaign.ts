// Scenarios times repetitions on a lab, or on several alike at once. A trial that does not count is repeated once.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { judgeTrial } from '../analysis/index.ts';
import { findFault, injectorOf } from '../faults/index.ts';
import { optionsBy } from '../model/bond-hooks.ts';
import { isRefusal, type Disk } from '../model/disk.ts';
import type { Lab } from '../model/lab.ts';
import type { Phase } from '../model/phase.ts';
import { Problem } from '../model/problem.ts';
import type { TrialResult } from '../model/result.ts';
import type { Injector, Scenario } from '../model/scenario.ts';
import { trialSeed } from '../model/seed.ts';
import { victimsOf } from '../model/victims.ts';
import type { OpenLab } from '../model/session.ts';
import type { ProgressItem } from '../report/progress.ts';
import type { Bench } from './bench.ts';
import type { Reservations } from './reservations.ts';
import { isStep, stepWords } from './clock-step.ts';
import { Devices } from './devices.ts';
import { haObstacle } from './ha.ts';
import { endOf } from './ending.ts';
import type { UndoJournal } from './journal.ts';
import { keepAsFound, type Keeping } from './keeping.ts';
import { echoEveryMs, probeEveryTicks } from './observer.ts';
import { preflight, requireAll } from './preflight.ts';
import { reconcile } from './reconciliation.ts';
import { TrialRecord } from './record.ts';
import { asProblem, faultWords, firstError, refused } from './refusal.ts';
import { copyTail, sizeOf, trialFolder } from './store.ts';
import { plannedMs, runTrial } from './trial.ts';
import type { ManagedSwitch } from './trial-form.ts';
import { labView } from './view.ts';

export interface Campaign {
  readonly run: string;
  readonly name: string;
  readonly folder: string;
  readonly seed: number;
  /** In the order in which they are to begin. */
  readonly trials: readonly PlannedTrial[];
  readonly labsAtOnce: number;
  /** Whether labs boot and are set up one after the other: on a clock that does not wait for them they would starve each other, and the rings of the labs whose trials are being watched. */
  readonly oneByOne: boolean;
  /** How many labs there may be when the host is seen to bear more, and when it does; null: no more than `labsAtOnce`. */
  readonly more: { readonly labsAtMost: number; untilRoom(wanted: () => boolean): Promise<void> } | null;
  /** Where the records are kept. */
  readonly disk: Disk;
  /** Null where nobody else can know the labs. */
  readonly reservations: Reservations | null;
  /** Of the lab that lasts; absent where trials talk to the switch as to a machine, or not at all. */
  readonly managed?: ManagedSwitch | null;
  /** Opens one more lab of the shape that a scenario is for; `seed` for a lab that has one. */
  open(slot: number, seed: number, scenario: Scenario): Promise<OpenLab>;
  /** The journal for a lab that lasts, or for one that goes with this program. */
  journal(open: OpenLab, slot: number): UndoJournal;
  readonly about: Readonly<Record<string, string>>;
  readonly startedAt: () => string;
  readonly signal: AbortSignal;
  progress(item: Untimed<ProgressItem>): void;
  /** Asked before a trial begins: what is not wanted any more is left out. */
  readonly worthwhile?: (trial: PlannedTrial) => boolean;
  /** Told of each trial's result, for whoever goes by it. */
  readonly judged?: (result: TrialResult) => void;
}

/** The command line knows the time. */
export type Untimed<Item> = Item extends unknown ? Omit<Item, 'atMs'> : never;

export interface PlannedTrial { readonly number: number; readonly repetition: number; readonly scenario: Scenario; readonly injector: Injector; readonly phase: Phase | null }

/** Numbers follow the order of the scenarios, repetition by repetition, so that a drift of the lab hits all scenarios alike. */
export const planTrials = (scenarios: readonly Scenario[], repeat: number, injector: Injector, phaseOf: (trial: Omit<PlannedTrial, 'phase'>) => Phase | null = () => null): readonly PlannedTrial[] =>
  Array.from({ length: repeat }, (_, n) => scenarios.map((scenario) => ({ scenario, repetition: n + 1, injector }))).flat()
    .map((planned, n) => ({ ...planned, number: n + 1 }))
    .map((planned) => ({ ...planned, phase: phaseOf(planned) }));

interface Gate { enter(): Promise<() => void> }

const gate = (): Gate => {
  let last = Promise.resolve();
  return {
    async enter() {
      const before = last;
      let leave = (): void => undefined;
      last = new Promise<void>((resolve) => { leave = resolve; });
      await before;
      return leave;
    },
  };
};

type QueuedTrial = PlannedTrial & { readonly attempt: 1 | 2 };

interface Queue { readonly waiting: QueuedTrial[]; failure: unknown; readonly gate: Gate }

/** Longest first: the short ones fill the gaps at the end. */
export const inOrder = (trials: readonly PlannedTrial[]): readonly PlannedTrial[] => trials.toSorted((a, b) => plannedMs(b.scenario) - plannedMs(a.scenario));

/** Runs everything; gives back when all trials are done, or as many as the signal allowed. Throws what stopped the run. */
export const runCampaign = async (campaign: Campaign): Promise<void> => {
  const queue: Queue = { waiting: campaign.trials.map((trial) => ({ ...trial, attempt: 1 as const })), failure: null, gate: campaign.oneByOne ? gate() : noGate };
  const slots = Math.min(campaign.labsAtOnce, campaign.trials.length);
  campaign.progress({ kind: 'planned', trials: queue.waiting.map(expected), slots });
  const workers = Array.from({ length: slots }, async (_, slot) => work(campaign, queue, slot));
  await Promise.all([...workers, addLabs(campaign, queue, slots)]);
  if (queue.failure !== null && !campaign.signal.aborted) throw endOf(queue.failure);
};

/** One more lab each time that the host is seen to have room for it, after those before have been set up. */
const addLabs = async (campaign: Campaign, queue: Queue, slots: number): Promise<void> => {
  const wanted = (): boolean => isWanted(campaign, queue);
  const workers: Promise<void>[] = [];
  for (let slot = slots; slot < (campaign.more?.labsAtMost ?? 0) && wanted(); slot += 1) {
    (await queue.gate.enter())();
    await campaign.more?.untilRoom(wanted);
    if (!wanted()) break;
    campaign.progress({ kind: 'planned', trials: [], slots: slot + 1 });
    workers.push(work(campaign, queue, slot));
  }
  await Promise.all(workers);
};

const isWanted = ({ signal, worthwhile }: Campaign, queue: Queue): boolean => {
  if (worthwhile) queue.waiting.splice(0, Infinity, ...queue.waiting.filter(worthwhile));
  return queue.waiting.length > 0 && !signal.aborted && queue.failure === null;
};

const expected = (planned: QueuedTrial): { readonly trial: string; readonly expectedMs: number } => ({ trial: labelOf(planned), expectedMs: plannedMs(planned.scenario) });

/** What progress lines call a trial. */
const labelOf = ({ scenario, repetition, attempt: turn }: QueuedTrial): string =>
  `${scenario.name}${repetition > 1 ? ` #${repetition}` : ''}${turn === 2 ? ' (again)' : ''}`;

const noGate: Gate = { enter: async () => Promise.resolve(() => undefined) };

/** One lab after the other on one slot, as long as trials wait and nothing stops the run. */
const work = async (campaign: Campaign, queue: Queue, slot: number): Promise<void> => {
  const wanted = (): boolean => isWanted(campaign, queue);
  while (wanted()) {
    let leave = await queue.gate.enter();
    try {
      let next = wanted() ? takeNext(queue, null) : undefined;
      if (!next) return;
      await using open = await campaign.open(slot, trialSeed(campaign.seed, next), next.scenario);
      await using devices = new Devices(open, campaign.reservations);
      const journal = campaign.journal(open, slot);
      await using keeping = await keepAsFound(open, campaign.reservations, { journal, run: campaign.run, scenarios: campaign.trials.map(({ scenario }) => scenario) });
      const place: Place = { open, devices, journal, keeping };
      while (next && await runOne(campaign, queue, slot, place, next, leave) && open.seed === null && wanted()) {
        leave();
        leave = await queue.gate.enter();
        next = takeNext(queue, next.scenario, open);
      }
    } catch (error) {
      queue.failure ??= asProblem(firstError(error), `keep run ${campaign.run}`, 'nothing was left on the lab');
    } finally {
      leave();
    }
  }
};

interface Place {
  readonly open: OpenLab;
  readonly devices: Devices;
  readonly journal: UndoJournal;
  readonly keeping: Keeping;
}

/**
 * The first that waits, unless one wants what the lab is set up for already (`last`): to set up bonds costs the host more than to watch them. On a lab
 * that was made for `last` only those of its shape.
 */
const takeNext = (queue: Queue, last: Scenario | null, open: OpenLab | null = null): QueuedTrial | undefined => {
  const fits = queue.waiting.filter(({ scenario }) => last === null || open?.lasting === true || isDeepStrictEqual(scenario.lab ?? {}, last.lab ?? {}));
  const alike = fits.find(({ scenario }) => last !== null && isDeepStrictEqual([scenario.bond, scenario.ports, scenario.neighbours], [last.bond, last.ports, last.neighbours]));
  const next = alike ?? fits[0];
  return next === undefined ? undefined : queue.waiting.splice(queue.waiting.indexOf(next), 1)[0];
};

/** False when the lab should not be used again: it did not become whole. A trial that does not count goes back to the front of the queue, once. */
const runOne = async (campaign: Campaign, queue: Queue, slot: number, place: Place, next: QueuedTrial, busyPartDone: () => void): Promise<boolean> => {
  const result = await attempt(campaign, slot, next, { ...place, busyPartDone });
  if (!result.valid && next.attempt === 1 && !campaign.signal.aborted) {
    const again: QueuedTrial = { ...next, attempt: 2 };
    queue.waiting.unshift(again);
    campaign.progress({ kind: 'planned', trials: [expected(again)], slots: campaign.labsAtOnce });
  }
  return result.recoveryMs !== null || place.open.lasting;
};

const attempt = async (campaign: Campaign, slot: number, planned: QueuedTrial, { open, devices, journal, keeping, busyPartDone }: Place & Pick<Bench, 'busyPartDone'>): Promise<TrialResult> => {
  const { scenario, injector, phase, number, attempt: turn } = planned;
  const folder = trialFolder({ number, scenario: scenario.name, attempt: turn });
  await campaign.disk.makeFolder(join(campaign.folder, folder));
  await using record = await TrialRecord.create(campaign.disk, join(campaign.folder, folder, 'events.ndjson'), open.clock);
  const consoles = await Promise.all([open.lab.switch, ...open.lab.nodes].map(async ({ name }) => ({ name, path: open.console(name), from: await sizeOf(open.console(name)) })));
  const view = labView(open.lab.nodes.map(({ name }) => name), victimsOf(open.lab, scenario));
  record.listen((event) => { view.update(event); });
  record.note(startedEvent(campaign, planned, open));

  const bench: Bench = {
    run: campaign.run, scenario, injector, phase, lab: open.lab, open, devices, managed: campaign.managed ?? null, record, view, journal, signal: campaign.signal, busyPartDone,
    tell(step, text, leftMs) {
      campaign.progress({ kind: 'step', trial: labelOf(planned), slot, step, leftMs, note: text });
    },
  };
  try {
    await prepared(bench, keeping, open.realTime ? wallStep(campaign, record) : () => 0);
    for (const { name, path, from } of consoles) if (path !== null) await copyTail(path, from, join(campaign.folder, folder, `${name}.console.txt`));
  } catch (error) {
    throw asProblem(error, `keep trial ${labelOf(planned)}`, faultWords(record.events));
  }
  // What is announced is on the disk.
  await record.sync().catch((error: unknown) => { throw refused(`write ${record.path}`, error as Error, faultWords(record.events)); });
  const result = judgeTrial(record.events, folder);
  campaign.progress({ kind: 'ended', trial: labelOf(planned), slot, outcome: result.outcome, note: result.reason });
  campaign.judged?.(result);
  return result;
};

/** Reconcile and preflight, then the trial's own steps. Problems of the lab end the run; everything else is in the record. */
const prepared = async (bench: Bench, keeping: Keeping, stepped: () => number): Promise<void> => {
  const { record, devices, journal, lab, scenario, injector } = bench;
  try {
    record.note({ type: 'step-started', step: 'reconcile' });
    bench.tell('reconcile', 'looking for what an earlier run left', plannedMs(scenario));
    await reconcileFaults(devices, journal);
    record.note({ type: 'step-started', step: 'preflight' });
    bench.tell('preflight', 'looking at nodes and switch', plannedMs(scenario));
    const { checks, surveys } = await preflight(lab, devices, injectorOf(scenario.fault, injector), { victims: victimsOf(lab, scenario) });
    requireAll(lab, checks.filter(({ what }) => what !== 'quorum' && what !== 'ports'));
    const obstacle = haObstacle(surveys, scenario.ha, lab);
    if (obstacle) throw obstacle;
    await keeping.beforeTrial(devices);
    await runTrial(bench, surveys);
    if (bench.managed !== null) await keeping.bondsAsFound(devices);
  } catch (error) {
    record.note({ type: 'trial-broken', step: 'preflight', because: error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error), interrupted: bench.signal.aborted });
    if (error instanceof Problem || isRefusal(error)) throw error;
  } finally {
    const stepUs = stepped();
    if (isStep(stepUs)) record.note({ type: 'logged', identifier: 'bondproof', text: `this machine: ${stepWords(stepUs)}` });
    record.note({ type: 'trial-ended' });
  }
};

/** How far this machine's wall clock was set since now, in microseconds. */
const wallStep = ({ startedAt }: Campaign, record: TrialRecord): (() => number) => {
  const aheadUs = (): number => Date.parse(startedAt()) * 1000 - record.nowUs();
  const before = aheadUs();
  return () => aheadUs() - before;
};

/** The configuration stays open while the run uses the lab; faults must not. */
const reconcileFaults = async (devices: Devices, journal: UndoJournal): Promise<void> => {
  await reconcile(devices, { ...journal, read: async () => {
    const { entries, unreadable } = await journal.read();
    return { entries: entries.filter(({ kind }) => kind === 'fault'), unreadable };
  } });
};

const startedEvent = (campaign: Campaign, { scenario, injector, phase, number, repetition, attempt: turn }: QueuedTrial, open: OpenLab): Parameters<TrialRecord['note']>[0] => {
  return {
    type: 'trial-started', format: 2, run: campaign.run, startedAt: campaign.startedAt(), campaign: campaign.name, seed: campaign.seed, ...(open.seed !== null && { labSeed: open.seed }), number, planned: campaign.trials.length,
    attempt: turn, repetition, scenario, ...((scenario.bond.options ?? scenario.neighbours) !== undefined && { bondOptionsBy: optionsBy(scenario) }), ...(phase !== null && { phase }),
    injector: injectorOf(scenario.fault, injector), echoEveryMs, probeEveryTicks: probeEveryTicks(open.lab), proof: findFault(scenario.fault).proof(injector), lab: withoutLogins(open.lab), about: { ...campaign.about, ...open.about },
    simulated: [...open.simulated, ...scenario.ports.kind === 'lacp' && scenario.ports.switches !== undefined ? [oneForTwo] : []],
  };
};

const oneForTwo = 'of two switches that know nothing of each other one machine plays both: two bridges, joined by a pair of its interfaces, each with a port of every node';

/** How devices are reached is nobody's business but the lab file's. */
const withoutLogins = (lab: Lab): Lab => ({ ...lab, nodes: lab.nodes.map((node) => ({ ...node, login: null })), switch: { ...lab.switch, login: null, ...lab.switch.snmp !== undefined && { snmp: null } } });
