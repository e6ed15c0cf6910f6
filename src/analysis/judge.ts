// From a record to a result. Pure and total: a torn, empty or interrupted record is inconclusive, never an exception.

import { noDamage, type Damage } from '../model/damage.ts';
import type { Event, TrialStarted } from '../model/event.ts';
import { middleUs, msOf } from '../model/instant.ts';
import { standInWords, type NodeResult, type RunResult, type TrialResult } from '../model/result.ts';
import { activeSlaveOf } from './active-slave.ts';
import type { Connectivity } from './connectivity.ts';
import { connectivity } from './connectivity.ts';
import { corosyncCounts } from './corosync.ts';
import { deliveryOutageMs } from './delivery.ts';
import { fencedOf } from './fencing.ts';
import { lacpChanges as lacpChangesOf, lacpOf } from './lacp.ts';
import { breaches } from './expectations.ts';
import { lacpdusOf } from './lacpdus.ts';
import { lockAgeMs, noReturnMs } from './lock-age.ts';
import type { Findings } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import { phaseOf } from './phase.ts';
import { predictionsFor, wrongPredictions } from './predictions.ts';
import { quorumOf } from './quorum.ts';
import { settledAtEnd } from './settling.ts';
import type { Timeline, Window } from './timeline.ts';
import { timelineOf } from './timeline.ts';
import { validityOf } from './validity.ts';

/** Judges one trial. `folder` is the trial's folder below the run's, and is only passed on; `damage` is what became of the record. */
export const judgeTrial = (events: readonly Event[], folder: string, damage: Damage = noDamage): TrialResult => {
  const timeline = timelineOf(events);
  const { started, target, window } = timeline;
  const findings = window === null ? null : findingsOf(timeline, window);
  const { outcome, reason } = outcomeOf(timeline, findings, damage);
  return {
    number: started?.number ?? 0,
    attempt: started?.attempt ?? 1,
    repetition: started?.repetition ?? 1,
    folder,
    scenario: started?.scenario.name ?? 'unknown',
    outcome,
    valid: outcome !== 'inconclusive' && outcome !== 'invalid',
    reason,
    victim: timeline.victim,
    fault: started?.scenario.fault ?? 'unknown',
    injector: started?.injector ?? null,
    link: target?.link.id ?? null,
    ...alsoOf(timeline, findings),
    ha: started?.scenario.ha ?? 'unknown',
    bondOptionsBy: started?.bondOptionsBy ?? {},
    class: { predicted: target?.predicted?.class ?? null, measured: findings?.measured ?? null },
    findings: findings === null || window === null ? [] : [...breaches(timeline, window, findings), ...wrongPredictions(findings.predictions)],
    predictions: findings?.predictions ?? [],
    blastRadius: new Set(findings?.fenced.filter(({ bystander }) => bystander).map(({ node }) => node)).size,
    phase: phaseOf(timeline),
    faultMs: findings?.faultMs ?? null,
    fenced: findings?.fenced ?? [],
    nodes: findings?.nodes ?? Object.fromEntries(timeline.nodes.map((node) => [node, unknownNode])),
    darkPairs: findings?.darkPairs ?? [],
    lacp: findings?.lacp ?? null,
    lacpdus: findings === null || findings.lacp === null || window === null ? null : lacpdusOf(timeline, window, findings.lacp),
    activeSlave: window === null ? null : activeSlaveOf(timeline, window),
    counts: findings ? countsOf(findings) : { knetChanges: 0, tokenLosses: 0, memberships: 0, quorumChanges: 0, lacpChanges: 0 },
    proof: findings?.proof ?? [],
    recoveryMs: recoveryMs(timeline),
  };
};

const alsoOf = (timeline: Timeline, findings: Pick<Connectivity, 'measuredOf'> | null): Pick<TrialResult, 'also'> => {
  const { window, hits: [, second] } = timeline;
  if (second === undefined) return {};
  const { node, id } = second.link;
  return { also: { victim: node, link: id, class: { predicted: second.predicted?.class ?? null, measured: findings?.measuredOf[node] ?? null }, lacp: window === null ? null : lacpOf(timeline, window, second) } };
};

/** From the end of the fault until the lab was whole; null where one of the two was not seen. */
const recoveryMs = ({ window, ...timeline }: Timeline): number | null => {
  const [whole] = timeline.all('lab-whole');
  return whole === undefined || window === null || window.reverted === null ? null : msOf(middleUs(whole.at) - window.endUs);
};

/** Without `damage`: its events come from memory, or from a test. */
interface JudgedRecord { readonly folder: string; readonly events: readonly Event[]; readonly damage?: Damage }

/** What a run's result takes of one trial: all else of its record may be forgotten. */
export interface JudgedTrial { readonly result: TrialResult; readonly started: (Event & TrialStarted) | null; readonly standIn: boolean }

export const judgeRecord = ({ events, folder, damage }: JudgedRecord): JudgedTrial => ({
  result: judgeTrial(events, folder, damage), standIn: hasStandIn(events),
  started: events.find((event): event is Event & TrialStarted => event.type === 'trial-started') ?? null,
});

export const judgeRun = (trials: readonly JudgedRecord[]): RunResult => runOf(trials.map(judgeRecord));

/** A run's result: its trials in the order of the campaign, a repeated one after the one that it repeats. */
export const runOf = (trials: readonly JudgedTrial[]): RunResult => {
  const starts = trials.flatMap(({ started }) => started ?? []);
  const first = starts.toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1)[0];
  const results = trials.map(({ result }) => result).sort((a, b) => a.number - b.number || a.attempt - b.attempt);
  const radii = results.filter(({ valid }) => valid).map(({ blastRadius }) => blastRadius);
  return {
    format: 1,
    run: first?.run ?? '',
    startedAt: first?.startedAt ?? '',
    campaign: first?.campaign ?? '',
    lab: first?.lab.name ?? '',
    world: first?.lab.world ?? '',
    seed: first?.seed ?? 0,
    planned: first?.planned ?? 0,
    about: Object.assign({}, ...starts.map((start) => start.about)) as Readonly<Record<string, string>>,
    simulated: [...new Set([...starts.flatMap((start) => start.simulated), ...(trials.some(({ standIn }) => standIn) ? [standInWords] : [])])],
    blastRadius: radii.length === 0 ? null : radii.reduce((sum, radius) => sum + radius, 0) / radii.length,
    trials: results,
  };
};

const findingsOf = (timeline: Timeline, window: Window): Findings & Omit<Connectivity, 'darkPairs'> & Pick<TrialResult, 'lacp' | 'predictions'> => {
  const fenced = fencedOf(timeline, window);
  const lacp = lacpOf(timeline, window);
  return {
    lacp,
    predictions: predictionsFor(timeline, window, { lacp, fenced }),
    ...connectivity(timeline, window),
    faultMs: msOf(window.endUs - window.zeroUs),
    fenced,
    nodes: Object.fromEntries(timeline.nodes.map((node) => {
      const { memberships, tokenLosses } = corosyncCounts(timeline, window, node);
      const ageMs = lockAgeMs(timeline, window, node);
      const wasFenced = fenced.some((reset) => reset.node === node);
      return [node, {
        outOfQuorumMs: quorumOf(timeline, window, node).outMs,
        deliveryOutageMs: deliveryOutageMs(timeline, window, node),
        fenced: wasFenced,
        memberships,
        tokenLosses,
        lockAgeMs: ageMs,
        nearMissMs: ageMs === null || wasFenced ? null : noReturnMs - ageMs,
        settled: settledAtEnd(timeline, window, node),
      }];
    })),
    counts: { ...corosyncCounts(timeline, window), lacpChanges: lacpChangesOf(timeline, window) },
    quorateAtEnd: timeline.nodes.filter((node) => quorumOf(timeline, window, node).quorateAtEnd),
    proof: validityOf(timeline, window),
  };
};

const countsOf = ({ counts: { knetChanges, tokenLosses, memberships, quorumChanges, lacpChanges } }: Findings): TrialResult['counts'] =>
  ({ knetChanges, tokenLosses, memberships, quorumChanges, lacpChanges });

const unknownNode: NodeResult = { outOfQuorumMs: 0, deliveryOutageMs: 0, fenced: false, memberships: 0, tokenLosses: 0, lockAgeMs: null, nearMissMs: null, settled: false };

/** Seen on the nodes themselves: a lab over ssh may have it as well. */
const hasStandIn = (events: readonly Event[]): boolean => events.some((event) => event.type === 'node-surveyed' && event.survey.ha === 'stand-in');
