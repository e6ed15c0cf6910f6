// A run by scenario, best to worst: what every form of the report shows first.

import type { NodeId } from '../model/lab.ts';
import { outcomes, victimsIn } from '../model/result.ts';
import type { Fenced, Outcome, RunResult, TrialResult } from '../model/result.ts';
import { byText } from './words.ts';

/** The longest over a row's nodes and trials, in ms. */
export interface Longest { readonly victimMs: number; readonly bystanderMs: number }

/** One scenario with all its trials. */
export interface Row {
  readonly scenario: string;
  /** The worst of the trials that count; of the last one where none does. */
  readonly outcome: Outcome;
  readonly trials: readonly TrialResult[];
  /** Those with a verdict. */
  readonly counted: readonly TrialResult[];
  /** How many of `counted` had this outcome. */
  readonly seen: number;
  readonly delivery: Longest;
  readonly quorum: Longest;
  /** Mean of the blast radius of `counted`; 0 without any. */
  readonly blastRadius: number;
  /** The least that a node which was not reset had left to its point of no return; null where none had a lock. */
  readonly nearestMissMs: number | null;
  /** Each node that was reset in any of `counted`, with its times. */
  readonly resets: readonly Resets[];
}

export interface Resets { readonly node: NodeId; readonly bystander: boolean; readonly rehearsed: boolean; readonly afterMs: readonly number[] }

export interface Summary {
  /** Best to worst: by outcome, then by the longest pause of ordered delivery. */
  readonly modes: readonly Row[];
  readonly controls: readonly Row[];
  /** Trials without a verdict, in the order of the run. */
  readonly uncounted: readonly TrialResult[];
}

export const summarise = (run: RunResult): Summary => {
  const names = [...new Set(run.trials.map((trial) => trial.scenario))];
  const rows = names.map((name) => rowOf(name, run.trials.filter((trial) => trial.scenario === name))).sort(betterFirst);
  return {
    modes: rows.filter((row) => !isControl(row.scenario)),
    controls: rows.filter((row) => isControl(row.scenario)),
    uncounted: run.trials.filter((trial) => !counts(trial)),
  };
};

export const isControl = (scenario: string): boolean => /^control(\/|$)/.test(scenario);

/** Whether the trial has a verdict on its bond mode. */
export const counts = (trial: TrialResult): boolean => trial.outcome !== 'invalid' && trial.outcome !== 'inconclusive';

/** An invalid first attempt that was repeated: the second one speaks for it. */
export const isSuperseded = (trial: TrialResult, run: RunResult): boolean =>
  !counts(trial) &&
  run.trials.some((other) => other.scenario === trial.scenario && other.repetition === trial.repetition && other.attempt > trial.attempt);

/** What ran, and how NICs were silenced, in order of their names. */
export const whatRan = ({ about, trials }: RunResult): readonly (readonly [what: string, version: string])[] => {
  const used = [...new Set(trials.flatMap(({ injector }) => injector ?? []))].sort(byText);
  return Object.entries({ ...about, ...used.length > 0 && { injector: used.join(', ') } }).sort(([a], [b]) => byText(a, b));
};

export const longestMs = ({ victimMs, bystanderMs }: Longest): number => Math.max(victimMs, bystanderMs);

const rank = (outcome: Outcome): number => outcomes.indexOf(outcome);

const betterFirst = (a: Row, b: Row): number =>
  rank(a.outcome) - rank(b.outcome) || longestMs(a.delivery) - longestMs(b.delivery) || byText(a.scenario, b.scenario);

const rowOf = (scenario: string, trials: readonly TrialResult[]): Row => {
  const counted = trials.filter(counts);
  const judged = counted.length > 0 ? counted : trials.slice(-1);
  const outcome = judged.map((trial) => trial.outcome).reduce((worst, next) => (rank(next) > rank(worst) ? next : worst));
  return {
    scenario,
    outcome,
    trials,
    counted,
    seen: counted.filter((trial) => trial.outcome === outcome).length,
    delivery: longest(counted, 'deliveryOutageMs'),
    quorum: longest(counted, 'outOfQuorumMs'),
    blastRadius: counted.reduce((sum, trial) => sum + trial.blastRadius, 0) / Math.max(1, counted.length),
    nearestMissMs: counted.flatMap(({ nodes }) => Object.values(nodes).flatMap(({ nearMissMs }) => nearMissMs ?? [])).reduce<number | null>((least, ms) => Math.min(least ?? ms, ms), null),
    resets: resetsOf(counted.flatMap((trial) => trial.fenced)),
  };
};

const longest = (trials: readonly TrialResult[], metric: 'deliveryOutageMs' | 'outOfQuorumMs'): Longest => {
  const of = (isVictim: boolean): number =>
    trials.reduce(
      (most, trial) => Object.entries(trial.nodes).reduce((sofar, [node, result]) => (victimsIn(trial).includes(node) === isVictim ? Math.max(sofar, result[metric]) : sofar), most),
      0,
    );
  return { victimMs: of(true), bystanderMs: of(false) };
};

const resetsOf = (fenced: readonly Fenced[]): readonly Resets[] => {
  const nodes = [...new Set(fenced.map(({ node }) => node))].sort(byText);
  return nodes.map((node) => {
    const own = fenced.filter((one) => one.node === node);
    return { node, bystander: own.some(({ bystander }) => bystander), rehearsed: own.every(({ rehearsed }) => rehearsed), afterMs: own.map(({ afterMs }) => afterMs) };
  });
};
