// A trial's events in order of time and by who and what, and the window of the fault. Every metric reads the record through this.

import type { Body, Event, EventOf, Hit } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { TrialStarted } from '../model/event.ts';
import { victimsOf } from '../model/victims.ts';
import { canariesOf, narrowed } from './bracket.ts';

type Type = Body['type'];

export interface Timeline {
  /** By the middle of their instants. */
  readonly events: readonly Event[];
  readonly started: TrialStarted | null;
  /** In the lab's order; of a record without a beginning, whoever said something. */
  readonly nodes: readonly NodeId[];
  readonly victim: NodeId;
  /** The victim, and a second one where the scenario names it: every other node is a bystander. */
  readonly victims: readonly NodeId[];
  readonly target: EventOf<'target-chosen'> | null;
  /** What of each victim is hit, in the same order; none before that was chosen. */
  readonly hits: readonly Hit[];
  /** Null while the fault was not applied. */
  readonly window: Window | null;
  /** The latest instant of the record; 0 for an empty one. */
  readonly lastUs: number;
  all<T extends Type>(type: T): readonly EventOf<T>[];
  by<T extends Type>(who: string, type: T): readonly EventOf<T>[];
}

/**
 * The time of the fault. Its instants are those of the commands, or closer where bursts of canaries tell (bracket.ts). What must be certain is taken from the sure edges; what happened "between injection and revert" from the outer ones;
 * figures are counted from the middle of the injection, whose width is in their error, to the earliest edge of the revert, for a revert whose answer
 * came late may have worked at once. Without a revert the record's end stands for it. What becomes of the nodes is judged by the end of the watch: that is
 * the revert, but for a fault that had an end of its own (model/scenario.ts, forMs), after which they were watched on.
 */
export interface Window {
  readonly injected: Instant;
  readonly reverted: Instant | null;
  /** The zero of all "after the injection". */
  readonly zeroUs: number;
  /** When the fault ended: the sure edge, `sure.toUs`. */
  readonly endUs: number;
  /** Until when nodes were watched, and what happened to them counts. */
  readonly watchEnd: Instant;
  /** Earliest edge of the injection to the latest of the revert. */
  readonly outer: Span;
  /** Latest edge of the injection to the earliest of the revert. */
  readonly sure: Span;
}

export interface Span { readonly fromUs: number; readonly toUs: number }

const known = new WeakMap<readonly Event[], { readonly length: number; readonly timeline: Timeline }>();

/** A record is looked at by the judge and by each report; one that grew meanwhile is another. */
export const timelineOf = (events: readonly Event[]): Timeline => {
  const before = known.get(events);
  if (before?.length === events.length) return before.timeline;
  const timeline = madeOf(events);
  known.set(events, { length: events.length, timeline });
  return timeline;
};

const none: readonly Event[] = [];

const madeOf = (unsorted: readonly Event[]): Timeline => {
  const events = unsorted.toSorted((a, b) => middleUs(a.at) - middleUs(b.at));
  const byType = Map.groupBy(events, (event) => event.type);
  const byBoth = new Map<Type, ReadonlyMap<string, readonly Event[]>>();
  const all = <T extends Type>(type: T): readonly EventOf<T>[] => (byType.get(type) ?? []) as readonly Event[] as readonly EventOf<T>[];
  const by = <T extends Type>(who: string, type: T): readonly EventOf<T>[] => {
    const ofType = byBoth.get(type) ?? Map.groupBy<string, Event>(all(type), (event) => event.by);
    byBoth.set(type, ofType);
    return (ofType.get(who) ?? none) as readonly EventOf<T>[];
  };

  const started = all('trial-started')[0] ?? null;
  const speakers = [...new Set(events.map((event) => event.by))].filter((name) => name !== 'harness').sort();
  const lastUs = events.reduce((last, event) => Math.max(last, event.at[1]), 0);
  const victim = started?.lab.victim ?? '';
  const victims = started === null ? [victim] : victimsOf(started.lab, started.scenario);
  const target = all('target-chosen').at(-1) ?? null;
  const instantOf = instantReader({ started, victims, ticks: all('tick'), burstsOf: (node) => by(node, 'burst-sent'), resets: all('node-reset') });
  return {
    events,
    started,
    nodes: started?.lab.nodes.map((node) => node.name) ?? speakers,
    victim,
    victims,
    target,
    hits: target === null ? [] : [target, ...target.also === undefined ? [] : [target.also]],
    window: windowOf(all('fault-applied').slice(0, 1).map(({ at }) => instantOf(at, 'lost'))[0], all('fault-reverted').map(({ at }) => instantOf(at, 'passed')), { lastUs, watchEnds: started?.scenario.forMs === undefined ? null : all('step-started').filter(({ step }) => step === 'prove-gone').map(({ at }) => at) }),
    lastUs,
    all,
    by,
  };
};

interface Seen {
  readonly started: TrialStarted | null;
  readonly victims: readonly NodeId[];
  readonly ticks: readonly EventOf<'tick'>[];
  readonly burstsOf: (node: NodeId) => readonly EventOf<'burst-sent'>[];
  readonly resets: readonly EventOf<'node-reset'>[];
}

/**
 * The instant of a command, as closely as the bursts of canaries tell. Of two victims it reaches from the first that lost, or got back, its canaries to
 * the last; one that a reset had freed of the fault says nothing of the revert.
 */
const instantReader = ({ started, victims, ticks, burstsOf, resets }: Seen): ((command: Instant, become: 'lost' | 'passed') => Instant) => {
  // Only where the fault itself loses canaries, and at once: a driver notices a pulled cable in its own time.
  if (started?.proof.canary !== 'lost' || started.proof.carrier !== 1) return (command) => command;
  const seen = victims.map((node) => ({ node, canaries: canariesOf(burstsOf(node)), heard: new Set(ticks.flatMap((tick) => canariesHeardOf(tick, node, victims[0]!))) }));
  return (command, become) => {
    const held = become === 'lost' ? seen : seen.filter(({ node }) => !resets.some((reset) => reset.node === node && reset.at[0] < command[1]));
    const instants = (held.length > 0 ? held : seen).map(({ canaries, heard }) => narrowed(command, canaries, heard, become));
    return [Math.min(...instants.map(([earliestUs]) => earliestUs)), Math.max(...instants.map(([, latestUs]) => latestUs))];
  };
};

/** Canaries of this victim that a tick tells of. */
export const canariesHeardOf = ({ canaryHeard, canaryHeardOf }: EventOf<'tick'>, node: NodeId, victim: NodeId): readonly number[] =>
  node === victim ? canaryHeard : canaryHeardOf?.[node] ?? [];

/** Milliseconds from the injection to `us`. */
export const afterMs = (window: Window, us: number): number => msOf(us - window.zeroUs);

/** Whether it happened between the injection and the end of the watch. */
export const during = ({ outer, watchEnd }: Window, at: Instant): boolean => within({ fromUs: outer.fromUs, toUs: watchEnd[1] }, middleUs(at));

export const within = (span: Span, us: number): boolean => us >= span.fromUs && us <= span.toUs;

/** When a node was away by a reset: from the last thing heard of it until it was back, Infinity if it never was. */
export const awaySpans = (timeline: Timeline, node: NodeId): readonly Span[] =>
  timeline.all('node-reset').filter((reset) => reset.node === node).map((reset) => ({
    fromUs: reset.at[0],
    toUs: timeline.all('node-back').find((back) => back.node === node && middleUs(back.at) >= middleUs(reset.at))?.at[1] ?? Infinity,
  }));

/** The longest stretch of a span without one of the sorted points. */
export const longestGap = (pointsUs: readonly number[], span: Span): Span => {
  let longest = { fromUs: span.fromUs, toUs: span.fromUs };
  let last = span.fromUs;
  for (const point of [...pointsUs.filter((us) => within(span, us)), span.toUs]) {
    if (point - last > longest.toUs - longest.fromUs) longest = { fromUs: last, toUs: point };
    last = point;
  }
  return longest;
};

/** `watchEnds`: of a fault with an end of its own, when the steps after the watch began. */
const windowOf = (injected: Instant | undefined, reverts: readonly Instant[], { lastUs, watchEnds }: { readonly lastUs: number; readonly watchEnds: readonly Instant[] | null }): Window | null => {
  if (injected === undefined) return null;
  const zeroUs = middleUs(injected);
  const reverted = reverts.find((at) => middleUs(at) >= zeroUs) ?? null;
  const recordEnd: Instant = [lastUs, lastUs];
  const [sureEndUs, outerEndUs] = reverted ?? recordEnd;
  const watchEnd = reverted === null || watchEnds === null ? reverted : watchEnds.find(([fromUs]) => fromUs >= reverted[1]);
  return {
    injected,
    reverted,
    zeroUs,
    endUs: sureEndUs,
    watchEnd: watchEnd ?? recordEnd,
    outer: { fromUs: injected[0], toUs: outerEndUs },
    sure: { fromUs: injected[1], toUs: sureEndUs },
  };
};
