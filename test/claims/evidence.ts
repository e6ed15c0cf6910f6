// Trials written by hand, for claims: what a test does not say is a calm trial of a scenario of ours.

import type { Evidence } from '../../src/claims/claim.ts';
import type { DarkPair, TrialResult } from '../../src/model/result.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import { findScenarios, isScenario } from '../../src/scenarios/index.ts';
import { labOf, scenario802 } from '../analysis/timeline-builder.ts';
import { node, trialResult } from '../report/small-run.ts';

let number = 0;

export const trialOf = (scenario: string, result: Partial<TrialResult> = {}, nodes: readonly string[] = ['pve1', 'pve2', 'pve3']): Evidence => {
  number += 1;
  const known: Scenario = isScenario(scenario) ? findScenarios([scenario])[0]! : { ...scenario802, name: scenario };
  return { run: 'run-1', scenario: known, lab: labOf(nodes), result: trialResult(number, scenario, result) };
};

export const times = (count: number, make: () => Evidence): readonly Evidence[] => Array.from({ length: count }, make);

const pair: DarkPair = { from: 'pve1', to: 'pve3', fromMs: 0, toMs: null, lossRatio: 1, predicted: true };

export const partial: Partial<TrialResult> = { outcome: 'split', class: { predicted: 'partial', measured: 'partial' }, darkPairs: [pair], nodes: { pve1: node({ memberships: 9, deliveryOutageMs: 40_000 }), pve2: node(), pve3: node() } };
export const unaffected: Partial<TrialResult> = { class: { predicted: 'none', measured: 'none' } };
export const isolated: Partial<TrialResult> = { outcome: 'isolated', class: { predicted: 'isolated', measured: 'isolated' } };
export const fenced = (...names: readonly string[]): Partial<TrialResult> => ({
  ...partial, outcome: names.some((name) => name !== 'pve1') ? 'fenced-bystander' : 'fenced',
  fenced: names.map((name) => ({ node: name, afterMs: 65_000, errorMs: 1, bystander: name !== 'pve1', rehearsed: false })),
});
/** LACP took the NIC out of use after so long. */
export const stopped = (nodeStoppedMs: number): Partial<TrialResult> => ({
  ...partial, outcome: 'disturbed', darkPairs: [{ ...pair, toMs: nodeStoppedMs }],
  lacp: { switchExpiredMs: nodeStoppedMs - 3000, switchDefaultedMs: nodeStoppedMs, nodeStoppedMs, preventedByReset: false },
});
