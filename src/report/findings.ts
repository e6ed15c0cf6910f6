// What a run found against expectation or prediction, and how the predictions did; the same words in every report.

import { narrowerWords } from '../model/corner.ts';
import type { PredictionResult, RunResult, TrialResult } from '../model/result.ts';
import { titleOf } from './sentences.ts';
import { counts } from './summary.ts';
import { seconds } from './words.ts';

/** `trial 4, second attempt, balance-rr`. */
export const trialName = ({ number, attempt, scenario }: TrialResult): string => `trial ${number}${attempt === 2 ? ', second attempt' : ''}, ${titleOf(scenario)}`;

/** Of trials that count: a trial that does not says nothing of what was expected. */
export const findingLines = (run: RunResult): readonly string[] =>
  run.trials.filter(counts).flatMap((trial) => trial.findings.map(({ what, found }) => `${trialName(trial)}: not so, that ${what} (${found})`));

export interface PredictionCells { readonly predicted: string; readonly measured: string; readonly difference: string }

export const predictionCells = ({ earliestMs, latestMs, measuredMs, within, narrowerByMs }: PredictionResult): PredictionCells => ({
  predicted: latestMs === null ? `${seconds(earliestMs)} or later, if at all` : `${seconds(earliestMs)} to ${seconds(latestMs)}`,
  measured: measuredMs === null ? '–' : seconds(measuredMs),
  difference: narrowerByMs !== undefined ? `inconclusive: ${narrowerWords(narrowerByMs)}` : measuredMs === null ? (within === false ? 'did not come' : '–') : differenceWords({ earliestMs, latestMs, measuredMs }),
});

const differenceWords = ({ earliestMs, latestMs, measuredMs }: { readonly earliestMs: number; readonly latestMs: number | null; readonly measuredMs: number }): string => {
  if (measuredMs < earliestMs) return `${seconds(earliestMs - measuredMs)} too early`;
  if (latestMs !== null && measuredMs > latestMs) return `${seconds(measuredMs - latestMs)} too late`;
  return latestMs === null ? 'as predicted' : `as predicted, ${signed(measuredMs - (earliestMs + latestMs) / 2)} from the middle`;
};

const signed = (ms: number): string => `${ms < 0 ? '−' : '+'}${seconds(Math.abs(ms))}`;

/** How many of the predictions that could be held against something came true; null where there were none. */
export const predictionTally = (run: RunResult): string | null => {
  const judged = run.trials.filter(counts).flatMap(({ predictions }) => predictions).filter(({ within }) => within !== null);
  return judged.length === 0 ? null : `Of ${judged.length} predictions ${judged.filter(({ within }) => within).length} came true.`;
};

/** `0.5 nodes with healthy bonds were reset per trial`. */
export const blastSentence = ({ blastRadius }: RunResult): string | null => blastRadius === null ? null : `Nodes with a healthy bond that were reset, mean of a trial: ${radius(blastRadius)}.`;

/** `0`, `1.5`, `0.33`. */
export const radius = (mean: number): string => String(Number(mean.toFixed(2)));
