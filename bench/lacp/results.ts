// What is kept of each LACP trial.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Rate = 'slow' | 'fast';

export interface RatePair { readonly node: Rate; readonly onSwitch: Rate }

export const ratePairs: readonly RatePair[] = [
  { node: 'slow', onSwitch: 'slow' }, { node: 'fast', onSwitch: 'slow' }, { node: 'slow', onSwitch: 'fast' }, { node: 'fast', onSwitch: 'fast' },
];

/** Times after the injection, but for the phase, which counts from the last LACPDU before it. */
export interface LacpTrial extends RatePair {
  readonly at: string;
  /** Of the batch; with the number it makes the trial again. */
  readonly seed: number;
  readonly number: number;
  readonly attempt: number;
  readonly valid: boolean;
  readonly outcome: string;
  readonly wantedMs: number | null;
  readonly phaseMs: number | null;
  /** The switch's machine, as the victim reads it; and the victim's own end of sending on the slave. */
  readonly expiredMs: number | null;
  readonly defaultedMs: number | null;
  readonly stoppedMs: number | null;
  /** The longest of any node. */
  readonly deliveryOutageMs: number;
  readonly outOfQuorumMs: number;
  readonly kernel: string;
  readonly corosync: string;
}

export const resultsFile = join(dirname(import.meta.dirname), 'results/lacp-phases.ndjson');

export const readResults = (): readonly LacpTrial[] => existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as LacpTrial) : [];
