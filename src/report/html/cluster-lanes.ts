// The lanes of what the cluster felt: who was heard, knet's links, quorum, ordered delivery.

import { deliveryStalls } from '../../analysis/delivery.ts';
import type { Instant } from '../../model/instant.ts';
import type { NodeId } from '../../model/lab.ts';
import { percent, seconds } from '../words.ts';
import { awaySpans } from './bond-lanes.ts';
import type { Heard } from './heard.ts';
import { lengthMs, spans, stretchesOf, withResets } from './lane.ts';
import type { Lane, LaneGroup, Span } from './lane.ts';
import { atMs, awayStretches, inFault, nodeLabel, outside, shown } from './view.ts';
import type { Stretch, View } from './view.ts';

/** More pairs than this, and those that nothing happened to share one lane. */
const pairsShown = 12;

export const heardGroup = (view: View, pairs: readonly Heard[]): LaneGroup => ({
  title: 'Probes heard',
  lanes: quietTogether(pairs.map((pair) => heardLane(view, pair)), 'heard without loss throughout'),
});

export const knetGroup = (view: View): LaneGroup => ({
  title: 'knet links',
  lanes: quietTogether(view.nodes.flatMap((node) => view.nodes.filter((peer) => peer !== node).flatMap((peer) => knetLanes(view, node, peer))), 'up throughout'),
});

export const quorumGroup = (view: View): LaneGroup => ({
  title: 'Quorum',
  lanes: view.nodes.map((node) => {
    const changes = withResets(view.timeline.by(node, 'quorum-changed').map((event) => ({ atMs: atMs(view, event), state: event.quorate })), awayStretches(view, node), true);
    const initial = changes.findLast((change) => change.atMs <= view.window.fromMs)?.state ?? true;
    const parts = outside(stretchesOf(initial, changes, view.window), awayStretches(view, node));
    const lost = inFault(view, parts.filter(({ state }) => !state));
    const formed = view.timeline.by(node, 'membership-formed').map((event) => atMs(view, event)).filter((ms) => ms >= view.window.fromMs);
    return lane(view, node, {
      figure: lengthMs(lost) > 0 ? `${seconds(lengthMs(lost))} lost` : formed.length > 0 ? `kept, ${formed.length}×` : 'kept',
      loud: lost.length > 0,
      says: `new memberships: ${formed.length}`,
      shapes: [
        ...spans(parts.map(({ state, ...stretch }) => ({ ...stretch, tone: state ? 'good' : 'bad', state: state ? 'quorate' : 'out of quorum' }))),
        { shape: 'ticks', atMs: formed },
      ],
    });
  }),
});

export const deliveryGroup = (view: View): LaneGroup => ({
  title: 'Ordered delivery',
  lanes: view.nodes.map((node) => {
    const stalls = stallsOf(view, node);
    // What the table says: the longest wait of one message. Waits that overlap are drawn as one.
    const longestMs = inFault(view, stalls).length > 0 ? view.trial.nodes[node]?.deliveryOutageMs ?? 0 : 0;
    return lane(view, node, {
      figure: longestMs > 0 ? `${seconds(longestMs)} still` : 'flowing',
      loud: longestMs > 0,
      says: '',
      shapes: spans([
        ...outside(outside([view.window], stalls), awayStretches(view, node)).map((stretch) => ({ ...stretch, tone: 'good' as const, state: 'delivering' })),
        ...stalls.map((stretch) => ({ ...stretch, tone: 'bad' as const, state: 'not delivering' })),
      ]),
    });
  }),
});

const lane = (view: View, node: NodeId, parts: Pick<Lane, 'figure' | 'loud' | 'says' | 'shapes'>): Lane => ({
  label: nodeLabel(view, node),
  tall: false,
  ...parts,
  shapes: [...parts.shapes, ...spans(awaySpans(awayStretches(view, node)))],
});

/** In order of levels. */
const heardWords = ['nothing heard', 'few heard', 'about half heard', 'most heard', 'all heard'] as const;

const heardLane = (view: View, { from, to, share, sent, levels }: Heard): Lane => ({
  label: `${from} → ${to}`,
  figure: share === null ? '' : percent(share),
  loud: share !== null && share < 0.95,
  tall: false,
  says: share === null ? 'no probe was sent' : `of ${sent} probes`,
  shapes: spans([...levels.map(({ level, ...stretch }) => ({ ...stretch, tone: `heard-${level}` as const, state: heardWords[level] })), ...downOf(view, from, to)]),
});

/** One for each link between the two that the node said anything of. */
const knetLanes = (view: View, node: NodeId, peer: NodeId): readonly Lane[] => {
  const changes = view.timeline.by(node, 'knet-link-changed').filter((event) => event.peer === peer);
  const links = [...new Set(changes.map(({ link }) => link))].sort((a, b) => a - b);
  if (links.length < 2) return [knetLane(view, node, `${node} → ${peer}`, changes)];
  return links.map((link) => knetLane(view, node, `${node} → ${peer}, ${link}`, changes.filter((event) => event.link === link)));
};

const knetLane = (view: View, node: NodeId, label: string, changes: readonly { readonly at: Instant; readonly up: boolean }[]): Lane => {
  const states = withResets(changes.map((event) => ({ atMs: atMs(view, event), state: event.up })), awayStretches(view, node), true);
  const parts = outside(stretchesOf(states.findLast((state) => state.atMs <= view.window.fromMs)?.state ?? true, states, view.window), awayStretches(view, node));
  const down = inFault(view, parts.filter(({ state }) => !state));
  return {
    label,
    figure: lengthMs(down) > 0 ? `${seconds(lengthMs(down))} down` : 'up',
    loud: down.length > 0,
    tall: false,
    says: '',
    shapes: spans([
      ...parts.map(({ state, ...stretch }) => ({ ...stretch, tone: state ? 'good' as const : 'bad' as const, state: state ? 'up' : 'down' })),
      ...awaySpans(awayStretches(view, node)),
    ]),
  };
};

const downOf = (view: View, ...nodes: readonly NodeId[]): readonly Span[] => nodes.flatMap((node) => awaySpans(awayStretches(view, node)));

/** When messages waited while the node ran. */
const stallsOf = (view: View, node: NodeId): readonly Stretch[] => deliveryStalls(view.timeline, node).flatMap(({ fromUs, toUs }) => {
  const stall = shown(view, { fromMs: view.ms(fromUs), toMs: view.ms(toUs) });
  return stall === null ? [] : outside([stall], awayStretches(view, node));
});

const quietTogether = (lanes: readonly Lane[], words: string): readonly Lane[] => {
  if (lanes.length <= pairsShown) return lanes;
  const loud = lanes.filter((one) => one.loud);
  const quiet = lanes.filter((one) => !one.loud);
  const first = quiet[0];
  if (first === undefined) return lanes;
  return [...loud, { ...first, label: `${quiet.length} others`, says: `${words}: ${pairWords(quiet.map(({ label }) => label))}` }];
};

/** `a → b`, `a → c` and `b → a` as `a → b, c; b → a`: of nine nodes there are 72 of them. */
const pairWords = (labels: readonly string[]): string =>
  [...Map.groupBy(labels.map((label) => label.split(arrow)), ([from]) => from)].map(([from, pairs]) => `${from}${arrow}${pairs.map(([, to]) => to!.replace(', ', ' link ')).join(', ')}`).join('; ');

const arrow = ' → ';
