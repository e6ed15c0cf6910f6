// The canaries of a hit slave: what became of them before, during and after the fault. They prove that the fault was real, and that it is gone.

import { middleUs } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Sent } from './arrivals.ts';
import { arrivals } from './arrivals.ts';
import { canariesOf } from './bracket.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { awaySpans, canariesHeardOf } from './timeline.ts';

export interface CanaryCount { readonly sent: number; readonly heard: number }

/** Frames that left surely before, surely during and surely after the fault, and how many of them at least one peer heard. */
export interface CanaryCounts { readonly before: CanaryCount; readonly during: CanaryCount; readonly after: CanaryCount }

export const canaryCounts = (timeline: Timeline, window: Window, victim: NodeId = timeline.victim): CanaryCounts => {
  const sent = sentBy(timeline, victim);
  const heard = timeline.nodes.filter((node) => node !== victim).flatMap((peer) => timeline.by(peer, 'tick'))
    .map((tick) => ({ seqs: canariesHeardOf(tick, victim, timeline.victim), atUs: middleUs(tick.at) }));
  const arrived = arrivals(sent, { seqs: heard.flatMap(({ seqs }) => seqs), timesUs: heard.flatMap(({ seqs, atUs }) => seqs.map(() => atUs)) });
  const count = (span: Span): CanaryCount => {
    const places = [...sent.keys()].filter((place) => sent[place]!.fromUs >= span.fromUs && sent[place]!.toUs <= span.toUs);
    return { sent: places.length, heard: places.filter((place) => arrived[place]).length };
  };
  return {
    before: count({ fromUs: -Infinity, toUs: window.injected[0] }),
    during: count(timeline.started?.proof.canary === 'kept-in-use' ? inUseSpan(timeline, window, victim) : faultSpan(timeline, window, victim)),
    after: count({ fromUs: window.reverted?.[1] ?? Infinity, toUs: Infinity }),
  };
};

/** A pulled cable is noticed by the far end's driver in its own time; a qdisc acts at once. */
const carrierGraceUs = 2_000_000;

/** When the fault is surely in force on a victim. Its reset takes what was set up on it away. */
export const faultSpan = (timeline: Timeline, window: Window, victim: NodeId = timeline.victim): Span => {
  const graceUs = timeline.started?.proof.carrier === 0 ? carrierGraceUs : 0;
  const resets = awaySpans(timeline, victim).map((span) => span.fromUs).filter((us) => us >= window.outer.fromUs);
  return { fromUs: window.sure.fromUs + graceUs, toUs: Math.min(window.sure.toUs, ...resets) };
};

/** LACP is heard of ten times a second, and a switch acts before it says so. */
const toldUs = 500_000;

/** The part of it in which LACP surely had both ends use the hit slave. */
const inUseSpan = (timeline: Timeline, window: Window, victim: NodeId): Span => {
  const span = faultSpan(timeline, window, victim);
  const nic = timeline.hits.find(({ link }) => link.node === victim)?.link.nic;
  const change = timeline.by(victim, 'lacp-changed').find(({ slave, at }) => slave === nic && at[0] > span.fromUs);
  return { ...span, toUs: Math.min(span.toUs, (change?.at[0] ?? Infinity) - toldUs) };
};

/** A tick tells of the canaries since the tick before; a burst of each. */
const sentBy = (timeline: Timeline, victim: NodeId): readonly Sent[] => {
  const ticks = timeline.by(victim, 'tick');
  return [
    ...ticks.flatMap((tick, place) => tick.canarySent.map((seq) => ({ seq, fromUs: ticks[place - 1]?.at[0] ?? -Infinity, toUs: tick.at[1] }))),
    ...canariesOf(timeline.by(victim, 'burst-sent')).map(({ seq, at: [fromUs, toUs] }) => ({ seq, fromUs, toUs })),
  ];
};
