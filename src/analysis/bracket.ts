// When the fault came and went, by the bursts of canaries around its commands: between the last that passed and the first that did not, or the other way round.

import type { EventOf } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';

/** When a canary was handed to the kernel, which took its time; and whether a peer heard it. */
export interface Canary { readonly seq: number; readonly at: Instant }
interface Seen extends Canary { readonly passed: boolean }

/** In the order of sending. The agent knows how long before its word each was; when that was is as sure as its clock. */
export const canariesOf = (bursts: readonly EventOf<'burst-sent'>[]): readonly Canary[] =>
  bursts.flatMap(({ at, sent }) => sent.map(([seq, agoUs, tookUs]) => ({ seq, at: [at[0] - agoUs, at[1] - agoUs + tookUs] as const })));

/** Of canaries so long before the command or after its answer nothing follows: by then LACP may have acted (2 s and more; bond_3ad.c, AD_AGGREGATE_WAIT). */
const nearUs = 1_500_000;

/**
 * The instant of a command that began (`lost`) or ended (`passed`) the loss of canaries, inside that of the command itself. That stays as it is where the
 * canaries tell nothing, or contradict it. On the way back they tell only where one passes before the answer: later a switch that had given the port up may open it.
 */
export const narrowed = (command: Instant, canaries: readonly Canary[], heard: ReadonlySet<number>, become: 'lost' | 'passed'): Instant => {
  const near: readonly Seen[] = canaries.filter(({ at }) => at[1] >= command[0] - nearUs && at[0] <= command[1] + nearUs).map((each) => ({ ...each, passed: heard.has(each.seq) }));
  const turn = become === 'lost' ? near.findLastIndex(({ passed }) => passed) + 1 : near.findIndex(({ passed }) => passed);
  const [before, after] = [near[turn - 1], near[turn]];
  if (before === undefined || after === undefined || become === 'passed' && after.at[0] > command[1]) return command;
  const [earliestUs, latestUs] = [Math.max(command[0], before.at[0]), Math.min(command[1], after.at[1])];
  return earliestUs <= latestUs ? [earliestUs, latestUs] : command;
};
