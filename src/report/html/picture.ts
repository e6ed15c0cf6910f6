// The picture of a trial: groups of lanes on one time axis. Shapes are SVG that stretches with the page, words stay HTML.

import { escapeMarkup } from '../text.ts';
import { seconds } from '../words.ts';
import type { Lane, LaneGroup, Shape } from './lane.ts';
import type { Stretch, View } from './view.ts';

/** Horizontal units of every lane's SVG; the picture is stretched to the page. */
const units = 1000;

export const picture = (view: View, groups: readonly LaneGroup[]): string => {
  const { window } = view;
  const marks = headMarks(view);
  return [
    '<div class="picture">',
    overlay(window, marks),
    axis(window),
    headLabels(window, marks),
    ...groups.map((group) => groupHtml(group, window)),
    axis(window),
    '</div>',
  ].join('\n');
};

const groupHtml = (group: LaneGroup, window: Stretch): string =>
  [`<div class="group"><h4>${escapeMarkup(group.title)}</h4><p>${escapeMarkup(group.caption)}</p></div>`, ...group.lanes.map((lane) => laneHtml(lane, window))].join('\n');

const laneHtml = (lane: Lane, window: Stretch): string => {
  const scale = scaleOf(window);
  const shapes = lane.shapes.map((shape) => shapeSvg(shape, scale, lane.height)).join('');
  const svg = `<svg viewBox="0 0 ${units} ${lane.height}" height="${lane.height}" preserveAspectRatio="none" role="img" aria-label="${escapeMarkup(lane.title)}">${shapes}</svg>`;
  return `<div class="lane${lane.loud ? ' loud' : ''}${lane.height > 20 ? ' tall' : ''}"><span>${escapeMarkup(lane.label)}</span>${svg}<span>${escapeMarkup(lane.figure)}</span></div>`;
};

type Scale = (ms: number) => number;

const scaleOf = ({ fromMs, toMs }: Stretch): Scale => (ms) => Math.round((Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs))) * units) * 10) / 10;

/** Good lies flat along the middle so that what is bad stands out of it. */
const shapeSvg = (shape: Shape, x: Scale, height: number): string => {
  switch (shape.shape) {
    case 'span': {
      const [top, tall] = extent(shape.tone, height);
      const from = x(shape.fromMs);
      return `<rect class="${shape.tone}" x="${from}" y="${top}" width="${width(from, x(shape.toMs))}" height="${tall}"><title>${escapeMarkup(shape.title)}</title></rect>`;
    }
    case 'weave': {
      const [top, tall] = extent(shape.tone, height);
      const path = shape.spans.map(({ fromMs, toMs }) => `M${x(fromMs)} ${top}h${width(x(fromMs), x(toMs))}v${tall}H${x(fromMs)}z`).join('');
      return `<path class="${shape.tone}" d="${path}"/>`;
    }
    case 'dots':
      return shape.atMs.length === 0 ? '' : `<path class="dots" d="${shape.atMs.map((ms) => `M${x(ms)} ${height - 2.5}h0`).join('')}"/>`;
    case 'ticks':
      return shape.atMs.length === 0 ? '' : `<path class="ticks" d="${shape.atMs.map((ms) => `M${x(ms)} ${height - 5}v5`).join('')}"/>`;
    case 'mark':
      return `<path class="mark ${shape.tone}-line" d="M${x(shape.atMs)} 0v${height}"><title>${escapeMarkup(shape.title)}</title></path>`;
    case 'curve':
      return `<path class="curve" d="${curvePath(shape.points, x, height)}"/>`;
    case 'level': {
      const y = level(shape.value, height);
      return `<path class="level" d="M0 ${y}H${units}"><title>${escapeMarkup(shape.title)}</title></path>`;
    }
  }
};

const extent = (tone: string, height: number): readonly [top: number, tall: number] => {
  if (tone === 'good' || tone === 'heard-4') return [height / 2 - 1.5, 3];
  return [1, height - 2];
};

/** Never so thin that it is not seen. */
const width = (from: number, to: number): number => Math.round(Math.max(0.8, to - from) * 10) / 10;

const level = (value: number, height: number): number => Math.round((height - 3 - value * (height - 4)) * 10) / 10;

const curvePath = (points: Extract<Shape, { readonly shape: 'curve' }>['points'], x: Scale, height: number): string =>
  points.map((point, index) => (point === null ? '' : `${index === 0 || points[index - 1] === null ? 'M' : 'L'}${x(point.atMs)} ${level(point.value, height)}`)).join('');

interface HeadMark { readonly atMs: number; readonly words: string; readonly kind: 'inject' | 'revert' | 'reset'; readonly title: string }

/** Injection, revert and resets go through all lanes. */
const headMarks = ({ fault, trial, timeline }: View): readonly HeadMark[] => [
  ...(fault === null ? [] : [{ atMs: 0, words: 'fault', kind: 'inject' as const, title: 'the fault is injected' }]),
  ...trial.fenced.map(({ node, afterMs, errorMs, rehearsed }) => ({
    atMs: afterMs,
    words: `${node} ${rehearsed ? 'would reset' : 'reset'}`,
    kind: 'reset' as const,
    title: `${node} ${rehearsed ? 'would have been reset' : 'was reset'} at ${seconds(afterMs)}, give or take ${seconds(errorMs)}`,
  })),
  ...(fault === null || (timeline.window?.reverted ?? null) === null ? [] : [{ atMs: fault.toMs, words: 'reverted', kind: 'revert' as const, title: `the fault is taken away at ${seconds(fault.toMs)}` }]),
];

const overlay = (window: Stretch, marks: readonly HeadMark[]): string => {
  const x = scaleOf(window);
  const grid = gridMs(window).map((ms) => `<path class="grid" d="M${x(ms)} 0V100"/>`).join('');
  const lines = marks.map(({ atMs, kind, title }) => `<path class="${kind}" d="M${x(atMs)} 0V100"><title>${escapeMarkup(title)}</title></path>`).join('');
  return `<svg class="overlay" viewBox="0 0 ${units} 100" preserveAspectRatio="none" aria-hidden="true">${grid}${lines}</svg>`;
};

/** Labels that would overlap go to rows of their own. */
const headLabels = (window: Stretch, marks: readonly HeadMark[]): string => {
  const x = scaleOf(window);
  const rows: number[] = [];
  const labels = [...marks].sort((a, b) => a.atMs - b.atMs).map((mark) => {
    const at = x(mark.atMs);
    // A character is about 9 units wide on a narrow page; labels near the right end grow to the left.
    const size = mark.words.length * 9 + 14;
    const flipped = at + size > units;
    const [from, to] = flipped ? [at - size, at] : [at, at + size];
    const free = rows.findIndex((end) => end <= from);
    const row = free < 0 ? rows.length : free;
    rows[row] = to;
    const place = flipped ? `right:${percentOf(units - at)}` : `left:${percentOf(at)}`;
    return `<span class="${mark.kind}${flipped ? ' flipped' : ''}" style="${place};top:${(row * 1.35).toFixed(2)}em" title="${escapeMarkup(mark.title)}">${escapeMarkup(mark.words)}</span>`;
  });
  return `<div class="lane heads"><span></span><div style="height:${(Math.max(1, rows.length) * 1.35).toFixed(2)}em">${labels.join('')}</div><span></span></div>`;
};

const axis = (window: Stretch): string => {
  const x = scaleOf(window);
  const labels = gridMs(window).map((ms) => `<span style="left:${percentOf(x(ms))}">${Math.round(ms / 1000)}</span>`).join('');
  return `<div class="lane axis"><span>seconds</span><div>${labels}</div><span></span></div>`;
};

const gridMs = ({ fromMs, toMs }: Stretch): readonly number[] => {
  const stepMs = [1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000].find((step) => (toMs - fromMs) / step <= 12) ?? 3_600_000;
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor(toMs / stepMs);
  return Array.from({ length: Math.max(0, Math.min(400, last - first + 1)) }, (_, index) => (first + index) * stepMs);
};

const percentOf = (at: number): string => `${(at / 10).toFixed(2)}%`;
