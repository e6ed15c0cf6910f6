// When a trial has seen enough: every node is decided, or time is up.

import type { NodeId } from '../model/lab.ts';
import type { Scenario } from '../model/scenario.ts';
import type { LabView, NodeView } from './view.ts';

export type Decided = 'stable' | 'reset-and-back' | 'watched-out' | 'time-limit';

/** So long must a node be quiet after the bond gave up the slave: knet alone needs up to 3 ping intervals to come back (libknet, threads_rx.c). */
export const stableMs = 15_000;
/** Nothing takes the slave out of use: longer than any watchdog, LACP and ARP age that could still act (60 + 10 s, 90 s). */
export const fullWatchMs = 120_000;
/** A watchdog that began to count at the end of the full watch has fired by then. */
export const limitMs = 180_000;
/** An LRM refreshes every 10 s (pve-ha-manager, LRM.pm, work()); slow rounds take up to 15 s. */
const refreshMs = 15_000;

export interface Moment {
  readonly scenario: Scenario;
  readonly injectedUs: number;
  /** When a fault with an end of its own was reverted; null: it lasts. */
  readonly revertedUs: number | null;
  readonly nowUs: number;
}

/** For each node how it was decided, or null. */
export const decide = (view: LabView, moment: Moment): ReadonlyMap<NodeId, Decided | null> =>
  new Map([...view.nodes].map(([name, node]) => [name, decideNode(view, node, moment)]));

const decideNode = (view: LabView, node: NodeView, moment: Moment): Decided | null =>
  moment.scenario.forMs === undefined ? whileItLasts(view, node, moment) : afterIt(node, moment);

/** A fault that ends is watched to its end, for its end is part of it; then a node is as it stays when 15 s were quiet and no watchdog counts. */
const afterIt = (node: NodeView, { scenario, revertedUs, nowUs }: Moment): Decided | null => {
  if (revertedUs === null) return null;
  if (nowUs - revertedUs >= limitMs * 1000) return 'time-limit';
  if (node.resetUs !== null && node.backUs === null) return null;
  // One that was back before the fault ended has that still before it.
  if (node.backUs !== null && node.backUs >= revertedUs) return 'reset-and-back';
  if (troubled(node, scenario, nowUs) || rehearses(node, scenario, nowUs)) return null;
  return nowUs - Math.max(revertedUs, node.disturbedUs ?? 0, node.undeliveredUs ?? 0) >= stableMs * 1000 ? 'stable' : null;
};

/** Nothing resets a rehearsing node, but its watchdog has yet to run out, or to be saved. */
const rehearses = (node: NodeView, { ha }: Scenario, nowUs: number): boolean => ha === 'rehearse' && !node.doomed && isStale(node, nowUs);

const isStale = (node: NodeView, nowUs: number): boolean => node.refreshedUs !== null && nowUs - node.refreshedUs > refreshMs * 1000;

const whileItLasts = (view: LabView, node: NodeView, { scenario, injectedUs, nowUs }: Moment): Decided | null => {
  const watchedMs = (nowUs - injectedUs) / 1000;
  if (watchedMs >= limitMs) return 'time-limit';
  if (node.resetUs !== null) return node.backUs === null ? null : 'reset-and-back';
  if (troubled(node, scenario, nowUs)) return null;
  if (scenario.detector === 'lacp' || scenario.detector === 'carrier' || scenario.detector === 'arp') {
    const sinceUs = calmSince(view, node);
    if (sinceUs !== null && nowUs - sinceUs >= stableMs * 1000) return 'stable';
  }
  return watchedMs >= fullWatchMs ? 'watched-out' : null;
};

/** A node in trouble may still be reset: it is watched to its end. */
const troubled = (node: NodeView, scenario: Scenario, nowUs: number): boolean => {
  if (node.doomed && scenario.ha === 'armed') return true;
  if (node.quorate === false) return true;
  if (node.undeliveredUs !== null && nowUs - node.undeliveredUs < 2_000_000) return true;
  if (node.agentUs === null || nowUs - node.agentUs > 2_000_000) return true;
  return scenario.ha === 'armed' && isStale(node, nowUs);
};

/** Since when nothing happened: after the bond gave up the slave, or the reset of the victim took the fault away; of two victims, both. */
const calmSince = (view: LabView, node: NodeView): number | null => {
  const isAlone = Object.keys(view.canaryHeardUs).length < 2;
  const ends = [view.gaveUpUs, ...isAlone ? [...view.nodes.values()].map(({ backUs }) => backUs) : []].filter((us) => us !== null);
  if (ends.length === 0) return null;
  return Math.max(Math.min(...ends), ...[node.disturbedUs, node.undeliveredUs].filter((us) => us !== null));
};

/** How long the trial still has at most, for the progress line: the shortest way out that is open. */
export const leftMs = (view: LabView, moment: Moment): number => {
  const { scenario: { forMs }, revertedUs } = moment;
  if (forMs !== undefined) {
    const sinceMs = (moment.nowUs - (revertedUs ?? moment.injectedUs)) / 1000;
    if (revertedUs === null) return Math.max(0, forMs - sinceMs) + stableMs;
    const waits = [...view.nodes.values()].some((node) => node.resetUs === null && troubled(node, moment.scenario, moment.nowUs));
    return Math.max(0, (waits ? limitMs : stableMs) - sinceMs);
  }
  const watchedMs = (moment.nowUs - moment.injectedUs) / 1000;
  const armed = moment.scenario.ha === 'armed';
  if ([...view.nodes.values()].some((node) => armed && node.resetUs === null && troubled(node, moment.scenario, moment.nowUs))) return Math.max(0, limitMs - watchedMs);
  if ((moment.scenario.detector === 'lacp' || moment.scenario.detector === 'arp') && view.gaveUpUs !== null) return Math.max(0, stableMs - (moment.nowUs - view.gaveUpUs) / 1000);
  return Math.max(0, fullWatchMs - watchedMs);
};
