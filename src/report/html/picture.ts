// The picture of a trial: a table of lanes on one time axis. Shapes are SVG that stretches with the page and is told in words, too; words stay HTML.

import { escapeMarkup } from '../text.ts';
import { seconds } from '../words.ts';
import { isQuiet, type Lane, type LaneGroup, type Shape, type Span, type Tone } from './lane.ts';
import { laneWords, statesOf } from './lane-words.ts';
import type { Stretch, View } from './view.ts';

/** Horizontal units of every lane's SVG; the picture is stretched to the page. The page's script (script.ts) reads them back. */
const units = 1000;

/** Heights of lanes, as in the style sheet. */
const [lowHeight, tallHeight] = [14, 30];

/** `name` is what the picture is of. */
export const picture = (view: View, groups: readonly LaneGroup[], name: string): string => {
  const { window } = view;
  const marks = headMarks(view);
  return [
    `<div class="picture" data-from="${Math.round(window.fromMs)}" data-to="${Math.round(window.toMs)}">`,
    overlay(window, marks),
    `<table><caption class="unseen">${escapeMarkup(name)}, lane by lane, in seconds after the injection</caption>`,
    `<thead>${axis(window)}${headLabels(window, marks)}</thead>`,
    ...groups.map((group) => groupHtml(group, window)),
    '</table>',
    '</div>',
  ].join('\n');
};

const groupHtml = (group: LaneGroup, window: Stretch): string =>
  [`<tbody><tr class="group"><th colspan="3">${escapeMarkup(group.title)}</th></tr>`, ...group.lanes.map((lane) => laneHtml(lane, window)), '</tbody>'].join('\n');

const laneHtml = (lane: Lane, window: Stretch): string => {
  const scale = scaleOf(window);
  const height = lane.tall ? tallHeight : lowHeight;
  const classes = [...lane.loud ? ['loud'] : [], ...lane.tall ? ['tall'] : []].join(' ');
  const svg = `<svg viewBox="0 0 ${units} ${height}" preserveAspectRatio="none" role="img"><title>${escapeMarkup(laneWords(lane))}</title>${spansSvg(lane, scale, height)}${lane.shapes.map((shape) => shapeSvg(shape, scale, height)).join('')}</svg>`;
  return `<tr${classes === '' ? '' : ` class="${classes}"`}><th>${escapeMarkup(lane.label)}</th><td>${svg}</td><td>${escapeMarkup(lane.figure)}</td></tr>`;
};

type Scale = (ms: number) => number;

const scaleOf = ({ fromMs, toMs }: Stretch): Scale => (ms) => Math.round((Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs))) * units) * 10) / 10;

/** All stretches of one state are one path of thick strokes. What is quiet lies below what is loud, and resets above all. */
const spansSvg = ({ shapes }: Lane, x: Scale, height: number): string => {
  const spans = shapes.filter((shape) => shape.shape === 'span');
  const rank = ({ tone }: Span): number => isQuiet(tone) ? 0 : tone === 'away' ? 2 : 1;
  const states = [...statesOf(spans)].sort(([, [a]], [, [b]]) => rank(a!) - rank(b!));
  return states.map(([state, all]) =>
    `<path class="${all[0]!.tone}"${saidByTone(all[0]!.tone) ? '' : ` data-is="${escapeMarkup(state)}"`} d="${all.map(({ fromMs, toMs }) => `M${x(fromMs)} ${height / 2}h${width(x(fromMs), x(toMs))}`).join('')}"/>`).join('');
};

/** The script knows these states by their class, in every lane. */
const saidByTone = (tone: Tone): boolean => tone === 'away' || tone.startsWith('heard-');

const shapeSvg = (shape: Shape, x: Scale, height: number): string => {
  switch (shape.shape) {
    case 'span':
      return '';
    case 'dots':
      return shape.atMs.length === 0 ? '' : `<path class="dots" d="${dotsPath(shape.atMs.map(x), height - 2.5)}"/>`;
    case 'ticks':
      return shape.atMs.length === 0 ? '' : `<path class="ticks" d="${shape.atMs.map((ms) => `M${x(ms)} ${height - 5}v5`).join('')}"/>`;
    case 'mark': {
      const [top, tall] = markExtent(shape.tone, height);
      return `<path class="mark ${shape.tone}-line" data-is="${escapeMarkup(shape.words)}" d="M${x(shape.atMs)} ${top}v${tall}"/>`;
    }
    case 'curve':
      return `<path class="curve" data-top="${shape.topMs / 1000}" d="${curvePath(shape.points, x, height)}"/>`;
    case 'level':
      return `<path class="level" d="M0 ${level(shape.value, height)}H${units}"/>`;
  }
};

/** Each from the one before it, which takes fewer digits. */
const dotsPath = (places: readonly number[], y: number): string =>
  places.map((at, n) => n === 0 ? `M${at} ${y}h0` : `m${Math.round((at - places[n - 1]!) * 10) / 10} 0h0`).join('');

/** Marks differ in height as well as in colour: the worse, the taller; what was saved hangs from the top. */
const markExtent = (tone: string, height: number): readonly [top: number, tall: number] => {
  const share = { waiting: 0.35, warn: 0.6, bad: 0.8, good: 0.35 }[tone] ?? 1;
  return [tone === 'good' ? 0 : Math.round(height * (1 - share)), Math.round(height * share)];
};

/** Never so thin that it is not seen. */
const width = (from: number, to: number): number => Math.round(Math.max(0.8, to - from) * 10) / 10;

/** The way back is in script.ts. */
const level = (value: number, height: number): number => Math.round((height - 3 - value * (height - 4)) * 100) / 100;

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
  const grid = `<path class="grid" d="${gridMs(window).map((ms) => `M${x(ms)} 0V100`).join('')}"/>`;
  const lines = marks.map(({ atMs, kind }) => `<path class="${kind}" d="M${x(atMs)} 0V100"/>`).join('');
  return `<svg class="overlay" viewBox="0 0 ${units} 100" preserveAspectRatio="none" aria-hidden="true">${grid}${lines}</svg>`;
};

/** Labels that would overlap go to rows of their own. */
const headLabels = (window: Stretch, marks: readonly HeadMark[]): string => {
  const x = scaleOf(window);
  const rows: number[] = [];
  const labels = [...marks].sort((a, b) => a.atMs - b.atMs).map((mark) => {
    const at = x(mark.atMs);
    // A character is about 24 units wide on a phone; labels near the right end grow to the left.
    const size = mark.words.length * 24 + 14;
    const flipped = at + size > units;
    const [from, to] = flipped ? [at - size, at] : [at, at + size];
    const free = rows.findIndex((end) => end <= from);
    const row = free < 0 ? rows.length : free;
    rows[row] = to;
    const place = flipped ? `right:${percentOf(units - at)}` : `left:${percentOf(at)}`;
    return `<span class="${mark.kind}${flipped ? ' flipped' : ''}" style="${place};top:${(row * 1.35).toFixed(2)}em" title="${escapeMarkup(mark.title)}">${escapeMarkup(mark.words)}</span>`;
  });
  return `<tr class="heads"><td></td><td><div style="height:${(Math.max(1, rows.length) * 1.35).toFixed(2)}em">${labels.join(' ')}</div></td><td></td></tr>`;
};

const axis = (window: Stretch): string => {
  const x = scaleOf(window);
  const labels = gridMs(window).map((ms) => `<span style="left:${percentOf(x(ms))}">${Math.round(ms / 1000)}</span>`).join('');
  return `<tr class="axis" aria-hidden="true"><th>seconds</th><td><div>${labels}</div></td><td></td></tr>`;
};

const gridMs = ({ fromMs, toMs }: Stretch): readonly number[] => {
  const stepMs = [1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000].find((step) => (toMs - fromMs) / step <= 12) ?? 3_600_000;
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor(toMs / stepMs);
  return Array.from({ length: Math.max(0, Math.min(400, last - first + 1)) }, (_, index) => (first + index) * stepMs);
};

const percentOf = (at: number): string => `${(at / 10).toFixed(2)}%`;
