import test from 'ava';
import { blastSentence, findingLines, predictionCells, predictionTally, radius } from '../../src/report/findings.ts';
import type { PredictionResult } from '../../src/model/result.ts';
import { fastFast, invalid, runOf, slowSlow } from './small-run.ts';

const prediction = (more: Partial<PredictionResult> = {}): PredictionResult => ({ what: 'node stopped', earliestMs: 5000, latestMs: 7000, measuredMs: 6500, within: true, source: 'bond_3ad.c', ...more });

const cells: readonly (readonly [title: string, Partial<PredictionResult>, readonly [string, string, string]])[] = [
  ['in time', {}, ['5.0 s to 7.0 s', '6.5 s', 'as predicted, +0.5 s from the middle']],
  ['a little before the middle', { measuredMs: 5800 }, ['5.0 s to 7.0 s', '5.8 s', 'as predicted, −0.2 s from the middle']],
  ['too early', { measuredMs: 4000, within: false }, ['5.0 s to 7.0 s', '4.0 s', '1.0 s too early']],
  ['too late', { measuredMs: 9500, within: false }, ['5.0 s to 7.0 s', '9.5 s', '2.5 s too late']],
  ['not at all', { measuredMs: null, within: false }, ['5.0 s to 7.0 s', '–', 'did not come']],
  ['not seen', { measuredMs: null, within: null }, ['5.0 s to 7.0 s', '–', '–']],
  ['at any time', { latestMs: null }, ['5.0 s or later, if at all', '6.5 s', 'as predicted']],
];

for (const [title, more, [predicted, measured, difference]] of cells) {
  test(`what came ${title} is told beside its prediction`, (t) => t.deepEqual(predictionCells(prediction(more)), { predicted, measured, difference }));
}

test('findings are told of trials that count', (t) => {
  const findings = [{ what: 'everything came back after the fault', found: 'pve2 was not quorate' }];
  t.deepEqual(findingLines(runOf({ ...fastFast, findings }, { ...invalid, findings })), ['trial 3, 802.3ad with node and switch fast: not so, that everything came back after the fault (pve2 was not quorate)']);
  t.deepEqual(findingLines(runOf(fastFast)), []);
});

test('predictions are counted that could be held against something', (t) => {
  t.is(predictionTally(runOf({ ...fastFast, predictions: [prediction(), prediction({ within: false }), prediction({ within: null })] }, { ...invalid, predictions: [prediction()] })), 'Of 2 predictions 1 came true.');
  t.is(predictionTally(runOf(fastFast)), null);
});

test('the blast radius is a mean', (t) => {
  t.is(blastSentence(runOf(slowSlow, fastFast, fastFast)), 'Nodes with a healthy bond that were reset, mean of a trial: 0.67.');
  t.is(blastSentence(runOf()), null);
  t.deepEqual([0, 1, 1.5, 1 / 3].map(radius), ['0', '1', '1.5', '0.33']);
});
