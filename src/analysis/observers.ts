// Whether the observers lived while they were needed: silence is not calm.

import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { awaySpans, longestGap, within } from './timeline.ts';
import type { ProofPart } from './validity.ts';
import { secondsOf } from './words.ts';

/** Each node's agent ticks ten times a second; a longer silence may hide what happened. */
const longestSilenceUs = 2_000_000;
/** From the baseline to the last sure moment of the watch. */
export const watchedSpan = (timeline: Timeline, window: Window): Span => ({
  fromUs: timeline.all('step-started').findLast((event) => event.step === 'baseline' && event.at[0] <= window.injected[0])?.at[1] ?? window.injected[0],
  toUs: window.watchEnd[0],
});

export const observersAlive = (timeline: Timeline, window: Window): ProofPart => {
  const { node, us } = worstSilence(timeline, watchedSpan(timeline, window), (of) => timeline.by(of, 'tick').map(({ at }) => middleUs(at)));
  return {
    what: 'every node was watched without a gap of 2 s',
    held: timeline.nodes.length > 0 && us <= longestSilenceUs,
    found: timeline.nodes.length === 0 ? 'no nodes' : `longest silence ${secondsOf(msOf(us))} (${node})`,
  };
};

/** What is logged while no agent is there, nobody hears of; nor of LACPDUs. One that ended with its node is missed by nobody. */
export const agentsLasted = (timeline: Timeline, window: Window): ProofPart => {
  const { fromUs } = watchedSpan(timeline, window);
  const lost = timeline.all('agent-lost').filter(({ at }) => at[1] >= fromUs && at[0] <= window.watchEnd[1]).find(({ node, at }) => {
    const starts = timeline.all('agent-started').filter((start) => start.node === node);
    const before = starts.findLast((start) => start.at[0] <= at[0]);
    const after = starts.find((start) => start.at[0] > at[0]);
    return after === undefined || after.bootId === before?.bootId;
  });
  return { what: 'no agent ended before its node', held: lost === undefined, found: lost === undefined ? 'none' : `that of ${lost.node}: ${lost.because}` };
};

/** Of echoes that come every two seconds. Journal lines have the stamp of when they were sent: those that come late are not lost. */
const longestEchoGapUs = 6_000_000;

/** A quiet cluster logs nothing, and neither does a journal that nobody follows any more. None of it where the record is of before there were echoes. */
export const journalsFollowed = (timeline: Timeline, window: Window): readonly ProofPart[] => {
  if (timeline.started?.echoEveryMs === undefined) return [];
  const echoes = (node: NodeId): readonly number[] => timeline.by(node, 'journal-echoed').map(({ at }) => middleUs(at));
  // Beyond the end: what was logged at the very end has come when a later line has.
  const { node, us } = worstSilence(timeline, { ...watchedSpan(timeline, window), toUs: window.watchEnd[1] }, echoes);
  const unread = timeline.nodes.find((each) => !isAway(timeline, each, window.watchEnd[1]) && !echoes(each).some((at) => at >= window.watchEnd[1]));
  const wrong = us > longestEchoGapUs ? `nothing came for ${secondsOf(msOf(us))} (${node})` : unread === undefined ? null : `nothing came after the watch (${unread})`;
  return [{ what: 'the journal of every node was followed to the end of the watch', held: wrong === null, found: wrong ?? `longest silence ${secondsOf(msOf(us))} (${node})` }];
};

const isAway = (timeline: Timeline, node: NodeId, us: number): boolean => awaySpans(timeline, node).some((span) => within(span, us));

/** Of all nodes. */
const worstSilence = (timeline: Timeline, span: Span, pointsOf: (node: NodeId) => readonly number[]): { readonly node: NodeId; readonly us: number } =>
  timeline.nodes.map((node) => ({ node, us: longestSilence(timeline, node, span, pointsOf(node)) }))
    .reduce((worst, silence) => silence.us > worst.us ? silence : worst, { node: 'nobody', us: 0 });

/** While a node is away by a reset nobody expects to hear of it. */
const longestSilence = (timeline: Timeline, node: NodeId, span: Span, pointsUs: readonly number[]): number => {
  let worstUs = 0;
  let fromUs = span.fromUs;
  for (const away of [...awaySpans(timeline, node), { fromUs: span.toUs, toUs: Infinity }]) {
    const gap = longestGap(pointsUs, { fromUs, toUs: Math.max(fromUs, Math.min(away.fromUs, span.toUs)) });
    worstUs = Math.max(worstUs, gap.toUs - gap.fromUs);
    fromUs = Math.max(fromUs, Math.min(away.toUs, span.toUs));
  }
  return worstUs;
};
