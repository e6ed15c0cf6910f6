// summary.md: the answer on a page, for a ticket or a merge request.

import type { RunResult } from '../model/result.ts';
import { blastSentence, findingLines, predictionCells, predictionTally, radius, trialName } from './findings.ts';
import { caveat, headline, phaseSentence, rowSentence } from './sentences.ts';
import { counts, longestMs, summarise, whatRan } from './summary.ts';
import type { Row } from './summary.ts';
import { uncountedLine } from './terminal.ts';
import { escapeMarkdown } from './text.ts';
import { nearMiss, seconds } from './words.ts';

export const summaryMarkdown = (run: RunResult): string => {
  const summary = summarise(run);
  const bullets = (texts: readonly string[]): string => texts.map((text) => `- ${escapeMarkdown(text)}`).join('\n');
  const chapter = (title: string, ...parts: readonly string[]): readonly string[] => (parts.every((part) => part === '') ? [] : [`## ${title}`, ...parts]);
  return `${[
    `# bondproof: ${escapeMarkdown(run.campaign)} on ${escapeMarkdown(run.lab)}`,
    `Run ${escapeMarkdown(run.run)}, begun ${escapeMarkdown(run.startedAt)}, seed ${run.seed}.`,
    ...chapter('Findings: not as it must be, or not as predicted', bullets(findingLines(run))),
    `**${escapeMarkdown(headline(summary))}**`,
    escapeMarkdown([caveat(run, summary), blastSentence(run), predictionTally(run)].filter((part) => part !== null).join(' ')),
    ...chapter('Simulated, not the real thing', bullets(run.simulated)),
    ...chapter('Modes, best to worst', table(summary.modes), bullets(summary.modes.filter(({ counted }) => counted.length > 0).map(rowSentence))),
    ...chapter('Controls', table(summary.controls), bullets(summary.controls.map(rowSentence))),
    ...chapter('When the fault came', bullets(run.trials.flatMap((trial) => trial.phase === null ? [] : [`${trialName(trial)}: ${phaseSentence(trial.phase)}`]))),
    ...chapter('Predicted and measured', predictions(run)),
    ...chapter('Trials without a verdict', bullets(summary.uncounted.map((trial) => uncountedLine(run, trial)))),
    ...chapter('What ran', bullets(whatRan(run).map(([what, version]) => `${what}: ${version}`))),
  ].filter((part) => part !== '').join('\n\n')}\n`;
};

const table = (rows: readonly Row[]): string => {
  if (rows.length === 0) return '';
  const time = (ms: number): string => (ms > 0 ? seconds(ms) : '–');
  const lines = rows.map((row) => {
    const none = row.counted.length === 0;
    const cells = none
      ? ['', '', '', '', '', '']
      : [`${row.seen} of ${row.counted.length}`, time(longestMs(row.delivery)), time(longestMs(row.quorum)), row.resets.map(({ node, rehearsed }) => `${node}${rehearsed ? ' (rehearsed)' : ''}`).join(', ') || '–', radius(row.blastRadius), row.nearestMissMs === null ? '–' : nearMiss(row.nearestMissMs)];
    return `| ${[row.scenario, row.outcome, ...cells].map(escapeMarkdown).join(' | ')} |`;
  });
  return ['| mode | outcome | in trials | longest without delivery | longest without quorum | reset | blast radius | nearest miss |', '| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |', ...lines].join('\n');
};

/** Each prediction of trials that count, beside what was measured. */
const predictions = (run: RunResult): string => {
  const lines = run.trials.filter(counts).flatMap((trial) => trial.predictions.map((prediction) => {
    const { predicted, measured, difference } = predictionCells(prediction);
    return `| ${[trialName(trial), prediction.what, predicted, measured, difference].map(escapeMarkdown).join(' | ')} |`;
  }));
  return lines.length === 0 ? '' : ['| trial | what | predicted | measured | difference |', '| --- | --- | ---: | ---: | --- |', ...lines].join('\n');
};
