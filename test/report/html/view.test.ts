import test from 'ava';
import { judgeTrial } from '../../../src/analysis/index.ts';
import { outside, viewOf } from '../../../src/report/html/view.ts';
import type { Story } from '../../analysis/timeline-builder.ts';
import { recordOf } from '../../analysis/timeline-builder.ts';

const viewOfStory = (story: Story) => {
  const events = recordOf(story);
  return viewOf(judgeTrial(events, 'trials/1'), events);
};

test('the picture reaches from ten seconds before the injection to the end of the record', (t) => {
  const { window, fault } = viewOfStory({ revertS: 60, endS: 90 });
  t.deepEqual([Math.round(window.fromMs), Math.round(window.toMs / 100)], [-10_000, 900]);
  t.deepEqual(fault, { fromMs: 0, toMs: 59_990 });
});

test('a node is away from its reset until it is back, or to the end', (t) => {
  const { away } = viewOfStory({ resets: [{ node: 'pve2', atS: 60, backS: 80 }, { node: 'pve3', atS: 70, backS: null }] });
  t.deepEqual(away.get('pve1'), []);
  t.deepEqual(away.get('pve2')?.map(({ fromMs, toMs }) => [Math.round(fromMs / 100), Math.round(toMs / 100)]), [[600, 800]]);
  t.deepEqual(away.get('pve3')?.map(({ fromMs, toMs }) => [Math.round(fromMs / 100), Math.round(toMs / 100)]), [[700, 1200]]);
});

test('without a fault the picture shows the whole record', (t) => {
  const events = recordOf().filter(({ type }) => type !== 'fault-applied');
  const { window, fault } = viewOf(judgeTrial(events, 'x'), events);
  t.is(fault, null);
  t.is(window.fromMs, 0);
});

test('what lies outside the holes is what is left', (t) => {
  const ab = (fromMs: number, toMs: number) => ({ fromMs, toMs });
  t.deepEqual(outside([ab(0, 10)], [ab(2, 3), ab(5, 7)]), [ab(0, 2), ab(3, 5), ab(7, 10)]);
  t.deepEqual(outside([ab(0, 10)], [ab(-5, 20)]), []);
  t.deepEqual(outside([ab(0, 10)], [ab(-5, 1), ab(9, 20)]), [ab(1, 9)]);
  t.deepEqual(outside([ab(0, 10)], [ab(10, 20)]), [ab(0, 10)]);
});
