// What analysis makes of a record, and reports print.

import type { SetBy } from './bond-hooks.ts';
import type { FaultClass, NodeId } from './lab.ts';
import type { Anchor } from './phase.ts';
import type { Injector } from './scenario.ts';

/** Said in every report of a run in which a node had it. */
export const standInWords = 'HA is bondproof’s stand-in for pmxcfs, pve-ha-lrm, pve-ha-crm and watchdog-mux, not Proxmox VE’s own';

/** From best to worst; a trial has the worst that applies, or one of the last two. */
export const outcomes = ['undisturbed', 'disturbed', 'isolated', 'split', 'fenced', 'fenced-bystander', 'inconclusive', 'invalid'] as const;
export type Outcome = (typeof outcomes)[number];

/** All times in ms after the injection, unless the name says otherwise. Null: it did not happen, or could not be seen. */
export interface TrialResult {
  readonly number: number;
  readonly attempt: 1 | 2;
  readonly repetition: number;
  /** The trial's folder below the run's. */
  readonly folder: string;
  readonly scenario: string;
  readonly outcome: Outcome;
  readonly valid: boolean;
  /** One sentence: why this outcome, or why it does not count. */
  readonly reason: string;
  readonly victim: NodeId;
  readonly fault: string;
  /** What silenced the NIC; null for a fault that has a way of its own. */
  readonly injector: Injector | null;
  /** The hit cable, `pve1-eth1`; null when the trial ended before one was chosen. */
  readonly link: string | null;
  /** The second victim, hit at the same time; what the rest says of the victim, its cable, its class and its LACP is of the first. Absent: there was none. */
  readonly also?: AlsoResult;
  readonly ha: string;
  /** How each of the scenario's further bond options, and its neighbours, were set; that they took effect was seen before the fault. */
  readonly bondOptionsBy: Readonly<Record<string, SetBy>>;
  readonly class: { readonly predicted: FaultClass | null; readonly measured: FaultClass | null };
  /** What must not be so, or was foretold otherwise, and was seen all the same. It voids nothing. */
  readonly findings: readonly Finding[];
  /** When things had to come, and when they came; of those that apply. */
  readonly predictions: readonly PredictionResult[];
  /** How many nodes with a healthy bond were reset, or would have been. */
  readonly blastRadius: number;
  /** When the fault came, counted from the last anchor before it; null when no phase was asked for. */
  readonly phase: PhaseResult | null;
  /** How long the fault lasted; null when it was not applied. */
  readonly faultMs: number | null;
  readonly fenced: readonly Fenced[];
  readonly nodes: Readonly<Record<NodeId, NodeResult>>;
  readonly darkPairs: readonly DarkPair[];
  readonly lacp: LacpResult | null;
  /** Null where the bond does not speak LACP. */
  readonly lacpdus: LacpdusResult | null;
  /** Null: the mode has no slave of its own in use, or it was not seen. */
  readonly activeSlave: ActiveSlave | null;
  /** From the injection to the end of the watch, which is the revert but for a fault with an end of its own; over all nodes. */
  readonly counts: { readonly knetChanges: number; readonly tokenLosses: number; readonly memberships: number; readonly quorumChanges: number; readonly lacpChanges: number };
  /** Each part of the fault's proof and of the observers' life, and whether it held. */
  readonly proof: readonly { readonly what: string; readonly held: boolean; readonly found: string }[];
  /** After the revert, until the lab was whole. */
  readonly recoveryMs: number | null;
}

export interface AlsoResult extends Pick<TrialResult, 'victim' | 'class' | 'lacp'> {
  /** The hit cable. */
  readonly link: string;
}

/** The nodes whose NICs were silenced. */
export const victimsIn = ({ victim, also }: Pick<TrialResult, 'victim' | 'also'>): readonly NodeId[] => also === undefined ? [victim] : [victim, also.victim];

export interface Finding { readonly what: string; readonly found: string }

export const predictedWhats = [
  'switch expired', 'switch defaulted', 'node stopped', 'first knet link down', 'first token lost', 'first membership', 'point of no return', 'reset',
] as const;
export type PredictedWhat = (typeof predictedWhats)[number];

export interface PredictionResult {
  readonly what: PredictedWhat;
  readonly earliestMs: number;
  /** Null: it may come at any time after `earliestMs`, or never. */
  readonly latestMs: number | null;
  /** Null: it did not happen, or could not be seen. */
  readonly measuredMs: number | null;
  /** Whether it surely came as predicted, or surely did not. Null: it did not come, and need not have; or its instant is not known well enough to tell. */
  readonly within: boolean | null;
  /** The latter: by so much narrower would the interval of its instant have to be. */
  readonly narrowerByMs?: number;
  /** Files and functions that it follows from. */
  readonly source: string;
}

export interface PhaseResult {
  readonly anchor: Anchor;
  readonly wantedMs: number;
  /** From the middle of the anchor to that of the injection. Null: no fault was applied, or no anchor seen before it. */
  readonly measuredMs: number | null;
  /** How far `measuredMs` may be off. */
  readonly errorMs: number | null;
}

export interface Fenced {
  readonly node: NodeId;
  readonly afterMs: number;
  /** How far `afterMs` may be off. */
  readonly errorMs: number;
  readonly bystander: boolean;
  /** The watchdog only said that it would have reset the node. */
  readonly rehearsed: boolean;
}

export interface NodeResult {
  readonly outOfQuorumMs: number;
  /** The longest time without ordered delivery. */
  readonly deliveryOutageMs: number;
  readonly fenced: boolean;
  readonly memberships: number;
  readonly tokenLosses: number;
  /** The oldest that the LRM's lock became; 60 s of it are the point of no return. Null: never refreshed, or a refresh may not have been seen. */
  readonly lockAgeMs: number | null;
  /** What was left to the point of no return when its lock was oldest. Null: it was reset, or its lock has no age. Below zero: watchdog-mux had yet to look. */
  readonly nearMissMs: number | null;
  /** Whether it had settled when the watch ended. */
  readonly settled: boolean;
}

export interface DarkPair {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly fromMs: number;
  /** Null: dark until the fault was reverted. */
  readonly toMs: number | null;
  /** Share of probes lost while dark, 0 to 1. */
  readonly lossRatio: number;
  readonly predicted: boolean;
}

/** The switch's machine as the victim reads it from the partner bits of the hit slave, and the victim's own. */
export interface LacpResult {
  readonly switchExpiredMs: number | null;
  readonly switchDefaultedMs: number | null;
  readonly nodeStoppedMs: number | null;
  /** Instants that a reset of the victim prevented. */
  readonly preventedByReset: boolean;
  /** How far each instant may be off. Results of older versions have none of it. */
  readonly errorMs?: number;
}

export interface LacpdusResult {
  /** The median time from one LACPDU of the victim to its next, and of the switch. */
  readonly sentMs: number | null;
  readonly receivedMs: number | null;
  /** From the last LACPDU that the switch got on the hit slave until it gave the port up. */
  readonly switchSilentMs: number | null;
}

/** The slave in use of a bond that has one, and the one that it changed to while the fault lasted. */
export interface ActiveSlave {
  readonly before: string;
  readonly changedMs: number | null;
  readonly changedTo: string | null;
}

export interface RunResult {
  readonly format: 1;
  readonly run: string;
  readonly startedAt: string;
  readonly campaign: string;
  readonly lab: string;
  readonly world: string;
  readonly seed: number;
  readonly planned: number;
  readonly about: Readonly<Record<string, string>>;
  readonly simulated: readonly string[];
  /** The mean of that of all valid trials; null: there are none. */
  readonly blastRadius: number | null;
  readonly trials: readonly TrialResult[];
}
