// What a hunt may be for.

import type { TrialResult } from '../model/result.ts';

export interface Goal {
  readonly name: string;
  readonly summary: string;
  /** Of a trial that counts. */
  readonly met: (result: TrialResult) => boolean;
}

export const goals: readonly Goal[] = [
  { name: 'bystander fenced', summary: 'a node with a healthy bond is reset', met: ({ fenced }) => fenced.some(({ bystander }) => bystander) },
  { name: 'victim fenced', summary: 'the node with the silent NIC is reset', met: ({ fenced }) => fenced.some(({ bystander }) => !bystander) },
  { name: 'any fenced', summary: 'some node is reset', met: ({ fenced }) => fenced.length > 0 },
  { name: 'split', summary: 'memberships do not settle', met: ({ outcome }) => outcome === 'split' },
  { name: 'isolated', summary: 'only the node with the silent NIC is out, to the end', met: ({ outcome }) => outcome === 'isolated' },
];

/** Null: the trial does not count, so that it says nothing either way. */
export const isMet = (goal: Goal, result: TrialResult): boolean | null => result.valid ? goal.met(result) : null;
