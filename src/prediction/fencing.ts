// Fencing: when the first watchdog can run out, and when its node is reset. Where nothing gives the victim back its quorum, when it must.

import { lrmPeriodMs } from '../model/phase.ts';
import { isSilentTx, intervalOf, later, type Interval, type Range, type Situation } from './interval.ts';
import { nodeStopped } from './lacp.ts';

/**
 * Of the age of a lock (pve-ha-manager, src/watchdog-mux.c, CLIENT_WATCHDOG_TIMEOUT): watchdog-mux counts whole seconds and looks once a second, so
 * "more than 60 s" are 60 to 62; and lrm_status, by which a refresh is seen, is written up to about a second after it.
 */
const expiry: Range = { leastMs: 60_000 - 1000, mostMs: 62_000 };
/** From there to the reset: the kernel's own watchdog (watchdog-mux.c, watchdog_timeout, 10 s), fed up to a second before or closed up to one after. */
const toReset: Range = { leastMs: 9000, mostMs: 11_000 };
/** Of a refresh that was not seen: a round, or one with the longest wait for the lock (PVE/HA/LRM.pm, work() and get_protected_ha_agent_lock: 5 s). */
const roundMs = lrmPeriodMs + 5000;

/** The first watchdog of any node that runs out. */
export const pointOfNoReturn = (situation: Situation): Interval | null => interval(situation, expiry);

/** The first node that is reset. */
export const reset = (situation: Situation): Interval | null => interval(situation, later(expiry, toReset));

const interval = (situation: Situation, afterRefresh: Range): Interval | null => {
  const { scenario, nodes, victim, sinceRefresh } = situation;
  if (scenario.ha === 'idle' || scenario.fault === 'none') return null;
  const ages = nodes.map(({ name }) => sinceRefresh[name] ?? { leastMs: 0, mostMs: roundMs });
  const first = intervalOf({ leastMs: afterRefresh.leastMs - Math.max(...ages.map(({ mostMs }) => mostMs)), mostMs: afterRefresh.mostMs - (sinceRefresh[victim]?.leastMs ?? 0) },
    'pve-ha-manager, watchdog-mux.c: 60 s from the last refresh of PVE/HA/LRM.pm, then 10 s');
  return isCutOff(situation, first.latestMs!) ? first : { ...first, latestMs: null };
};

/** Whether the victim, alone from the fault on, has no way to refresh its lock before `untilMs`: its writes need a quorum (pmxcfs), which of two nodes one may have with a QDevice. */
const isCutOff = (situation: Situation, untilMs: number): boolean => {
  const { scenario, nodes, darkPeers } = situation;
  const isAlone = isSilentTx(situation) && darkPeers?.length === nodes.length - 1 && nodes.length > 2;
  return isAlone && scenario.forMs === undefined && scenario.detector !== 'arp' && (nodeStopped(situation)?.earliestMs ?? Infinity) > untilMs;
};
