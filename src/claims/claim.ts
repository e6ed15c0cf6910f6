// A claim: one sentence of a document, or a question that the document leaves open, as code. What it says, of which trials, and how many are needed, is
// declared before any of them is run.

import type { Lab } from '../model/lab.ts';
import type { TrialResult } from '../model/result.ts';
import type { Scenario } from '../model/scenario.ts';

/**
 * can: one trial that shows it upholds it, and none only bounds how often it happens. will and never: one trial that shows otherwise refutes it.
 * number: a quantity with a tolerance. how: a question, whose answer is what was measured.
 */
export const quantifiers = ['can', 'will', 'never', 'number', 'how'] as const;
export type Quantifier = (typeof quantifiers)[number];

/**
 * measured: by what is real in the lab. modelled: rests on the HA stand-in, and names the outage of delivery that it follows from. untested: here it would
 * measure nothing but the stand-in's own constants, or the lab cannot have what it is about.
 */
export const bases = ['measured', 'modelled', 'untested'] as const;
export type Basis = (typeof bases)[number];

/** imprecise: its direction is true, its number or its scope is not. inapplicable: it does not speak of what this lab is. */
export const claimOutcomes = ['upheld', 'refuted', 'imprecise', 'answered', 'inconclusive', 'inapplicable', 'untested'] as const;
export type ClaimOutcome = (typeof claimOutcomes)[number];

export interface Source {
  /** A file of the pve-docs repository. */
  readonly document: string;
  readonly section: string;
  /** The commit that was read. */
  readonly revision: string;
}

/** One trial, judged, and what it was a trial of. */
export interface Evidence {
  /** The run's folder below the verification's, and the trial's below that. */
  readonly run: string;
  readonly result: TrialResult;
  readonly scenario: Scenario;
  readonly lab: Lab;
  /** The claims, by their ids, that it counts for: those that were the same in its own plan. Absent: all. */
  readonly countsFor?: readonly string[];
}

export const countsFor = ({ countsFor: ids }: Evidence, { id }: Pick<Claim, 'id'>): boolean => ids?.includes(id) !== false;

export interface Cell {
  /** A scenario's name. */
  readonly scenario: string;
  /** How many valid trials of it the claim wants. */
  readonly trials: number;
}

export interface Tolerance {
  readonly saidMs: { readonly least: number; readonly most: number };
  /** Values. */
  readonly least: number;
}

/** The values of a number, and what is said of it. */
export interface Measured {
  readonly what: string;
  readonly saidMs: { readonly least: number; readonly most: number };
  readonly values: readonly { readonly ms: number; readonly trial: Evidence }[];
}

/** What the trials say about a claim. */
export interface Finding {
  readonly outcome: ClaimOutcome;
  /** One sentence, with its figures. */
  readonly sentence: string;
  /** The sentence that would be right to write, where the claim is refuted or imprecise. */
  readonly right?: string;
  /** The trials that decide it, the most telling first. */
  readonly deciding: readonly Evidence[];
  readonly measure?: Measured;
  /** Of a law that is upheld: how likely that would be, were it not true often enough (rules.ts). Corrected over all of them (verdict.ts). */
  readonly pValue?: number;
}

export interface Claim {
  /** C01 to C28: sentences. U01 to U16: questions. */
  readonly id: string;
  /** Null for a question. */
  readonly source: Source | null;
  /** A short quotation, or the question. */
  readonly phrase: string;
  readonly quantifier: Quantifier;
  readonly basis: Basis;
  /** Of a number: between which it is taken to lie, and how many values there must be. */
  readonly tolerance?: Tolerance;
  /** Of which trials it speaks. */
  readonly population: string;
  /** What is to be run for it; none for one that speaks of all, or is untested. */
  readonly cells: readonly Cell[];
  /** Whether a trial of this scenario belongs to the population. Only valid trials are asked for. */
  readonly covers: (scenario: Scenario) => boolean;
  /** Pure. The trials are valid, and of the population; there may be none. */
  readonly judge: (trials: readonly Evidence[]) => Finding;
}
