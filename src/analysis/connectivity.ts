// Who did not hear whom while the fault lasted: dark ordered pairs, and the class that they make.

import { middleUs } from '../model/instant.ts';
import type { FaultClass, NodeId } from '../model/lab.ts';
import type { DarkPair } from '../model/result.ts';
import { probeFates } from './arrivals.ts';
import type { DarkSpan, Probe } from './dark-spans.ts';
import { darkSpans, lastsUntilEnd } from './dark-spans.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { afterMs, awaySpans, within } from './timeline.ts';

const secondUs = 1_000_000;
/** A receiver that said nothing for so long may have lost what came meanwhile. */
const deafUs = 2_000_000;

export interface Connectivity {
  readonly darkPairs: readonly DarkPair[];
  /** Of the victim's probes; of those to it, where the fault is of its reception. Null: those of some pair could not be judged. */
  readonly measured: FaultClass | null;
  /** The same of each victim. */
  readonly measuredOf: Readonly<Record<NodeId, FaultClass | null>>;
}

export const connectivity = (timeline: Timeline, window: Window): Connectivity => {
  const { victim, victims } = timeline;
  const inward = timeline.started?.proof.rx !== undefined;
  const nearEnd = ({ from, to }: { readonly from: NodeId; readonly to: NodeId }): NodeId => inward ? to : from;
  const foretold = ({ from, to }: { readonly from: NodeId; readonly to: NodeId }): boolean =>
    timeline.hits.find(({ link }) => link.node === nearEnd({ from, to }))?.predicted?.darkPeers.includes(inward ? from : to) ?? false;
  const watchers = new Map(timeline.nodes.map((node) => [node, watcherOf(timeline, node)]));
  const pairs = timeline.nodes.flatMap((from) => timeline.nodes.filter((to) => to !== from).map((to) => {
    const probes = judgedProbes(timeline, window, { from: watchers.get(from)!, to: watchers.get(to)! });
    return { from, to, probes, dark: darkSpans(probes) };
  }));
  const measuredOf = Object.fromEntries(victims.map((each) => [each, measuredClass(pairs.filter((pair) => nearEnd(pair) === each))]));
  return {
    darkPairs: pairs.flatMap(({ from, to, probes, dark }) => dark.map((span) => ({
      from,
      to,
      fromMs: Math.max(0, afterMs(window, span.fromUs)),
      toMs: lastsUntilEnd(span, probes, window.sure.toUs) ? null : Math.max(0, afterMs(window, span.toUs)),
      lossRatio: Math.round(span.lossRatio * 1000) / 1000,
      predicted: foretold({ from, to }),
    }))),
    measured: measuredOf[victim] ?? null,
    measuredOf,
  };
};

interface Watcher {
  readonly node: NodeId;
  /** When it listened without a long pause. */
  readonly awake: readonly Span[];
  readonly away: readonly Span[];
}

const watcherOf = (timeline: Timeline, node: NodeId): Watcher => {
  const ticks = timeline.by(node, 'tick');
  const awake: { fromUs: number; toUs: number }[] = [];
  for (const tick of ticks) {
    const us = middleUs(tick.at);
    const last = awake.at(-1);
    if (last !== undefined && us - last.toUs <= deafUs) last.toUs = us;
    else awake.push({ fromUs: us, toUs: us });
  }
  return { node, awake, away: awaySpans(timeline, node) };
};

/**
 * The probes of one ordered pair from the time of the fault whose fate is known: they arrived, or the receiver listened for a second more and heard nothing. A node that is
 * away by a reset neither sends nor hears, which makes no pair dark.
 */
const judgedProbes = (timeline: Timeline, window: Window, { from, to }: { readonly from: Watcher; readonly to: Watcher }): readonly Probe[] => {
  const { sent, arrived } = probeFates(timeline, from.node, to.node);
  const span = { fromUs: window.outer.fromUs, toUs: window.sure.toUs };
  const away = [...from.away, ...to.away];
  const probes: Probe[] = [];
  sent.forEach(({ toUs: us }, place) => {
    if (!within(span, us)) return;
    const lost = arrived[place] !== true;
    if (lost && !to.awake.some((span) => span.fromUs <= us && us + secondUs <= span.toUs)) return;
    if (!away.some((span) => within(span, us))) probes.push({ us, lost });
  });
  return probes;
};

/**
 * The class that held longest while any peer was dark, so that a mapping which wanders later, or neighbour entries that age, do not hide what the
 * fault did. A pair that loses only a part of its probes has kept a part of its path: losing half to every peer is partial.
 */
const measuredClass = (pairs: readonly { readonly probes: readonly Probe[]; readonly dark: readonly DarkSpan[] }[]): FaultClass | null => {
  if (pairs.length === 0 || pairs.some((pair) => pair.probes.length === 0)) return null;
  const edges = [...new Set(pairs.flatMap((pair) => pair.dark.flatMap((span) => [span.fromUs, span.toUs])))].sort((a, b) => a - b);
  let [partialUs, isolatedUs] = [0, 0];
  edges.slice(1).forEach((toUs, place) => {
    const fromUs = edges[place]!;
    const dark = pairs.map((pair) => pair.dark.find((span) => span.fromUs <= fromUs && span.toUs >= toUs));
    if (dark.every((span) => span !== undefined && span.lossRatio >= 0.9)) isolatedUs += toUs - fromUs;
    else if (dark.some((span) => span !== undefined)) partialUs += toUs - fromUs;
  });
  return edges.length === 0 ? 'none' : isolatedUs > partialUs ? 'isolated' : 'partial';
};
