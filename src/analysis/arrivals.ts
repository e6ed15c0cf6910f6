// Which of the numbered frames that one side sent have reached the other.

import type { EventOf } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Span, Timeline } from './timeline.ts';

/** A numbered frame and when it left: somewhere in the span. */
export interface Sent extends Span { readonly seq: number }

/** Chains of places: for each number the first frame that had it, for each frame the next one with its number. */
interface Places { readonly first: ReadonlyMap<number, number>; readonly next: Int32Array }

const none = -1;
const known = new WeakMap<readonly Sent[], Places>();

/** What one node sent is looked up for each of its peers. */
const placesOf = (sent: readonly Sent[]): Places => {
  const before = known.get(sent);
  if (before !== undefined) return before;
  const first = new Map<number, number>();
  const next = new Int32Array(sent.length);
  for (let place = sent.length - 1; place >= 0; place -= 1) {
    const { seq } = sent[place]!;
    next[place] = first.get(seq) ?? none;
    first.set(seq, place);
  }
  known.set(sent, { first, next });
  return { first, next };
};

/** Numbers in the order in which they were told of, and when each was: two lists, for a run has tens of millions of them. */
export interface Heard { readonly seqs: readonly number[]; readonly timesUs: readonly number[] }

/** The peer's probes that the ticks tell of. */
export const heardFrom = (peer: NodeId, ticks: readonly EventOf<'tick'>[]): Heard => {
  const byPeer = heardBy.get(ticks) ?? byPeers(ticks);
  heardBy.set(ticks, byPeer);
  return byPeer.get(peer) ?? { seqs: [], timesUs: [] };
};

const heardBy = new WeakMap<readonly EventOf<'tick'>[], ReadonlyMap<NodeId, Heard>>();

/** In one pass: there are as many peers to ask for as a tick tells of. */
const byPeers = (ticks: readonly EventOf<'tick'>[]): ReadonlyMap<NodeId, Heard> => {
  const byPeer = new Map<NodeId, { readonly seqs: number[]; readonly timesUs: number[] }>();
  for (const { at, heard } of ticks) {
    const atUs = middleUs(at);
    for (const peer of Object.keys(heard)) {
      const own = byPeer.get(peer) ?? { seqs: [], timesUs: [] };
      if (own.seqs.length === 0) byPeer.set(peer, own);
      for (const seq of heard[peer]!) {
        own.seqs.push(seq);
        own.timesUs.push(atUs);
      }
    }
  }
  return byPeer;
};

/**
 * Whether each frame was heard. A restarted sender counts from the start again, so a number belongs to the frame nearest in time,
 * at most ten seconds away: a restart takes an agent longer to come to the same number again.
 */
export const arrivals = (sent: readonly Sent[], { seqs, timesUs }: Heard): readonly boolean[] => {
  const { first, next } = placesOf(sent);
  const arrived = sent.map(() => false);
  for (let at = 0; at < seqs.length; at += 1) {
    const atUs = timesUs[at]!;
    let nearest = none;
    let nearestUs = 10_000_000;
    for (let place = first.get(seqs[at]!) ?? none; place !== none; place = next[place]!) {
      const apartUs = Math.abs(sent[place]!.toUs - atUs);
      if (apartUs > nearestUs) continue;
      nearest = place;
      nearestUs = apartUs;
    }
    if (nearest !== none) arrived[nearest] = true;
  }
  return arrived;
};

/** What one node sent to another, and of each probe whether it was heard. */
export interface Fates { readonly sent: readonly Sent[]; readonly arrived: readonly boolean[] }

/** All probes of one ordered pair. The judge asks, and the report. */
export const probeFates = (timeline: Timeline, from: NodeId, to: NodeId): Fates => {
  const ofRecord = fatesOf.get(timeline) ?? { sent: new Map<NodeId, readonly Sent[]>(), fates: new Map<string, Fates>() };
  fatesOf.set(timeline, ofRecord);
  const key = JSON.stringify([from, to]);
  const sent = ofRecord.sent.get(from) ?? probesSent(timeline, from);
  ofRecord.sent.set(from, sent);
  const fates = ofRecord.fates.get(key) ?? { sent, arrived: arrivals(sent, heardFrom(from, timeline.by(to, 'tick'))) };
  ofRecord.fates.set(key, fates);
  return fates;
};

const fatesOf = new WeakMap<Timeline, { readonly sent: Map<NodeId, readonly Sent[]>; readonly fates: Map<string, Fates> }>();

/** To each of its peers, as its ticks tell: on each of them, or on some in a large cluster. */
const probesSent = (timeline: Timeline, node: NodeId): readonly Sent[] => {
  const everyTicks = timeline.started?.probeEveryTicks ?? 1;
  return timeline.by(node, 'tick').filter(({ seq }) => seq % everyTicks === 0).map(({ seq, at }) => ({ seq, fromUs: at[0], toUs: middleUs(at) }));
};
