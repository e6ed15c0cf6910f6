// What is still to be run for claims, the most informative first.

import { countsFor, type Claim, type Evidence } from './claim.ts';
import { confidence, tooOften } from './rules.ts';
import { isSettled, judgeClaims } from './verdict.ts';

/** One more trial of a scenario. */
export interface Wanted {
  readonly scenario: string;
  /** Which one of its scenario this is, from 1: those that are there are counted. */
  readonly repetition: number;
  /** How many there will be in all, when no claim is settled before. */
  readonly of: number;
  /** The claims that are open and want it. */
  readonly claims: readonly string[];
}

/**
 * The trials that open claims miss. First of all one of each scenario, then a second, and so on; among equals what most claims wait for. One that
 * never comes to count is asked for `patience` times and no more.
 */
export const wantedTrials = (claims: readonly Claim[], evidence: readonly Evidence[]): readonly Wanted[] => {
  const open = judgeClaims(claims, evidence).filter((verdict) => !isSettled(verdict)).map(({ claim }) => claim);
  const names = [...new Set(open.flatMap(({ cells }) => cells.map(({ scenario }) => scenario)))];
  return names.flatMap((scenario) => {
    const asking = open.filter(({ cells }) => cells.some((cell) => cell.scenario === scenario));
    const of = Math.max(...asking.flatMap(({ cells }) => cells.filter((cell) => cell.scenario === scenario).map(({ trials }) => trials)));
    const those = evidence.filter((each) => each.scenario.name === scenario && asking.every((claim) => countsFor(each, claim)));
    const valid = those.filter(({ result }) => result.valid).length;
    if (those.length - valid >= patience) return [];
    return Array.from({ length: Math.max(0, of - valid) }, (_, at): Wanted => {
      const repetition = valid + at + 1;
      return { scenario, repetition, of, claims: asking.filter(({ cells }) => cells.some((cell) => cell.scenario === scenario && cell.trials >= repetition)).map(({ id }) => id) };
    });
  }).sort((a, b) => a.repetition - b.repetition || b.claims.length - a.claims.length);
};

/** Invalid trials of one scenario, each of them repeated once, after which it is left alone and shown. */
const patience = 4;

/** What is fixed before the first trial, as text whose digest the records carry. */
export const planText = (claims: readonly Claim[]): string => `${JSON.stringify({ confidence, tooOften, claims: claims.map(entryOf) }, null, 2)}\n`;

const entryOf = ({ id, source, phrase, quantifier, basis, tolerance, population, cells }: Claim) => ({ id, source, phrase, quantifier, basis, tolerance, population, cells });

/** The claims, by their ids, of which another plan said the same, errors included. Of text that is no plan: none. */
export const claimsAlike = (claims: readonly Claim[], otherPlan: string): readonly string[] => {
  const other = planOf(otherPlan);
  if (other?.confidence !== confidence || other.tooOften !== tooOften) return [];
  const entries = new Set((other.claims ?? []).map((entry) => JSON.stringify(entry)));
  return claims.filter((claim) => entries.has(JSON.stringify(entryOf(claim)))).map(({ id }) => id);
};

const planOf = (text: string): { readonly confidence?: unknown; readonly tooOften?: unknown; readonly claims?: readonly unknown[] } | null => {
  try {
    const plan: unknown = JSON.parse(text);
    return typeof plan === 'object' && plan !== null && Array.isArray((plan as { readonly claims?: unknown }).claims) ? plan : null;
  } catch {
    return null;
  }
};
