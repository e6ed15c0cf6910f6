// What is run for a certificate: fixed before the first trial.

import type { Evidence } from '../claims/claim.ts';
import { canonicalJson } from './canonical.ts';
import { cells, limits, profileName, profileVersion } from './profile.ts';

/** Text whose digest each trial's record carries. The phases follow from the seed. */
export const planText = ({ seed, profileSha256 }: { readonly seed: number; readonly profileSha256: string }): string =>
  canonicalJson({ profile: { name: profileName, version: profileVersion, sha256: profileSha256 }, seed, cells, limits });

export interface WantedTrial {
  readonly scenario: string;
  /** The part of the period that it is for, from 1. */
  readonly repetition: number;
  /** How many parts there are. */
  readonly of: number;
}

/** Of one cell so many may fail to count, each of them repeated once; then it is left alone, and shown. */
const patience = 4;

/** What is missing: the first of each cell, then the second of each, so that a drift of the lab hits all alike. */
export const wantedFor = (evidence: readonly Evidence[]): readonly WantedTrial[] => cells.flatMap(({ scenario, trials }) => {
  const those = evidence.filter((each) => each.scenario.name === scenario);
  if (those.filter(({ result }) => !result.valid).length >= patience) return [];
  const have = new Set(those.filter(({ result }) => result.valid).map(({ result }) => result.repetition));
  return Array.from({ length: trials }, (_, at): WantedTrial => ({ scenario, repetition: at + 1, of: trials })).filter(({ repetition }) => !have.has(repetition));
}).sort((a, b) => a.repetition / a.of - b.repetition / b.of);
