// What was predicted of a trial from what was known when the fault came, beside what came.

import type { Body, EventOf, Hit } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import { compare, type Compared } from '../model/corner.ts';
import { middleUs, msOf } from '../model/instant.ts';
import { lacpEngineOf } from '../model/lab.ts';
import type { Finding, PredictedWhat, PredictionResult, TrialResult } from '../model/result.ts';
import { predictionsOf, totemOf, type Range, type Silenced, type Situation, type SwitchEngine } from '../prediction/index.ts';
import { refreshesOf } from './lock-age.ts';
import { lastAnchor } from './phase.ts';
import type { Timeline, Window } from './timeline.ts';
import { afterMs, awaySpans, during } from './timeline.ts';
import { secondsOf } from './words.ts';

/** By the dialect of the lab's switch; of others what the standard says (IEEE 802.1AX, 6.4). */
const engineOf = (dialect: string): SwitchEngine => lacpEngineOf(dialect) ?? 'at-defaulted';
/** Where no node told its time-outs: what `pvecm create` writes (pve-cluster 9.1, PVE/Corosync.pm, token_coefficient). */
const coefficientMs = 125;

export const predictionsFor = (timeline: Timeline, window: Window, seen: Pick<TrialResult, 'lacp' | 'fenced'>): readonly PredictionResult[] => {
  const situation = situationOf(timeline, window);
  return situation === null ? [] : predictionsOf(situation).map(({ what, earliestMs, latestMs, source }) => {
    const sight = sightOf(timeline, window, what, seen);
    const { holds, narrowerBy } = isWithin(timeline, window, { what, earliestMs, latestMs }, sight);
    return { what, earliestMs, latestMs, measuredMs: sight?.ms ?? null, within: holds, ...narrowerBy > 0 ? { narrowerByMs: narrowerBy } : {}, source };
  });
};

export const wrongPredictions = (predictions: readonly PredictionResult[]): readonly Finding[] =>
  predictions.filter(({ within }) => within === false).map(({ what, earliestMs, latestMs, measuredMs }) => ({
    what: `"${what}" came as predicted`,
    found: `${measuredMs === null ? 'it did not come' : `after ${secondsOf(measuredMs)}`}, predicted ${latestMs === null ? `not before ${secondsOf(earliestMs)}` : `from ${secondsOf(earliestMs)} to ${secondsOf(latestMs)}`}`,
  }));

const situationOf = (timeline: Timeline, window: Window): Situation | null => {
  const { started, victim, hits: [first, second] } = timeline;
  if (started === null || first === undefined) return null;
  const { scenario, lab } = started;
  const silenced = (hit: Hit): Silenced => {
    const lacpdu = lastAnchor(timeline, window, 'lacpdu', hit);
    const before = lacpdu && lastLacpduIn(timeline, hit, lacpdu);
    return {
      victim: hit.link.node, darkPeers: hit.predicted?.darkPeers ?? null, sinceLacpdu: lacpdu && sinceMs(window, lacpdu),
      afterSwitchs: lacpdu && before && { leastMs: (lacpdu[0] - before[1]) / 1000, mostMs: (lacpdu[1] - before[0]) / 1000 },
    };
  };
  const refreshes = timeline.nodes.flatMap((node) => {
    const last = refreshesOf(timeline, node).findLast(({ at }) => middleUs(at) <= window.zeroUs);
    return last === undefined ? [] : [[node, sinceMs(window, last.at)] as const];
  });
  return {
    scenario, nodes: lab.nodes, ...silenced(first), ...second !== undefined && { also: silenced(second) },
    engine: engineOf(lab.switch.dialect),
    totem: timeline.all('node-surveyed').findLast(({ node }) => node === victim)?.survey.totem ?? totemOf(lab.nodes.length, coefficientMs),
    sinceRefresh: Object.fromEntries(refreshes),
  };
};

/** Of the switch, on the hit slave, before one of the victim's; null: none was seen. */
const lastLacpduIn = (timeline: Timeline, { link: { node, nic } }: Hit, before: Instant): Instant | null =>
  timeline.by(node, 'lacpdu').findLast(({ at, slave, direction }) => direction === 'in' && slave === nic && middleUs(at) <= middleUs(before))?.at ?? null;

/** From an instant before the fault to the middle of the injection, from which all is counted. */
const sinceMs = ({ zeroUs }: Window, [earliestUs, latestUs]: Instant): Range => ({ leastMs: Math.max(0, zeroUs - latestUs) / 1000, mostMs: (zeroUs - earliestUs) / 1000 });

interface Sight { readonly ms: number; readonly errorMs: number }

const sightOf = (timeline: Timeline, window: Window, what: PredictedWhat, { lacp, fenced }: Pick<TrialResult, 'lacp' | 'fenced'>): Sight | null => {
  const injectionMs = msOf((window.injected[1] - window.injected[0]) / 2);
  const first = <T extends Body['type']>(type: T, counts: (event: EventOf<T>) => boolean = () => true): Sight | null => {
    const event = timeline.all(type).find((each) => during(window, each.at) && counts(each));
    return event === undefined ? null : { ms: Math.max(0, afterMs(window, middleUs(event.at))), errorMs: msOf((event.at[1] - event.at[0]) / 2) + injectionMs };
  };
  const ofLacp = (ms: number | null | undefined): Sight | null => ms === null || ms === undefined ? null : { ms, errorMs: lacp?.errorMs ?? injectionMs };
  switch (what) {
    case 'switch expired': return ofLacp(lacp?.switchExpiredMs);
    case 'switch defaulted': return ofLacp(lacp?.switchDefaultedMs);
    case 'node stopped': return ofLacp(lacp?.nodeStoppedMs);
    case 'first knet link down': return first('knet-link-changed', ({ up }) => !up);
    case 'first token lost': return first('token-lost');
    case 'first membership': return first('membership-formed');
    case 'point of no return': return first('watchdog-expired');
    case 'reset': {
      const [reset] = fenced;
      return reset === undefined ? null : { ms: reset.afterMs, errorMs: reset.errorMs };
    }
  }
};

/** What did not come is wrong only where it had to come while everybody was there to see it. */
const isWithin = (timeline: Timeline, window: Window, { what, earliestMs, latestMs }: Pick<PredictionResult, 'what' | 'earliestMs' | 'latestMs'>, sight: Sight | null): Compared => {
  const told = (holds: boolean | null): Compared => ({ holds, narrowerBy: 0 });
  if (sight !== null) return compare(sight.ms, sight.errorMs, { least: earliestMs, most: latestMs });
  if (latestMs === null) return told(null);
  const untilUs = window.zeroUs + 1000 * latestMs;
  const isOver = window.sure.toUs <= untilUs && what !== 'reset' || window.watchEnd[0] <= untilUs;
  const wasReset = timeline.nodes.some((node) => awaySpans(timeline, node).some(({ fromUs }) => fromUs >= window.outer.fromUs && fromUs <= untilUs));
  return told(isOver || wasReset ? null : false);
};
