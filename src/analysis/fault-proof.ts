// The fault's own proof: what its declaration says must be seen, against what was seen.

import type { EventOf } from '../model/event.ts';
import { canaryCounts, faultSpan } from './canary.ts';
import type { CanaryCount } from './canary.ts';
import type { Timeline, Window } from './timeline.ts';
import type { ProofPart } from './validity.ts';

type Counters = EventOf<'tick'>['counters'][string];

/** Where the fault must not touch the canaries, so many of them arrive: the last ones may still be under way. */
const keptRatio = 0.9;

/** Nothing to prove without a declaration or a target: then that is the one part, and it fails. */
export const faultProof = (timeline: Timeline, window: Window): readonly ProofPart[] => {
  const { started, target } = timeline;
  if (started === null || target === null) {
    return [{ what: 'the record says what must be proven', held: false, found: started === null ? 'no beginning of the trial' : 'no hit slave' }];
  }
  const { proof } = started;
  const span = faultSpan(timeline, window);
  const samples = timeline.by(timeline.victim, 'tick').filter((tick) => tick.at[0] >= span.fromUs && tick.at[1] <= span.toUs)
    .flatMap((tick) => tick.counters[target.link.nic] ?? []);
  return [
    ...canaryParts(timeline, window),
    ...(proof.drops === null ? [] : [dropsPart(proof.drops, samples)]),
    ...(proof.tx === null ? [] : [txPart(proof.tx, samples)]),
    carrierPart(proof.carrier, samples),
  ];
};

const canaryParts = (timeline: Timeline, window: Window): readonly ProofPart[] => {
  const { before, during, after } = canaryCounts(timeline, window);
  const { canary, carrier } = timeline.started!.proof;
  const found = ({ heard, sent }: CanaryCount): string => `${heard} of ${sent} arrived`;
  return [
    { what: 'canaries arrived before the fault', held: before.heard > 0, found: found(before) },
    canary === 'lost'
      // A NIC without carrier takes no frames at all.
      ? { what: 'no canary arrived during the fault', held: during.heard === 0 && (during.sent > 0 || carrier === 0), found: found(during) }
      : { what: 'canaries arrived all the time', held: during.heard > 0 && during.heard >= keptRatio * during.sent, found: found(during) },
    { what: 'canaries arrived after the revert', held: after.heard > 0, found: found(after) },
  ];
};

const dropsPart = (wanted: 'rise' | 'still', samples: readonly Counters[]): ProofPart => {
  const drops = samples.flatMap((sample) => sample.drops ?? []);
  const rise = riseOf(drops);
  return wanted === 'rise'
    ? { what: 'the qdisc dropped frames during the fault', held: drops.length > 1 && rise > 0, found: drops.length === 0 ? 'no such qdisc was seen' : `${rise} more` }
    : { what: 'the qdisc dropped nothing', held: samples.length > 0 && rise === 0, found: drops.length === 0 ? 'no such qdisc was seen' : `${rise} more` };
};

const txPart = (wanted: 'still' | 'moves', samples: readonly Counters[]): ProofPart => {
  const rise = riseOf(samples.map((sample) => sample.tx));
  return {
    what: wanted === 'still' ? 'the NIC sent nothing during the fault' : 'the NIC went on sending',
    held: samples.length > 1 && (wanted === 'still' ? rise === 0 : rise > 0),
    found: samples.length === 0 ? 'its counters were not seen' : `${rise} more packets`,
  };
};

const carrierPart = (wanted: 0 | 1, samples: readonly Counters[]): ProofPart => {
  const known = samples.flatMap((sample) => sample.carrier ?? []);
  const other = known.filter((carrier) => carrier !== wanted).length;
  return {
    what: wanted === 1 ? 'the carrier stayed up' : 'the carrier was down',
    held: known.length > 0 && other === 0,
    found: known.length === 0 ? 'the carrier was not seen' : other === 0 ? `${wanted === 1 ? 'up' : 'down'} in all of ${known.length} ticks` : `otherwise in ${other} of ${known.length} ticks`,
  };
};

const riseOf = (counts: readonly number[]): number => counts.length === 0 ? 0 : counts.at(-1)! - counts[0]!;
