// The self test of a lab: whether its injectors make the same of a scenario, and what its holders do when nobody tells them to go.

import { join } from 'node:path';

import { compareTrials, controlsIn, type Compared, type Control } from '../analysis/index.ts';
import { findFault } from '../faults/index.ts';
import type { Disk } from '../model/disk.ts';
import type { Event } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import { findLink, findNode, type NodeId } from '../model/lab.ts';
import type { Injector, Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import { all, type Bench, waitFor } from './bench.ts';
import type { Reservations } from './reservations.ts';
import { dialectOf } from './configuration.ts';
import { Devices } from './devices.ts';
import { holderEnds, prepareInjection, probationMs, proveFault, proveGone, type HolderEnd } from './injection.ts';
import type { UndoJournal } from './journal.ts';
import { observe } from './observer.ts';
import { TrialRecord } from './record.ts';
import { readRun } from './store.ts';
import { labView } from './view.ts';

/** The trials of one scenario by one injector each, the last attempt of each, compared. One that is not there differs. */
export const compareRun = async (folder: string, scenario: string, by: readonly Injector[]): Promise<readonly Compared[]> => {
  const trials = await readRun(folder);
  return compareTrials(by.map((injector) => trials.findLast(({ events }) => events.some((event) => event.type === 'trial-started' && event.scenario.name === scenario && event.injector === injector))?.events ?? []));
};

export type { Control };

/** What the controls among the trials of a run say. */
export const controlsOfRun = async (folder: string): Promise<readonly Control[]> => controlsIn(await readRun(folder));

export interface Lifted {
  readonly injector: Injector;
  readonly end: HolderEnd;
  /** From the end until the NIC was seen to send again; null: not within `patienceMs`. */
  readonly afterMs: number | null;
  readonly allowedMs: number;
}

/** The lease of a fault that is not proven yet, a quarter of a second, and a tick of the agent's, which sees that the NIC sends (docs/safety.md). */
const allowedMs = probationMs + 250 + 100;
const patienceMs = 3 * probationMs;
const capMs = 60_000;

interface Place {
  readonly run: string;
  readonly folder: string;
  readonly disk: Disk;
  readonly open: OpenLab;
  readonly reservations: Reservations | null;
  readonly journal: UndoJournal;
  readonly scenario: Scenario;
  readonly injectors: readonly Injector[];
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** On the bond as it is, with a record of its own. Everything is reverted and compared as in a trial. */
export const seeHolderEnds = async ({ run, folder, disk, open, reservations, journal, scenario, injectors, signal, tell }: Place): Promise<readonly Lifted[]> => {
  const { lab, clock } = open;
  await using devices = new Devices(open, reservations);
  await disk.makeFolder(join(folder, 'holder-ends'));
  await using record = await TrialRecord.create(disk, join(folder, 'holder-ends', 'events.ndjson'), clock);
  const view = labView(lab.nodes.map(({ name }) => name), [lab.victim]);
  record.listen((event) => { view.update(event); });
  const observers = lab.nodes.map((node) => observe(node, { lab, clock, realTime: open.realTime, devices, record, onReset: () => undefined }));
  const lifted: Lifted[] = [];
  try {
    await all(observers.map(async (observer) => observer.started()));
    const nic = findNode(lab, lab.victim).slaves[0]!;
    observers.find(({ node }) => node.name === lab.victim)?.canary(nic);
    for (const injector of injectors) for (const end of holderEnds) {
      tell(`${injector}: ${end}`);
      const bench: Bench = { run, scenario, injector, phase: null, lab, open, devices, managed: null, record, view, journal, signal, busyPartDone: () => undefined, tell: () => undefined };
      await proveGone(bench);
      lifted.push({ injector, end, afterMs: await lift(bench, nic, end), allowedMs });
    }
  } finally {
    await Promise.all(observers.map(async (observer) => observer.stop()));
  }
  return lifted;
};

/** Milliseconds from the end until the NIC sends again. */
const lift = async (bench: Bench, nic: string, end: HolderEnd): Promise<number | null> => {
  const { lab, injector, record } = bench;
  const fault = findFault('tx-silent');
  const link = findLink(lab, lab.victim, nic);
  const change = fault.plan(link, { lab, dialect: dialectOf(lab), injector });
  const injection = await prepareInjection(bench, change, { token: `${bench.run.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${injector}-${holderEnds.indexOf(end)}`, what: `self test on ${link.id}`, capMs, injector });
  try {
    await injection.apply();
    await proveFault(bench, fault.proof(injector));
    const sinceUs = record.nowUs();
    await injection.letGo(end);
    // A NIC whose cable is cut sends all the while.
    const sentMs = (): number | null => injector === 'cable' ? heardAgainMs(record.events, sinceUs) : sendsAgainMs(record.events, { node: lab.victim, nic }, sinceUs);
    await waitFor(bench, `${nic} sends again`, { everyMs: 100, timeoutMs: patienceMs }, () => sentMs() === null ? 'it does not' : null).catch((error: unknown) => {
      if (bench.signal.aborted) throw error;
    });
    return sentMs();
  } finally {
    await injection.revert();
  }
};

/** Milliseconds from `sinceUs` to the first tick in which the NIC had sent more than at any time before; its canary makes it send ten times a second. */
export const sendsAgainMs = (events: readonly Event[], { node, nic }: { readonly node: NodeId; readonly nic: string }, sinceUs: number): number | null => {
  const sent = events.flatMap((event) => event.type === 'tick' && event.by === node && event.counters[nic] ? [{ us: middleUs(event.at), tx: event.counters[nic].tx }] : []);
  const before = sent.findLast(({ us }) => us <= sinceUs);
  const again = before && sent.find(({ us, tx }) => us > sinceUs && tx > before.tx);
  return again ? Math.round((again.us - sinceUs) / 1000) : null;
};

/** Milliseconds from `sinceUs` to the first canary that any node heard; while the cable was cut nobody heard one. */
export const heardAgainMs = (events: readonly Event[], sinceUs: number): number | null => {
  const heard = events.find((event) => event.type === 'tick' && event.canaryHeard.length > 0 && middleUs(event.at) > sinceUs);
  return heard === undefined ? null : Math.round((middleUs(heard.at) - sinceUs) / 1000);
};
