// Who heard whom: of the probes that one node sent, how many another one got, second by second.

import { probeFates } from '../../analysis/arrivals.ts';
import type { NodeId } from '../../model/lab.ts';
import { awayStretches, outside, within } from './view.ts';
import type { Stretch, View } from './view.ts';

export interface Heard {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Of the probes that were sent during the fault, while both nodes ran; null: none was sent. */
  readonly share: number | null;
  readonly sent: number;
  /** Stretches of a like share, quantised to five levels: 4 all (95 % or more), 0 none. */
  readonly levels: readonly (Stretch & { readonly level: Level })[];
}

export type Level = 0 | 1 | 2 | 3 | 4;

const binMs = 1000;

/** All ordered pairs, in the lab's order. */
export const heardPairs = (view: View): readonly Heard[] =>
  view.nodes.flatMap((from) => view.nodes.filter((to) => to !== from).map((to) => heardPair(view, from, to)));

const heardPair = (view: View, from: NodeId, to: NodeId): Heard => {
  const { sent, arrived } = probeFates(view.timeline, from, to);
  const away = [...awayStretches(view, from), ...awayStretches(view, to)];
  const bins: Bin[] = [];
  const during = { sent: 0, got: 0 };
  sent.forEach(({ toUs }, place) => {
    const ms = view.ms(toUs);
    // What was sent last cannot have been heard before the record ended.
    if (ms > view.window.toMs - binMs || away.some((hole) => within(hole, ms))) return;
    const bin = Math.floor(ms / binMs);
    // Ticks come in order of time, and so do bins.
    if (bins.at(-1)?.bin !== bin) bins.push({ bin, sent: 0, got: 0 });
    const got = Number(arrived[place]);
    const last = bins.at(-1)!;
    last.sent += 1;
    last.got += got;
    if (view.fault === null || !within(view.fault, ms)) return;
    during.sent += 1;
    during.got += got;
  });
  return { from, to, sent: during.sent, share: during.sent === 0 ? null : during.got / during.sent, levels: outside(levelsOf(bins, view.window), away) };
};

/** Probes of one second, and how many of them arrived. */
interface Bin { readonly bin: number; sent: number; got: number }

const levelsOf = (bins: readonly Bin[], window: Stretch): Heard['levels'] => {
  const levels: { fromMs: number; toMs: number; level: Level }[] = [];
  for (const { bin, sent, got } of bins) {
    const level = levelOf(got / sent);
    const fromMs = Math.max(window.fromMs, bin * binMs);
    const toMs = Math.min(window.toMs, (bin + 1) * binMs);
    const last = levels.at(-1);
    if (toMs <= fromMs) continue;
    if (last?.level === level && last.toMs >= fromMs) last.toMs = toMs;
    else levels.push({ fromMs, toMs, level });
  }
  return levels;
};

const levelOf = (share: number): Level => (share >= 0.95 ? 4 : share >= 0.65 ? 3 : share >= 0.35 ? 2 : share > 0 ? 1 : 0);
