import test from 'ava';
import { clock, counted, listed, nearMiss, percent, roundSeconds, seconds, secondsRange } from '../../src/report/words.ts';

const cases: readonly (readonly [said: string, expected: string])[] = [
  [seconds(0), '0.0 s'], [seconds(63_149), '63.1 s'], [seconds(99_949), '99.9 s'], [seconds(99_950), '100 s'], [seconds(-1500), '-1.5 s'],
  [roundSeconds(5000), '5 s'], [roundSeconds(5640), '5.6 s'], [roundSeconds(9949), '9.9 s'], [roundSeconds(9950), '10 s'], [roundSeconds(87_400), '87 s'],
  [secondsRange([87_000]), '87 s'], [secondsRange([87_000, 63_200]), '63 to 87 s'], [secondsRange([87_100, 87_300]), '87 s'],
  [clock(-5), '0:00'], [clock(4 * 60_000 + 5000), '4:05'], [clock(3_750_000), '1:02:30'], [clock(1), '0:01'],
  [listed([]), ''], [listed(['a']), 'a'], [listed(['a', 'b']), 'a and b'], [listed(['a', 'b', 'c']), 'a, b and c'],
  [nearMiss(12_300), '12.3 s'], [nearMiss(0), '0.0 s'], [nearMiss(-2080), '2.1 s too late, not reset'],
  [counted(1, 'node'), 'one node'], [counted(2, 'node'), 'two nodes'], [counted(0, 'node'), 'no nodes'], [counted(13, 'node'), '13 nodes'],
  [percent(1), '100 %'], [percent(0.9997), '>99 %'], [percent(0.0001), '<1 %'], [percent(0), '0 %'], [percent(0.5), '50 %'],
];

test('figures and lists are said the same on every machine', (t) => {
  for (const [said, expected] of cases) t.is(said, expected);
});
