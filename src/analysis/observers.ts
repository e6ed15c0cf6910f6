// Whether the observers lived while they were needed: silence is not calm.

import { middleUs, msOf } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import type { Span, Timeline, Window } from './timeline.ts';
import { awaySpans, longestGap } from './timeline.ts';
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
  const silences = timeline.nodes.map((node) => ({ node, us: longestSilence(timeline, node, watchedSpan(timeline, window)) }));
  const { node, us } = silences.reduce((worst, silence) => silence.us > worst.us ? silence : worst, { node: 'nobody', us: 0 });
  return {
    what: 'every node was watched without a gap of 2 s',
    held: silences.length > 0 && us <= longestSilenceUs,
    found: silences.length === 0 ? 'no nodes' : `longest silence ${secondsOf(msOf(us))} (${node})`,
  };
};

/** While a node is away by a reset nobody expects to hear of it. */
const longestSilence = (timeline: Timeline, node: NodeId, span: Span): number => {
  const ticks = timeline.by(node, 'tick').map((tick) => middleUs(tick.at));
  let worstUs = 0;
  let fromUs = span.fromUs;
  for (const away of [...awaySpans(timeline, node), { fromUs: span.toUs, toUs: Infinity }]) {
    const gap = longestGap(ticks, { fromUs, toUs: Math.max(fromUs, Math.min(away.fromUs, span.toUs)) });
    worstUs = Math.max(worstUs, gap.toUs - gap.fromUs);
    fromUs = Math.max(fromUs, Math.min(away.toUs, span.toUs));
  }
  return worstUs;
};
