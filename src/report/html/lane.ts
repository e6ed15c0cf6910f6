// What a lane of the picture is made of: shapes on the time scale, each with words that a reader sees when pointing at it.

import type { Stretch } from './view.ts';

/** How a shape looks; the style sheet knows each. Good is quiet, bad is loud. */
export type Tone =
  | 'good' | 'waiting' | 'warn' | 'bad' | 'worst' | 'away' | 'fault' | 'staged'
  | 'heard-0' | 'heard-1' | 'heard-2' | 'heard-3' | 'heard-4';

export interface Span extends Stretch { readonly tone: Tone; readonly title: string }

export type Shape =
  | ({ readonly shape: 'span' } & Span)
  /** Many spans of one tone as one path, for what is too fine to point at. */
  | { readonly shape: 'weave'; readonly tone: Tone; readonly spans: readonly Stretch[] }
  /** Points in time, as dots or as short strokes. */
  | { readonly shape: 'dots' | 'ticks'; readonly atMs: readonly number[] }
  | { readonly shape: 'mark'; readonly tone: Tone; readonly atMs: number; readonly title: string }
  /** Value 0 lies at the lane's bottom, 1 at its top; null lifts the pen. */
  | { readonly shape: 'curve'; readonly points: readonly ({ readonly atMs: number; readonly value: number } | null)[] }
  /** A level across the lane, 0 to 1. */
  | { readonly shape: 'level'; readonly value: number; readonly title: string };

export interface Lane {
  readonly label: string;
  /** A figure at the lane's right end. */
  readonly figure: string;
  readonly loud: boolean;
  readonly height: number;
  /** What the whole lane says, for a reader who points beside the shapes or hears it read. */
  readonly title: string;
  readonly shapes: readonly Shape[];
}

export interface LaneGroup {
  readonly title: string;
  /** What the lanes show, in plain words. */
  readonly caption: string;
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

export const lengthMs = (list: readonly Stretch[]): number => list.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
