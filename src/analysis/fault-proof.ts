// The fault's own proof: what its declaration says must be seen, against what was seen.

import type { EventOf, Hit } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import { periodMs } from '../model/phase.ts';
import type { LacpRate } from '../model/scenario.ts';
import { canaryCounts, faultSpan } from './canary.ts';
import type { CanaryCount } from './canary.ts';
import { actorStateOf, lacpBits } from './lacp.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { longestGap } from './timeline.ts';
import type { ProofPart } from './validity.ts';
import { counted } from './words.ts';

type Counters = EventOf<'tick'>['counters'][string];

/** Where the fault must not touch the canaries, so many of them arrive: the last ones may still be under way. */
const keptRatio = 0.9;

/** Nothing to prove without a declaration or a target: then that is the one part, and it fails. Each of two victims has parts of its own. */
export const faultProof = (timeline: Timeline, window: Window): readonly ProofPart[] => {
  const { started, hits, victims } = timeline;
  const missing = started === null ? 'no beginning of the trial' : hits.length < victims.length ? hits.length === 0 ? 'no hit slave' : 'one hit slave of two' : null;
  if (missing !== null) return [{ what: 'the record says what must be proven', held: false, found: missing }];
  return hits.flatMap((hit) => proofOf(timeline, window, hit).map((part) => ofHit(timeline, hit, part)));
};

/** A part of the proof that is of one victim, named so where there are two. */
export const ofHit = <Part extends { readonly what: string }>({ hits }: Timeline, { link }: Hit, part: Part): Part => hits.length < 2 ? part : { ...part, what: `${link.id}: ${part.what}` };

const proofOf = (timeline: Timeline, window: Window, hit: Hit): readonly ProofPart[] => {
  const { proof } = timeline.started!;
  const { node, nic } = hit.link;
  const span = faultSpan(timeline, window, node);
  const samplesIn = ({ fromUs, toUs }: Span): readonly Counters[] => timeline.by(node, 'tick').filter(({ at }) => at[0] >= fromUs && at[1] <= toUs)
    .flatMap((tick) => tick.counters[nic] ?? []);
  const samples = samplesIn(span);
  return [
    ...refusedParts(timeline, hit, span),
    ...canaryParts(timeline, window, hit),
    ...(proof.drops === null ? [] : [dropsPart(proof.drops, samples)]),
    ...(proof.tx === null ? [] : [txPart(proof.tx, samples)]),
    ...(proof.rx === 'dropped' ? [rxDroppedPart(samples)] : proof.rx === 'still' ? [rxStillPart(samplesIn({ ...span, fromUs: span.fromUs + onItsWayUs }))] : []),
    ...(proof.lacpdus === undefined ? [] : lacpduParts(proof.lacpdus, timeline, { window, span, hit })),
    ...(proof.asksFor === undefined ? [] : [asksPart(proof.asksFor, timeline, { window, span, hit })]),
    carrierPart(proof.carrier, samples),
  ];
};

/** A real silence is not told to anybody: a qdisc that answers with an error is (ENOBUFS; net/core/dev.c, net_xmit_errno). A NIC without carrier takes nothing. */
const refusedParts = ({ started, ...timeline }: Timeline, { link }: Hit, { fromUs, toUs }: Span): readonly ProofPart[] => {
  const counts = timeline.by(link.node, 'tick').filter(({ at }) => at[0] >= fromUs && at[1] <= toUs).flatMap(({ canaryRefused }) => canaryRefused ?? []);
  if (counts.length === 0 || started?.proof.carrier === 0) return [];
  const refused = counts.reduce((sum, count) => sum + count, 0);
  return [{ what: 'no sender was told of the fault', held: refused === 0, found: refused === 0 ? 'no send failed' : `${counted(refused, 'canary send')} failed` }];
};

const canaryParts = (timeline: Timeline, window: Window, { link }: Hit): readonly ProofPart[] => {
  const { before, during, after } = canaryCounts(timeline, window, link.node);
  const { canary, carrier } = timeline.started!.proof;
  const found = ({ heard, sent }: CanaryCount): string => `${heard} of ${sent} arrived`;
  return [
    { what: 'canaries arrived before the fault', held: before.heard > 0, found: found(before) },
    ...canary === null ? [] : [canary === 'lost'
      // A NIC without carrier takes no frames at all.
      ? { what: 'no canary arrived during the fault', held: during.heard === 0 && (during.sent > 0 || carrier === 0), found: found(during) }
      : { what: canary === 'kept' ? 'canaries arrived all the time' : 'canaries arrived while LACP had the NIC in use', held: during.heard > 0 && during.heard >= keptRatio * during.sent, found: found(during) }],
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

/** A frame that left the switch before the fault is there by then. */
const onItsWayUs = 500_000;

const rxStillPart = (samples: readonly Counters[]): ProofPart => {
  const rise = riseOf(samples.map((sample) => sample.rx));
  return { what: 'nothing came to the NIC during the fault', held: samples.length > 1 && rise === 0, found: samples.length === 0 ? 'its counters were not seen' : `${rise} more packets` };
};

/** Where the kernel joins frames before it drops them, it counts fewer: nine of ten are enough. */
const droppedRatio = 0.9;

const rxDroppedPart = (samples: readonly Counters[]): ProofPart => {
  const counted = samples.filter(({ drops }) => drops !== null);
  const [came, dropped] = [riseOf(counted.map(({ rx }) => rx)), riseOf(counted.map(({ drops }) => drops!))];
  return {
    what: 'what came to the NIC was dropped',
    held: came > 0 && dropped >= droppedRatio * came,
    found: counted.length === 0 ? 'no such qdisc was seen' : `${dropped} of ${came} packets`,
  };
};

/** Three LACPDUs that stay away are a time-out (IEEE 802.1AX; drivers/net/bonding/bond_3ad.c). */
const missedPeriods = 3;

interface Where { readonly window: Window; readonly span: Span; readonly hit: Hit }

/** None where no LACP is spoken. LACPDUs are seen behind the qdisc, as they leave. */
const lacpduParts = (wanted: 'kept' | 'lost', timeline: Timeline, { window, span, hit }: Where): readonly ProofPart[] => {
  const period = periodMs('lacpdu', timeline.started!.scenario);
  if (period === null) return [];
  const sent = timeline.by(hit.link.node, 'lacpdu').filter(({ direction, slave }) => direction === 'out' && slave === hit.link.nic);
  const before = sent.filter(({ at }) => at[1] < window.injected[0]).length;
  const during = sent.filter(({ at }) => at[0] >= span.fromUs && at[1] <= span.toUs);
  if (wanted === 'lost') return [{ what: 'no LACPDU left during the fault, and some before', held: before > 0 && during.length === 0, found: `${before} before, ${during.length} during` }];
  const gap = longestGap(during.map(({ at }) => middleUs(at)), span);
  const gapMs = (gap.toUs - gap.fromUs) / 1000;
  return [{ what: 'LACPDUs went on leaving', held: during.length > 0 && gapMs < missedPeriods * period, found: `${during.length} of them, ${(gapMs / 1000).toFixed(1)} s apart at most` }];
};

/** The switch tells a change with its next LACPDU, which a node that asks for fast ones gets within a second; a link that was taken down for it is back by then, too. */
const toldUs = 5_000_000;

/** By the wire alone: that a command was taken proves nothing. */
const asksPart = (wanted: LacpRate, timeline: Timeline, { window, span, hit }: Where): ProofPart => {
  const come = timeline.by(hit.link.node, 'lacpdu').filter(({ direction, slave }) => direction === 'in' && slave === hit.link.nic)
    .flatMap(({ at, frame }) => { const state = actorStateOf(frame); return state === undefined ? [] : [{ at, rate: (state & lacpBits.timeout) !== 0 ? 'fast' : 'slow' }]; });
  const before = come.findLast(({ at }) => at[1] < window.injected[0])?.rate;
  const during = come.filter(({ at }) => at[0] >= span.fromUs + toldUs && at[1] <= span.toUs);
  const asked = during.filter(({ rate }) => rate === wanted).length;
  return {
    what: `the switch asked for ${wanted} LACPDUs during the fault, and not before`,
    held: before !== undefined && before !== wanted && during.length > 0 && asked === during.length,
    found: `${before ?? 'nothing'} before, ${wanted} in ${asked} of ${counted(during.length, 'LACPDU')}`,
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
