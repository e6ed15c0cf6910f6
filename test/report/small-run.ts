// A run's result written by hand, for tests of text: what a test does not say is a calm trial.

import type { NodeResult, RunResult, TrialResult } from '../../src/model/result.ts';

export const node = (result: Partial<NodeResult> = {}): NodeResult => ({
  outOfQuorumMs: 0, deliveryOutageMs: 200, fenced: false, memberships: 0, tokenLosses: 0, lockAgeMs: 10_000, nearMissMs: 50_000, settled: true, ...result,
});

export const trialResult = (number: number, scenario: string, result: Partial<TrialResult> = {}): TrialResult => ({
  number,
  attempt: 1,
  repetition: 1,
  folder: `trials/0${number}`,
  scenario,
  outcome: 'undisturbed',
  valid: true,
  reason: 'Nothing changed on any node.',
  victim: 'pve1',
  fault: 'tx-silent',
  injector: 'netem',
  link: 'pve1-eth1',
  ha: 'armed',
  class: { predicted: 'partial', measured: 'partial' },
  findings: [],
  predictions: [],
  blastRadius: 0,
  phase: null,
  faultMs: 100_000,
  fenced: [],
  nodes: { pve1: node(), pve2: node(), pve3: node() },
  darkPairs: [],
  lacp: null,
  lacpdus: null,
  activeSlave: null,
  counts: { knetChanges: 0, tokenLosses: 0, memberships: 0, quorumChanges: 0, lacpChanges: 0 },
  proof: [{ what: 'the carrier stayed up', held: true, found: 'up in all of 1000 ticks' }],
  recoveryMs: 20_000,
  bondOptionsBy: {},
  ...result,
});

export const runOf = (...trials: readonly TrialResult[]): RunResult => ({
  format: 1,
  run: 'run-1',
  startedAt: '2025-01-31T12:00:00.000Z',
  campaign: 'modes',
  lab: 'virtual',
  world: 'virtual',
  seed: 7,
  planned: trials.length,
  about: { corosync: '3.1.9', bondproof: '0.1.0' },
  simulated: ['HA is a stand-in.'],
  blastRadius: trials.length === 0 ? null : trials.reduce((sum, { blastRadius }) => sum + blastRadius, 0) / trials.length,
  trials,
});

/** LACP slow on both sides: the switch gives up after 87 s, two nodes with healthy bonds have been reset by then. */
export const slowSlow = trialResult(2, '802.3ad/slow-slow', {
  outcome: 'fenced-bystander',
  blastRadius: 2,
  reason: 'pve2 and pve3, with nothing wrong at the bond, were reset by their watchdogs after 62 s and 70 s.',
  lacp: { switchExpiredMs: 84_000, switchDefaultedMs: 87_000, nodeStoppedMs: 87_300, preventedByReset: false },
  fenced: [
    { node: 'pve2', afterMs: 62_100, errorMs: 500, bystander: true, rehearsed: false },
    { node: 'pve3', afterMs: 70_400, errorMs: 500, bystander: true, rehearsed: false },
  ],
  nodes: { pve1: node({ deliveryOutageMs: 91_000, outOfQuorumMs: 90_500 }), pve2: node({ deliveryOutageMs: 63_000, fenced: true, nearMissMs: null }), pve3: node({ deliveryOutageMs: 68_000, fenced: true, nearMissMs: null }) },
  darkPairs: [{ from: 'pve1', to: 'pve3', fromMs: 0, toMs: 87_300, lossRatio: 1, predicted: true }],
});

export const fastFast = trialResult(3, '802.3ad/fast-fast', {
  outcome: 'disturbed',
  reason: 'Every node had settled when the fault was reverted.',
  lacp: { switchExpiredMs: 2800, switchDefaultedMs: 5800, nodeStoppedMs: 5900, preventedByReset: false },
  nodes: { pve1: node({ deliveryOutageMs: 10_400, outOfQuorumMs: 4600 }), pve2: node({ deliveryOutageMs: 10_300 }), pve3: node({ deliveryOutageMs: 10_300 }) },
});

export const invalid = trialResult(4, 'balance-tlb', { outcome: 'invalid', valid: false, reason: 'It does not count: the canary arrived.', proof: [{ what: 'no canary arrived', held: false, found: '299 of 299 arrived' }] });

export const control = trialResult(5, 'control/none', { fault: 'none', class: { predicted: 'none', measured: 'none' } });

export const smallRun = runOf(trialResult(1, 'broadcast', { class: { predicted: 'none', measured: 'none' } }), slowSlow, fastFast, invalid, control);
