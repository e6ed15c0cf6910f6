// What holds in any lab, whatever the fault does: where it does not, the lab or its observers are broken, and the trial does not count.

import type { Hit } from '../model/event.ts';
import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import { quietMs } from '../model/quiet.ts';
import { faultSpan } from './canary.ts';
import { ofHit } from './fault-proof.ts';
import { watchedSpan } from './observers.ts';
import type { Timeline, Window } from './timeline.ts';
import { awaySpans } from './timeline.ts';
import type { ProofPart } from './validity.ts';
import { listed, secondsOf } from './words.ts';

/**
 * Each membership of a node has a greater sequence number than the one before (exec/totemsrp.c, memb_ring_id_create_or_load): one that does not rise is a
 * line of another life, or twice the same. A node may lose the number with a reset.
 */
export const ringsRise = (timeline: Timeline, window: Window): ProofPart => {
  const fallen = timeline.nodes.flatMap((node) => fallsOf(timeline, window, node));
  return {
    what: 'the rings of every node rose',
    held: fallen.length === 0,
    found: fallen.length === 0 ? 'each later than the one before' : `${fallen[0]!}${fallen.length > 1 ? `, and ${fallen.length - 1} more` : ''}`,
  };
};

const fallsOf = (timeline: Timeline, window: Window, node: NodeId): readonly string[] => {
  const { fromUs } = watchedSpan(timeline, window);
  const away = awaySpans(timeline, node);
  const rings = timeline.by(node, 'membership-formed').filter(({ at }) => middleUs(at) >= fromUs && middleUs(at) <= window.watchEnd[1])
    .map(({ ring, at }) => ({ ring, life: away.filter((span) => span.fromUs <= at[0]).length }));
  return rings.flatMap(({ ring, life }, place) => {
    const before = rings[place - 1];
    return before === undefined || before.life !== life || sequenceOf(ring) > sequenceOf(before.ring) ? [] : [`${ring} after ${before.ring} on ${node}`];
  });
};

/** Of `1.1a`, representative and sequence number in hexadecimal (exec/totemsrp.c, "A new membership (%s.%lx) was formed"). */
const sequenceOf = (ring: string): number => Number.parseInt(ring.slice(ring.lastIndexOf('.') + 1), 16);

const disturbances = ['knet-link-changed', 'token-lost', 'membership-formed', 'quorum-changed', 'gather-stuck'] as const;

/** What was under way already when the fault came would be blamed on it. What had settled by then, in a baseline that waited for that, is not. */
export const quietBefore = (timeline: Timeline, window: Window): ProofPart => {
  const fromUs = Math.max(watchedSpan(timeline, window).fromUs, window.injected[0] - quietMs * 1000);
  const early = disturbances.flatMap((type) => timeline.all(type)).filter(({ at }) => at[0] >= fromUs && at[1] < window.injected[0]);
  const names = [...new Set(early.map(({ by }) => by))].sort();
  return {
    what: 'no node was disturbed before the fault',
    held: early.length === 0,
    found: early.length === 0 ? `quiet for ${secondsOf(msOf(window.injected[0] - fromUs))}` : `${listed(names)}: ${listed([...new Set(early.map(({ type }) => type.replaceAll('-', ' ')))])}`,
  };
};

/** A qdisc drops what it does not hand to the NIC, so that what both count never falls while the device is there. */
export const countersAgree = (timeline: Timeline, window: Window): readonly ProofPart[] =>
  timeline.hits.length === 0 ? [agreeOn(timeline, window, null)] : timeline.hits.map((hit) => ofHit(timeline, hit, agreeOn(timeline, window, hit)));

const agreeOn = (timeline: Timeline, window: Window, hit: Hit | null): ProofPart => {
  const node = hit?.link.node ?? timeline.victim;
  const span = faultSpan(timeline, window, node);
  const samples = timeline.by(node, 'tick').filter(({ at }) => at[0] >= span.fromUs && at[1] <= span.toUs).flatMap(({ counters }) => counters[hit?.link.nic ?? ''] ?? []);
  const fell = (['tx', 'rx', 'drops'] as const).filter((which) => samples.some((sample, place) => (sample[which] ?? 0) < (samples[place - 1]?.[which] ?? 0) && sample[which] !== null));
  return {
    what: 'the counters of NIC and qdisc ran on',
    held: samples.length > 1 && fell.length === 0,
    found: samples.length === 0 ? 'they were not seen' : fell.length === 0 ? `in all of ${samples.length} ticks` : `${listed(fell)} fell`,
  };
};
