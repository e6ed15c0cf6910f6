import test from 'ava';

import { probeEveryTicks } from '../../src/harness/observer.ts';
import { paperLab } from './paper-lab.ts';

/** agent.py: tick numbers begin anew there, so that an agent and its next life agree on which of them have probes. */
const wrap = 1_000_000;

const everyOf = (count: number): number => {
  const [node] = paperLab.nodes;
  return probeEveryTicks({ nodes: Array.from({ length: count }, () => node!) });
};

test('up to eight nodes probe on each tick; more of them as rarely as keeps all pairs together from sending much more', (t) => {
  t.deepEqual([2, 3, 8, 9, 16, 17, 32].map((count) => everyOf(count)), [1, 1, 1, 4, 4, 16, 16]);
  for (const count of [9, 16, 32]) t.true(count * (count - 1) / everyOf(count) <= 8 * 8);
});

test('probes have the same ticks after the numbers of ticks began anew', (t) => {
  for (const count of [8, 16, 32]) t.is(wrap % everyOf(count), 0);
});
