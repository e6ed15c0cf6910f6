// A lane in words: what its shapes show, for whoever cannot see them, and for whoever points at them.

import { seconds } from '../words.ts';
import { isQuiet } from './lane.ts';
import type { Lane, Shape, Span } from './lane.ts';

/** More stretches of one state than this are counted, not told. */
const toldAtMost = 8;

/** `down 1.6 s to 98.0 s, else up`; marks with their times; what the lane says beside. */
export const laneWords = ({ says, shapes }: Lane): string => {
  const marks = shapes.filter((shape) => shape.shape === 'mark');
  return [spanWords(shapes.filter((shape) => shape.shape === 'span')), ...marks.map(({ words, atMs }) => `${words} at ${seconds(atMs)}`), says].filter((part) => part !== '').join('; ');
};

const spanWords = (spans: readonly Extract<Shape, { readonly shape: 'span' }>[]): string => {
  const loud = [...statesOf(spans.filter(({ tone }) => !isQuiet(tone)))].map(([state, all]) => `${state} ${rangesOf(all)}`);
  const quiet = [...statesOf(spans.filter(({ tone }) => isQuiet(tone))).keys()].join(' or ');
  if (quiet === '') return loud.join('; ');
  return loud.length === 0 ? `${quiet} throughout` : `${loud.join('; ')}; else ${quiet}`;
};

/** In order of their first stretch. */
export const statesOf = (spans: readonly Span[]): ReadonlyMap<string, readonly Span[]> => Map.groupBy(spans, ({ state }) => state);

const rangesOf = (spans: readonly Span[]): string => {
  const told = spans.slice(0, toldAtMost).map(({ fromMs, toMs }) => `${seconds(fromMs)} to ${seconds(toMs)}`).join(', ');
  return spans.length > toldAtMost ? `${told} and ${spans.length - toldAtMost} times more` : told;
};
