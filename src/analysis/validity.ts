// Whether a trial counts: each part of the fault's own proof and of the observers' life, with the figures that were found.

import { middleUs, msOf } from '../model/instant.ts';
import type { TrialResult } from '../model/result.ts';
import { cableParts } from './cable.ts';
import { deliveriesUs } from './delivery.ts';
import { faultProof } from './fault-proof.ts';
import { resetsOf } from './fencing.ts';
import { countersAgree, quietBefore, ringsRise } from './invariants.ts';
import { refreshesUs } from './lock-age.ts';
import { agentsLasted, journalsFollowed, observersAlive, watchedSpan } from './observers.ts';
import type { Timeline, Window } from './timeline.ts';
import { awaySpans, within } from './timeline.ts';
import { listed, secondsOf } from './words.ts';

export type ProofPart = TrialResult['proof'][number];

/** A clock that is less sure than this cannot put events of two nodes in order at the scale of knet's time-outs (0.8 s at three nodes). */
const clockErrorUs = 250_000;
/** An LRM refreshes every 10 s, in slow rounds after 15 (pve-ha-manager LRM.pm work()): an older lock was in trouble before the fault. */
const freshLockMs = 20_000;
/** As long as an observer may be silent. A command whose answer came later may have worked at once, or just then. */
const momentWidthUs = 2_000_000;

/** All parts, in the order of reading. */
export const validityOf = (timeline: Timeline, window: Window): readonly ProofPart[] => [
  ...cableParts(timeline),
  ...faultProof(timeline, window),
  observersAlive(timeline, window),
  agentsLasted(timeline, window),
  ...journalsFollowed(timeline, window),
  deliveryWatched(timeline, window),
  clocksKnown(timeline, window),
  corosyncScheduled(timeline, window),
  locksFresh(timeline, window),
  resetsExplained(timeline),
  undoneOnTime(timeline),
  momentsKnown(timeline, window),
  quietBefore(timeline, window),
  ringsRise(timeline, window),
  ...countersAgree(timeline, window),
];

const deliveryWatched = (timeline: Timeline, window: Window): ProofPart => {
  const blind = timeline.nodes.filter((node) => !deliveriesUs(timeline, node).some((us) => us <= window.injected[0]));
  return {
    what: 'ordered delivery was seen on every node before the fault',
    held: blind.length === 0,
    found: blind.length === 0 ? 'seen on every node' : `none on ${listed(blind)}`,
  };
};

/** The error of a node's clock is the half width of what it says. */
const clocksKnown = (timeline: Timeline, window: Window): ProofPart => {
  const fits = timeline.all('clock-fitted');
  const unknown = timeline.nodes.filter((node) => !fits.some((fit) => fit.node === node));
  const span = watchedSpan(timeline, window);
  const worstUs = timeline.all('tick').filter((tick) => within(span, middleUs(tick.at))).reduce((worst, { at }) => Math.max(worst, (at[1] - at[0]) / 2), 0);
  return {
    what: 'the clock of every node was known to 250 ms',
    held: unknown.length === 0 && worstUs <= clockErrorUs,
    found: unknown.length > 0 ? `unknown on ${listed(unknown)}` : `known to ${(worstUs / 1000).toFixed(1)} ms`,
  };
};

const corosyncScheduled = (timeline: Timeline, window: Window): ProofPart => {
  const span = { ...watchedSpan(timeline, window), toUs: window.watchEnd[1] };
  // A node that boots is no observer yet.
  const away = (node: string, us: number): boolean => awaySpans(timeline, node).some((each) => within(each, us));
  const pauses = timeline.all('corosync-paused').filter((event) => within(span, middleUs(event.at)) && !away(event.by, middleUs(event.at)));
  const worst = pauses.reduce((most, pause) => pause.ms > most.ms ? pause : most, { by: '', ms: 0 });
  return {
    what: 'corosync was scheduled in time everywhere',
    held: pauses.length === 0,
    found: pauses.length === 0 ? 'no pause' : `paused for ${Math.round(worst.ms)} ms on ${worst.by}`,
  };
};

const locksFresh = (timeline: Timeline, window: Window): ProofPart => {
  const ages = timeline.nodes.flatMap((node) => {
    const refreshed = refreshesUs(timeline, node).findLast((us) => us <= window.injected[0]);
    return refreshed === undefined ? [] : [{ node, ms: msOf(window.injected[0] - refreshed) }];
  });
  const oldest = ages.reduce((worst, age) => age.ms > worst.ms ? age : worst, { node: '', ms: 0 });
  return {
    what: 'every lock was fresh when the fault came',
    held: timeline.started?.scenario.ha === 'idle' || oldest.ms <= freshLockMs,
    found: ages.length === 0 ? 'no lock was held' : `oldest ${secondsOf(oldest.ms)} (${oldest.node || ages[0]!.node})`,
  };
};

const resetsExplained = (timeline: Timeline): ProofPart => {
  const resets = resetsOf(timeline);
  const strange = [...new Set(resets.filter((reset) => !reset.explained).map((reset) => reset.node))];
  return {
    what: 'no node was reset but by a watchdog that the fault let run out',
    held: strange.length === 0,
    found: strange.length > 0 ? `another reset of ${listed(strange)}` : resets.length === 0 ? 'no reset' : 'every reset is explained',
  };
};

const undoneOnTime = (timeline: Timeline): ProofPart => {
  const early = timeline.all('trial-broken').find((event) => event.step === 'revert');
  return {
    what: 'the fault stayed until it was reverted',
    held: early === undefined,
    found: early?.because ?? 'reverted by the harness',
  };
};

/** A reset takes the fault away at a moment that is known by itself. */
const momentsKnown = (timeline: Timeline, { injected, reverted }: Window): ProofPart => {
  const wasReset = timeline.victims.every((victim) => timeline.all('node-reset').some(({ node, at }) => node === victim && reverted !== null && at[0] < reverted[1]));
  const moments = [['injection', injected], ...reverted === null || wasReset ? [] : [['revert', reverted] as const]] as const;
  const widths = moments.map(([what, at]) => ({ what, us: at[1] - at[0] }));
  const widest = widths.reduce((worst, each) => each.us > worst.us ? each : worst);
  return {
    what: 'injection and revert were known to 2 s',
    held: widest.us <= momentWidthUs,
    found: `the ${widest.what} to ${secondsOf(msOf(widest.us))}`,
  };
};
