// The page's script, as far as it is pure: where the view goes, and what a lane shows there. It is the text itself that runs, without a page.

import { createContext, runInContext } from 'node:vm';
import test from 'ava';
import { heardGroup } from '../../../src/report/html/cluster-lanes.ts';
import { heardPairs } from '../../../src/report/html/heard.ts';
import type { LaneGroup } from '../../../src/report/html/lane.ts';
import { picture } from '../../../src/report/html/picture.ts';
import { script } from '../../../src/report/html/script.ts';
import { viewOf } from '../../../src/report/html/view.ts';
import { goldenRun, goldenTrials } from '../golden.ts';

const context = createContext({ document: { querySelectorAll: () => [] } });
runInContext(script, context);
const call = (name: string, ...args: readonly unknown[]): unknown => JSON.parse(runInContext(`JSON.stringify(${name}(...${JSON.stringify(args)}) ?? null)`, context) as string) as unknown;

const view = { from: -10_000, to: 90_000, a: -10_000, b: 90_000, at: 0 };
const near = { ...view, a: 10_000, b: 20_000, at: 15_000 };

test('it is small', (t) => t.true(Buffer.byteLength(script) < 8 * 1024, String(Buffer.byteLength(script))));

test('arrow keys move the cursor by a hundredth of what is shown, with Shift by a tenth, and never out of the picture', (t) => {
  t.deepEqual(call('pressed', view, 'ArrowRight', false), { ...view, at: 1000 });
  t.deepEqual(call('pressed', view, 'ArrowLeft', true), { ...view, at: -10_000 });
  t.deepEqual(call('pressed', view, 'ArrowDown', false), { ...view, at: -1000 });
  t.deepEqual(call('pressed', { ...view, at: 89_900 }, 'ArrowUp', false), { ...view, at: 90_000 });
  t.deepEqual([call('pressed', view, 'Home', false), call('pressed', view, 'End', false)], [{ ...view, at: -10_000 }, { ...view, at: 90_000 }]);
  t.is(call('pressed', view, 'Tab', false), null);
});

test('what is shown follows the cursor', (t) => {
  t.deepEqual(call('pressed', { ...near, at: 20_000 }, 'ArrowRight', true), { ...near, a: 11_000, b: 21_000, at: 21_000 });
  t.deepEqual(call('pressed', near, 'Home', false), { ...near, a: -10_000, b: 0, at: -10_000 });
});

test('zoom keeps the time under the cursor where it is, ends at the whole and at a fifth of a second', (t) => {
  t.deepEqual(call('pressed', near, '+', false), { ...near, a: 12_500, b: 17_500 });
  t.deepEqual(call('pressed', near, '-', false), { ...near, a: 5000, b: 25_000 });
  t.deepEqual(call('zoomed', near, 1000, 15_000), { ...near, a: -10_000, b: 90_000 });
  t.deepEqual(call('zoomed', near, 0.0001, 15_000), { ...near, a: 14_900, b: 15_100 });
  for (const key of ['0', 'Escape']) t.deepEqual(call('pressed', near, key, false), { ...near, a: -10_000, b: 90_000 });
});

test('what is shown can be moved, to the ends of the picture', (t) => {
  t.deepEqual(call('shifted', near, 2500), { ...near, a: 12_500, b: 22_500 });
  t.deepEqual(call('shifted', near, -90_000), { ...near, a: -10_000, b: 0 });
  t.deepEqual(call('shifted', near, 90_000), { ...near, a: 80_000, b: 90_000 });
});

test('the grid has a dozen lines at most', (t) => {
  t.deepEqual([200, 1000, 10_000, 100_000, 175_000, 1e8].map((width) => call('gridStep', width)), [20, 100, 1000, 10_000, 20_000, 3_600_000]);
});

/** The lanes of a picture, read as the script reads them, by label; paths by their class. */
const svgOf = (group: LaneGroup): string => picture(viewOf(goldenRun.trials[0]!, goldenTrials[0]!.events), [group], 'x').split('<tbody>')[1] ?? '';
const paths = (svg: string, name: string): readonly string[] => [...svg.matchAll(new RegExp(`<path class="${name}[^>]* d="([^"]*)"`, 'g'))].map(([, d = '']) => d);

test('it reads the stretches and the ages that the picture draws', (t) => {
  const { fromMs, toMs } = viewOf(goldenRun.trials[0]!, goldenTrials[0]!.events).window;
  const x = (ms: number): number => (ms - fromMs) / (toMs - fromMs) * 1000;
  const svg = svgOf({ title: 'g', lanes: [{
    label: 'l', figure: '', loud: true, tall: true, says: '',
    shapes: [
      { shape: 'span', tone: 'bad', state: 'down', fromMs: 10_000, toMs: 30_000 }, { shape: 'span', tone: 'bad', state: 'down', fromMs: 50_000, toMs: 60_000 },
      { shape: 'curve', topMs: 66_000, points: [{ atMs: 0, value: 0 }, { atMs: 66_000, value: 1 }, { atMs: 80_000, value: 1 }, null, { atMs: 90_000, value: 0 }] },
    ],
  }] });
  const spans = call('spansOf', paths(svg, 'bad')[0]) as readonly (readonly [number, number])[];
  t.deepEqual(spans.map((ends) => ends.map((end) => Math.round(end))), [[x(10_000), x(30_000)], [x(50_000), x(60_000)]].map((ends) => ends.map((end) => Math.round(end))));
  const slopes = call('slopesOf', paths(svg, 'curve')[0], 30, 66);
  t.deepEqual([0, 33_000, 65_000, 75_000, 85_000].map((ms) => call('ageAt', slopes, 66, x(ms))), ['0.0 s old', '33.0 s old', '65.0 s old', 'over 66 s old', '']);
});

test('a lane is read as what was drawn last there, with the marks that are near', (t) => {
  const lane = { top: 0, slopes: [], states: [{ is: 'up', quiet: true, spans: [[0, 1000]] }, { is: 'reset', quiet: false, spans: [[400, 500]] }], marks: [{ is: 'warned', x: 300 }] };
  t.deepEqual(call('readingAt', lane, 100, 5), { quiet: true, words: 'up' });
  t.deepEqual(call('readingAt', lane, 450, 5), { quiet: false, words: 'reset' });
  t.deepEqual(call('readingAt', lane, 304, 5), { quiet: false, words: 'up, warned' });
  t.deepEqual(call('readingAt', { ...lane, states: [], marks: [] }, 304, 5), { quiet: true, words: '' });
});

test('what the picture leaves to the class of a stretch is said in the words of the lane', (t) => {
  const known = JSON.parse(runInContext('JSON.stringify(known)', context) as string) as Readonly<Record<string, string>>;
  const met = new Set<string>();
  for (const [at, { events }] of goldenTrials.entries()) {
    const view = viewOf(goldenRun.trials[at]!, events);
    for (const shape of heardGroup(view, heardPairs(view)).lanes.flatMap(({ shapes }) => shapes)) {
      if (shape.shape !== 'span') continue;
      t.is(known[shape.tone], shape.state);
      met.add(shape.tone);
    }
  }
  t.deepEqual([...met].sort(), Object.keys(known).sort());
});
