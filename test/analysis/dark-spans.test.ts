import test from 'ava';
import fc from 'fast-check';
import { darkSpans, lastsUntilEnd } from '../../src/analysis/dark-spans.ts';
import type { Probe } from '../../src/analysis/dark-spans.ts';

/** Ten probes a second; `x` is lost, `.` arrives. */
const probesOf = (text: string, everyUs = 100_000): readonly Probe[] => Array.from(text, (mark, at) => ({ us: at * everyUs, lost: mark === 'x' }));
const spansOf = (text: string, everyUs?: number): readonly (readonly [number, number, number])[] =>
  darkSpans(probesOf(text, everyUs)).map(({ fromUs, toUs, lossRatio }) => [fromUs / 1000, toUs / 1000, lossRatio]);

const cases: readonly { readonly probes: string; readonly everyUs?: number; readonly spans: readonly (readonly [number, number, number])[] }[] = [
  { probes: '', spans: [] },
  { probes: '....................', spans: [] },
  { probes: '.....xx.............', spans: [] },
  { probes: '.....xxx............', spans: [[500, 800, 1]] },
  { probes: '...xxxxxxxxxxxx.....', spans: [[300, 1500, 1]] },
  { probes: '.....x.x.x..........', spans: [[500, 1000, 0.6]] },
  { probes: '.xxxx..........................xxxx.', spans: [[100, 500, 1], [3100, 3500, 1]] },
  { probes: '.xxxx....xxxx.', spans: [[100, 1300, 2 / 3]] },
  { probes: '....xxxx', spans: [[400, 700, 1]] },
  { probes: 'xxx', spans: [] },
  { probes: '...xxx...', everyUs: 500_000, spans: [[1500, 3000, 1]] },
];

for (const { probes, everyUs, spans } of cases) {
  test(`"${probes}"${everyUs === undefined ? '' : `, twice a second,`} is dark ${spans.length === 0 ? 'never' : spans.map(([from, to]) => `from ${from} to ${to} ms`).join(' and ')}`, (t) => {
    t.deepEqual(spansOf(probes, everyUs), spans);
  });
}

test('dark times are apart, in order, begin with a loss and end with an arrival', (t) => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (fates) => {
    const probes = fates.map((lost, at) => ({ us: at * 100_000, lost }));
    const spans = darkSpans(probes);
    spans.forEach((span, place) => {
      t.true(span.lossRatio > 0 && span.lossRatio <= 1);
      t.true(probes.find((probe) => probe.us === span.fromUs)?.lost);
      t.true(span.toUs >= span.lastLostUs && span.fromUs <= span.lastLostUs);
      t.true(place === 0 || span.fromUs >= spans[place - 1]!.toUs);
    });
  }));
});

test('a pair lasts dark to the end unless it was heard for a second, or not judged for three', (t) => {
  const lasts = (text: string, endMs: number): boolean => lastsUntilEnd(darkSpans(probesOf(text))[0]!, probesOf(text), endMs * 1000);
  t.true(lasts('...xxxxxxxxxx', 1300));
  t.true(lasts('...xxxxxxxxxx.....', 1800));
  t.false(lasts('...xxxxxxxxxx...........', 2400));
  t.false(lasts('...xxxxxxxxxx', 5000));
});
