// The lanes of what the cluster felt: who was heard, knet's links, quorum, ordered delivery.

import { deliveryStalls } from '../../analysis/delivery.ts';
import type { Instant } from '../../model/instant.ts';
import type { NodeId } from '../../model/lab.ts';
import { listed, percent, seconds } from '../words.ts';
import { awaySpans } from './bond-lanes.ts';
import type { Heard } from './heard.ts';
import { lengthMs, spans, stretchesOf, withResets } from './lane.ts';
import type { Lane, LaneGroup, Shape, Span } from './lane.ts';
import { atMs, awayStretches, inFault, outside, shown } from './view.ts';
import type { Stretch, View } from './view.ts';

/** More pairs than this, and those that nothing happened to share one lane. */
const pairsShown = 12;

export const heardGroup = (view: View, pairs: readonly Heard[]): LaneGroup => ({
  title: 'Probes heard',
  caption: 'Ten a second from every node to every other over the bond; dark means that none arrived.',
  lanes: quietTogether(pairs.map((pair) => heardLane(view, pair)), 'heard without loss throughout'),
});

export const knetGroup = (view: View): LaneGroup => ({
  title: 'knet links',
  caption: "corosync's own view of each link, from the node that logs it to its peer.",
  lanes: quietTogether(view.nodes.flatMap((node) => view.nodes.filter((peer) => peer !== node).flatMap((peer) => knetLanes(view, node, peer))), 'up throughout'),
});

export const quorumGroup = (view: View): LaneGroup => ({
  title: 'Quorum',
  caption: 'Whether the node counts itself among a majority. Strokes: a new membership was formed.',
  lanes: view.nodes.map((node) => {
    const changes = withResets(view.timeline.by(node, 'quorum-changed').map((event) => ({ atMs: atMs(view, event), state: event.quorate })), awayStretches(view, node), true);
    const initial = changes.findLast((change) => change.atMs <= view.window.fromMs)?.state ?? true;
    const parts = outside(stretchesOf(initial, changes, view.window), awayStretches(view, node));
    const lost = inFault(view, parts.filter(({ state }) => !state));
    const formed = view.timeline.by(node, 'membership-formed').map((event) => atMs(view, event)).filter((ms) => ms >= view.window.fromMs);
    return lane(view, node, {
      figure: lengthMs(lost) > 0 ? `${seconds(lengthMs(lost))} lost` : formed.length > 0 ? `kept, ${formed.length}×` : 'kept',
      loud: lost.length > 0,
      title: `${node}: out of quorum for ${seconds(lengthMs(lost))} while it ran; ${formed.length} memberships`,
      shapes: [
        ...spans(parts.map(({ state, ...stretch }) => ({ ...stretch, tone: state ? 'good' : 'bad', title: `${node} ${state ? 'quorate' : 'out of quorum'}, ${range(stretch)}` }))),
        { shape: 'ticks', atMs: formed },
      ],
    });
  }),
});

export const deliveryGroup = (view: View): LaneGroup => ({
  title: 'Ordered delivery',
  caption: 'Whether a message sent to the group comes back to its sender: what /etc/pve, and with it HA, depends on.',
  lanes: view.nodes.map((node) => {
    const stalls = stallsOf(view, node);
    // What the table says: the longest wait of one message. Waits that overlap are drawn as one.
    const longestMs = inFault(view, stalls).length > 0 ? view.trial.nodes[node]?.deliveryOutageMs ?? 0 : 0;
    return lane(view, node, {
      figure: longestMs > 0 ? `${seconds(longestMs)} still` : 'flowing',
      loud: longestMs > 0,
      title: `${node}: longest time without ordered delivery ${seconds(longestMs)}`,
      shapes: spans([
        ...outside(outside([view.window], stalls), awayStretches(view, node)).map((stretch) => ({ ...stretch, tone: 'good' as const, title: `${node} delivers` })),
        ...stalls.map((stretch) => ({ ...stretch, tone: 'bad' as const, title: `${node}: nothing delivered for ${seconds(lengthMs([stretch]))}, ${range(stretch)}` })),
      ]),
    });
  }),
});

const lane = (view: View, node: NodeId, parts: Pick<Lane, 'figure' | 'loud' | 'title' | 'shapes'>): Lane => ({
  label: node === view.trial.victim ? `${node} (victim)` : node,
  height: 16,
  ...parts,
  shapes: [...parts.shapes, ...spans(awaySpans(awayStretches(view, node), node))],
});

const heardLane = (view: View, { from, to, share, sent, levels }: Heard): Lane => {
  const dark = levels.filter(({ level }) => level === 0);
  const label = `${from} → ${to}`;
  const weaves: readonly Shape[] = ([4, 3, 2, 1] as const).map((level) => ({ shape: 'weave', tone: `heard-${level}`, spans: levels.filter((one) => one.level === level) }));
  return {
    label,
    figure: share === null ? '' : percent(share),
    loud: share !== null && share < 0.95,
    height: 12,
    title: `${label}: ${share === null ? 'no probe was sent' : `${percent(share)} of ${sent} probes`} heard during the fault`,
    shapes: [
      ...weaves.filter((weave) => weave.shape === 'weave' && weave.spans.length > 0),
      ...spans(dark.map(({ fromMs, toMs }) => ({ fromMs, toMs, tone: 'heard-0', title: `${label}: nothing heard, ${range({ fromMs, toMs })}` }))),
      ...spans(downOf(view, from, to)),
    ],
  };
};

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
    height: 12,
    title: `${label}: down for ${seconds(lengthMs(down))}, ${changes.length} changes`,
    shapes: spans([
      ...parts.map(({ state, ...stretch }) => ({ ...stretch, tone: state ? 'good' as const : 'bad' as const, title: `knet ${label} ${state ? 'up' : 'down'}, ${range(stretch)}` })),
      ...awaySpans(awayStretches(view, node), node),
    ]),
  };
};

const downOf = (view: View, ...nodes: readonly NodeId[]): readonly Span[] => nodes.flatMap((node) => awaySpans(awayStretches(view, node), node));

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
  return [...loud, { ...first, label: `${quiet.length} others`, title: `${listed(quiet.map(({ label }) => label))}: ${words}` }];
};

const range = ({ fromMs, toMs }: Stretch): string => `${seconds(fromMs)} to ${seconds(toMs)}`;
