// Which slave the victim's bond used, and whether it changed to another while the fault lasted: modes that have one in use.

import { middleUs } from '../model/instant.ts';
import type { ActiveSlave } from '../model/result.ts';
import { afterMs, type Timeline, type Window, within } from './timeline.ts';

/** Null: the mode has none, or it was not seen. */
export const activeSlaveOf = (timeline: Timeline, window: Window): ActiveSlave | null => {
  const before = timeline.all('node-surveyed').findLast(({ node, at }) => node === timeline.victim && middleUs(at) <= window.zeroUs)?.survey.bond.activeSlave ?? null;
  if (before === null) return null;
  const change = timeline.by(timeline.victim, 'active-slave-changed').find(({ at, slave }) => within(window.outer, middleUs(at)) && slave !== before);
  return { before, changedMs: change === undefined ? null : Math.max(0, afterMs(window, middleUs(change.at))), changedTo: change?.slave ?? null };
};
