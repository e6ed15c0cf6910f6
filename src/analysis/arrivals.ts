// Which of the numbered frames that one side sent have reached the other.

import type { Span } from './timeline.ts';

/** A numbered frame and when it left: somewhere in the span. */
export interface Sent extends Span { readonly seq: number }

export interface Heard { readonly seq: number; readonly atUs: number }

/**
 * Whether each frame was heard. A restarted sender counts from the start again, so a number belongs to the frame nearest in time,
 * at most ten seconds away: a restart takes an agent longer to come to the same number again.
 */
export const arrivals = (sent: readonly Sent[], heard: readonly Heard[]): readonly boolean[] => {
  const placesOf = Map.groupBy(sent.keys(), (place) => sent[place]!.seq);
  const arrived = sent.map(() => false);
  for (const { seq, atUs } of heard) {
    let nearest: number | null = null;
    let nearestUs = 10_000_000;
    for (const place of placesOf.get(seq) ?? []) {
      const apartUs = Math.abs(sent[place]!.toUs - atUs);
      if (apartUs > nearestUs) continue;
      nearest = place;
      nearestUs = apartUs;
    }
    if (nearest !== null) arrived[nearest] = true;
  }
  return arrived;
};
