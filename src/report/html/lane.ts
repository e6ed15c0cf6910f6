// What a lane of the picture is made of: shapes on the time scale, each with words for what it shows.

import type { Stretch } from './view.ts';

/** How a shape looks; the style sheet knows each. Good is quiet, bad is loud. */
export type Tone =
  | 'good' | 'waiting' | 'warn' | 'bad' | 'worst' | 'away' | 'fault' | 'staged'
  | 'heard-0' | 'heard-1' | 'heard-2' | 'heard-3' | 'heard-4';

/** `state` is what the lane's thing was in that time: `down`, `expired`. */
export interface Span extends Stretch { readonly tone: Tone; readonly state: string }

export type Shape =
  | ({ readonly shape: 'span' } & Span)
  /** Points in time, as dots or as short strokes. */
  | { readonly shape: 'dots' | 'ticks'; readonly atMs: readonly number[] }
  | { readonly shape: 'mark'; readonly tone: Tone; readonly atMs: number; readonly words: string }
  /** Value 0 lies at the lane's bottom, 1 (an age of `topMs`) at its top; null lifts the pen. */
  | { readonly shape: 'curve'; readonly topMs: number; readonly points: readonly ({ readonly atMs: number; readonly value: number } | null)[] }
  /** A level across the lane, 0 to 1. */
  | { readonly shape: 'level'; readonly value: number };

export interface Lane {
  readonly label: string;
  /** A figure at the lane's right end. */
  readonly figure: string;
  readonly loud: boolean;
  readonly tall: boolean;
  /** What the lane says beside its figure and its spans; may be empty. */
  readonly says: string;
  readonly shapes: readonly Shape[];
}

export interface LaneGroup {
  /** What the lanes show; the legend tells more of it. */
  readonly title: string;
  readonly lanes: readonly Lane[];
}

export const spans = (list: readonly Span[]): readonly Shape[] => list.map((span) => ({ shape: 'span', ...span }));

/** A state over time as stretches, from its changes in order. */
export const stretchesOf = <State>(initial: State, changes: readonly { readonly atMs: number; readonly state: State }[], window: Stretch): readonly (Stretch & { readonly state: State })[] => {
  const stretches: (Stretch & { readonly state: State })[] = [];
  let state = initial;
  let fromMs = window.fromMs;
  for (const change of changes) {
    if (change.atMs <= window.fromMs || change.state === state) {
      state = change.state;
      continue;
    }
    const toMs = Math.min(change.atMs, window.toMs);
    if (toMs > fromMs) stretches.push({ fromMs, toMs, state });
    state = change.state;
    fromMs = toMs;
  }
  return fromMs < window.toMs ? [...stretches, { fromMs, toMs: window.toMs, state }] : stretches;
};

/** A node that comes back from a reset begins anew: its state then is `fresh`, until it says otherwise. */
export const withResets = <State>(changes: readonly { readonly atMs: number; readonly state: State }[], away: readonly Stretch[], fresh: State): readonly { readonly atMs: number; readonly state: State }[] =>
  [...changes, ...away.map(({ fromMs }) => ({ atMs: fromMs, state: fresh }))].sort((a, b) => a.atMs - b.atMs);

/** As it should be: drawn as a thin line, and told last. */
export const isQuiet = (tone: Tone): boolean => tone === 'good' || tone === 'heard-4';

export const lengthMs = (list: readonly Stretch[]): number => list.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
