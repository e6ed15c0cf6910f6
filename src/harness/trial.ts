// One trial, from a lab in any state to a record and a lab that is whole again. The steps are those of ARCHITECTURE.md, in that order.

import { isDeepStrictEqual } from 'node:util';

import { findFault, injectorOf } from '../faults/index.ts';
import { joined, type Change } from '../model/command.ts';
import { isRefusal } from '../model/disk.ts';
import type { Hit, NodeSurvey, Step } from '../model/event.ts';
import { findLink, type Link, type NodeId } from '../model/lab.ts';
import { phaseWords } from '../model/phase.ts';
import { Problem } from '../model/problem.ts';
import { formOf, type AlsoHit } from '../model/scenario.ts';
import { placeWrong, victimsOf } from '../model/victims.ts';
import { baseline, baselineMs } from './baseline.ts';
import { all, type Bench, requireRecord, TrialBroken } from './bench.ts';
import { bondWrong, neighboursWrong } from './bond-form.ts';
import { tryCable } from './cable.ts';
import { configure, dialectOf } from './configuration.ts';
import { converge, nodeQuorate, recover } from './convergence.ts';
import { decide, fullWatchMs, leftMs, limitMs, stableMs, type Moment } from './decision.ts';
import { quietHa, startHa, waitForHa } from './ha.ts';
import { burstLeadMs, duringBurst } from './burst.ts';
import { brokenBecause, prepareInjection, proveCanary, proveFault, proveGone, type Injection } from './injection.ts';
import { readJournals } from './journals.ts';
import { observe, type Observer } from './observer.ts';
import { phaseLimitMs, waitForPhase } from './phase.ts';
import { predictClass } from './prediction.ts';
import { shapeWrong } from './shape.ts';
import { type Survey, surveyOf } from './survey.ts';
import { trialForm } from './trial-form.ts';

/** Slow LACP takes 30 s to agree, a cluster some seconds more; the rest is for a loaded machine. */
const convergeMs = 120_000;
/** A fenced node boots, and real machines take minutes for it. */
const backMs = 300_000;
/** Beyond the longest watch: the node undoes the fault by itself. */
const capMs = limitMs + 20_000;
/** What the steps around the watch take in a virtual lab, for the progress line only. */
const aroundMs = { before: 45_000, after: 20_000 };

/** What a scenario will take, for planning and for the progress line. */
export const plannedMs = ({ detector, ha, forMs }: Bench['scenario']): number => {
  const watch = forMs !== undefined ? forMs + stableMs : { lacp: 100_000, carrier: 20_000, arp: 30_000, unneeded: fullWatchMs, none: fullWatchMs + (ha === 'armed' ? 15_000 : 0) }[detector];
  return aroundMs.before + watch + aroundMs.after;
};

/** Runs the steps. Whatever ends them early is in the record as `trial-broken`; only what must stop the whole run is thrown. */
export const runTrial = async (bench: Bench, surveys: ReadonlyMap<string, Survey>): Promise<void> => {
  const observers: Observer[] = [];
  let injection: Injection | null = null;
  const form = trialForm(bench);
  let step: Step = 'configure';
  const begin = (next: typeof step, text: string, left: number): void => {
    step = next;
    bench.record.note({ type: 'step-started', step });
    bench.tell(step, text, left);
  };
  const whole = plannedMs(bench.scenario);
  const watching = whole - aroundMs.before;

  try {
    begin('configure', 'setting up bonds and switch ports', whole);
    requirePossible(bench);
    await quietHa(bench, surveys);
    await all([configure(bench, surveys), form.give()]);

    begin('converge', 'waiting for LACP, quorum and quiet', whole - 10_000);
    observers.push(...bench.lab.nodes.map((node) => observeNode(bench, node)));
    await all(observers.map(async (observer) => observer.started()));
    bench.busyPartDone();
    await converge(bench, { timeoutMs: convergeMs });
    await startHa(bench, surveys);
    await waitForHa(bench);
    await form.see();

    begin('baseline', 'everything must be well for 5 s', watching + 8000);
    const links = await chooseTargets(bench);
    const victims = links.map((link) => observers.find(({ node }) => node.name === link.node)!);
    for (const [at, link] of links.entries()) await tryCable(bench, link, victims[at]!);
    const { change, where } = planOn(bench, links);

    begin('arm', 'writing down the undo, arming it on the node', watching + 7000);
    injection = await prepareInjection(bench, change, { token: tokenOf(bench), what: `${bench.scenario.name} on ${where}`, capMs: capMs + baselineMs + (bench.phase === null ? 0 : phaseLimitMs), injector: injectorOf(bench.scenario.fault, bench.injector) });
    const fault = injection;
    links.forEach(({ nic }, at) => { victims[at]!.canary(nic); });
    await proveCanary(bench);
    await baseline(bench);
    if (bench.phase !== null) {
      begin('phase', `the fault comes at ${phaseWords(bench.phase)}`, watching + bench.phase.afterMs);
      await waitForPhase(bench, bench.phase, await injection.leadMs() + burstLeadMs);
    }

    begin('inject', `${bench.scenario.fault} on ${where}`, watching);
    await duringBurst(bench, victims, async () => fault.apply());
    await injection.answers();
    begin('prove', 'the fault must have its effect', watching);
    await proveFault(bench, findFault(bench.scenario.fault).proof(bench.injector));
    await injection.keep();
    const { forMs } = bench.scenario;
    begin('observe', 'watching', watching);
    await (forMs === undefined ? watch(bench, injection) : watchForSoLong(bench, injection, forMs));

    begin('revert', 'taking the fault away', aroundMs.after);
    await duringBurst(bench, victims, async () => fault.revert());
    if (forMs !== undefined) {
      begin('observe', 'watching what comes of it', aroundMs.after + stableMs);
      await watch(bench, null);
    }
    begin('prove-gone', 'the canary must arrive again', aroundMs.after);
    await proveGone(bench);
    begin('recover', 'waiting until the lab is whole', aroundMs.after - 5000);
    await recover(bench, { timeoutMs: convergeMs });
    await readJournals(bench);
    await form.requireHeld();
    bench.record.note({ type: 'lab-whole' });
  } catch (error) {
    bench.record.note({ type: 'trial-broken', step, because: brokenBecause(error), interrupted: bench.signal.aborted });
    if (stopsRun(step, error)) throw error;
  } finally {
    await inTurn(async () => injection?.revert(), async () => Promise.all(observers.map(async (observer) => observer.stop())), async () => form.takeBack());
  }
};

/** All of it, whatever fails; rejects with the first failure. */
const inTurn = async (...works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const work of works) await work().catch((error: unknown) => { failures.push(error); });
  if (failures.length > 0) throw failures[0];
};

/** What cannot be written down now cannot be for the next trial either; and a switch that would not have this form may not have taken it back. */
const stopsRun = (step: Step, error: unknown): boolean => isRefusal(error) || step === 'configure' && error instanceof Problem;

/** Unique among all runs of this machine and of others that know the lab. A lab with a seed nobody else knows, and what comes of a seed is the same each time. */
const tokenOf = ({ run, record, open }: Bench): string => open.seed !== null ? `seed-${open.seed}` : `${run.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${Math.round(record.zeroUs).toString(36)}`;

const observeNode = (bench: Bench, node: Bench['lab']['nodes'][number]): Observer => observe(node, {
  lab: bench.lab, clock: bench.open.clock, realTime: bench.open.realTime, devices: bench.devices, record: bench.record,
  onReset: () => {
    void nodeQuorate(bench, node.name, { timeoutMs: backMs }).then(
      () => { bench.record.note({ type: 'node-back', node: node.name }); },
      () => undefined, // It never came back, or the trial ended: no event says so.
    );
  },
});

/** Looks at every node right before the fault, and picks each victim's slave by the role that the scenario names; the victim's comes first. */
const chooseTargets = async (bench: Bench): Promise<readonly Link[]> => {
  const { lab, devices, record, scenario } = bench;
  const surveys = new Map(await all(lab.nodes.map(async (node) => [node.name, (await devices.ask(node.name, surveyOf(node))).node] as const)));
  for (const [node, survey] of surveys) record.note({ type: 'node-surveyed', node, survey });
  for (const node of lab.nodes) {
    const wrong = bondWrong(lab, node, surveys.get(node.name)!, scenario.bond);
    if (wrong !== null) throw new TrialBroken(wrong);
  }
  const other = (scenario.neighbours === undefined ? null : neighboursWrong(lab, surveys)) ?? shapeWrong(lab, surveys, scenario);
  if (other !== null) throw new TrialBroken(other);
  const [first, second] = victimsOf(lab, scenario).map((node, at): Hit => {
    const link = findLink(lab, node, slaveOf(node, surveys.get(node)!, at === 0 ? scenario.target : scenario.also!.target));
    return { link, predicted: predictClass(bench, surveys, link) };
  });
  record.note({ type: 'target-chosen', ...first!, ...second !== undefined && { also: second } });
  return [first!, ...second === undefined ? [] : [second]].map(({ link }) => link);
};

/** The fault of all links as one change, and where it is in words. */
const planOn = ({ lab, scenario, injector }: Bench, links: readonly Link[]): { readonly change: Change; readonly where: string } => ({
  change: joined(links.map((link) => findFault(scenario.fault).plan(link, { lab, dialect: dialectOf(lab), injector }))),
  where: links.map(({ id }) => id).join(' and '),
});

const slaveOf = (node: NodeId, { bond }: NodeSurvey, role: AlsoHit['target']): string => {
  const slaves = bond.slaves.map(({ nic }) => nic);
  const active = bond.activeSlave ?? bond.inUse?.[0] ?? null;
  const nic = { first: slaves[0], second: slaves[1], active, backup: slaves.find((slave) => slave !== active) }[role];
  if (nic === undefined || nic === null) throw new TrialBroken(`${node} has no ${role} slave; it has ${slaves.join(', ') || 'none'}, active ${active ?? 'none'}`);
  return nic;
};

/** Before anything is set up for it. */
const requirePossible = ({ lab, scenario }: Bench): void => {
  const dialect = dialectOf(lab);
  const place = placeWrong(lab, scenario);
  if (place !== null) throw new TrialBroken(place);
  if (lab.switch.ports !== undefined && !isDeepStrictEqual(lab.switch.ports, scenario.ports)) throw new TrialBroken(`the ports of ${lab.switch.name}, which is passive, are others than the scenario wants`);
  if (dialect?.forms?.includes(formOf(scenario.ports)) === false) throw new TrialBroken(`a switch of dialect ${dialect.name} has no ports of form ${formOf(scenario.ports)}`);
  if (findFault(scenario.fault).possible?.(dialect) === false) throw new TrialBroken(`a switch of dialect ${lab.switch.dialect} cannot have the fault ${scenario.fault}`);
};

/** Until every node is decided. `injection` is null where the fault was reverted before. */
const watch = async (bench: Bench, injection: Injection | null): Promise<void> => {
  const { record, view, scenario } = bench;
  const revertedUs = injection === null ? record.events.findLast(({ type }) => type === 'fault-reverted')?.at[1] ?? record.nowUs() : null;
  const told = new Set<string>();
  for (;;) {
    requireFault(bench, injection);
    const moment: Moment = { scenario, injectedUs: injectedUsOf(bench), revertedUs, nowUs: record.nowUs() };
    const decided = decide(view, moment);
    for (const [node, how] of decided) {
      if (how === null || told.has(node)) continue;
      told.add(node);
      record.note({ type: 'node-decided', node, how });
    }
    if ([...decided.values()].every((how) => how !== null)) return;
    tellWatching(bench, moment, [...decided.values()].filter((how) => how !== null).length);
    await bench.open.clock.sleep(250, bench.signal);
  }
};

/** Until a fault with an end of its own is over: nothing is decided before. */
const watchForSoLong = async (bench: Bench, injection: Injection, forMs: number): Promise<void> => {
  const untilUs = injectedUsOf(bench) + forMs * 1000;
  for (;;) {
    requireFault(bench, injection);
    const leftUs = untilUs - bench.record.nowUs();
    if (leftUs <= 0) return;
    tellWatching(bench, { scenario: bench.scenario, injectedUs: injectedUsOf(bench), revertedUs: null, nowUs: bench.record.nowUs() }, 0);
    await bench.open.clock.sleep(Math.min(250, Math.ceil(leftUs / 1000)), bench.signal);
  }
};

const injectedUsOf = ({ record }: Bench): number => record.events.findLast(({ type }) => type === 'fault-applied')?.at[1] ?? record.nowUs();

/** The trial goes on only while it is written down, and while devices hold the fault that is to be there. */
const requireFault = (bench: Bench, injection: Injection | null): void => {
  requireRecord(bench);
  const lost = injection?.lost() ?? null;
  if (lost !== null) throw new TrialBroken(lost);
};

const tellWatching = (bench: Bench, moment: Moment, decided: number): void => {
  const watchedS = Math.round((moment.nowUs - moment.injectedUs) / 1e6);
  bench.tell('observe', `watching, ${watchedS} s; decided: ${decided} of ${bench.lab.nodes.length} nodes`, leftMs(bench.view, moment) + aroundMs.after);
};
