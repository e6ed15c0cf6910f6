import test from 'ava';
import type { Lane, Shape } from '../../../src/report/html/lane.ts';
import { laneWords } from '../../../src/report/html/lane-words.ts';

const words = (shapes: readonly Shape[], says = ''): string => laneWords({ label: 'l', figure: 'f', loud: true, tall: false, says, shapes } satisfies Lane);
const span = (fromS: number, toS: number, tone: 'good' | 'bad' | 'away', state: string): Shape => ({ shape: 'span', fromMs: 1000 * fromS, toMs: 1000 * toS, tone, state });

test('what is not as it should be is told with its times, what is comes last', (t) => {
  t.is(words([span(-10, 2, 'good', 'up'), span(2, 5, 'bad', 'down'), span(5, 9, 'good', 'up'), span(9, 12.5, 'bad', 'down'), span(12.5, 20, 'away', 'reset')]), 'down 2.0 s to 5.0 s, 9.0 s to 12.5 s; reset 12.5 s to 20.0 s; else up');
});

test('a lane in which nothing happened says so in two words', (t) => t.is(words([span(-10, 20, 'good', 'up')]), 'up throughout'));

test('marks have their times, and what the lane says beside comes after all', (t) => {
  t.is(words([{ shape: 'mark', tone: 'warn', atMs: 51_200, words: 'warned' }, { shape: 'dots', atMs: [1, 2] }], 'refreshes: 2'), 'warned at 51.2 s; refreshes: 2');
  t.is(words([]), '');
});

test('of a hail the first are told, and how many more there were', (t) => {
  t.is(words(Array.from({ length: 11 }, (_, n) => span(2 * n, 2 * n + 1, 'bad', 'down'))), `down ${Array.from({ length: 8 }, (_, n) => `${2 * n}.0 s to ${2 * n + 1}.0 s`).join(', ')} and 3 times more`);
});
