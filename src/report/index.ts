// All reports of a run as files to write; the harness does the writing.

import type { RunResult, TrialResult } from '../model/result.ts';
import { pageOf } from './html.ts';
import type { RecordedTrial } from './html.ts';
import { trialSection } from './html/trial.ts';
import { journals } from './journal-text.ts';
import { junitXml } from './junit.ts';
import { summaryMarkdown } from './markdown.ts';
import { metricsCsv } from './metrics-csv.ts';
import { lacpCaptures } from './pcap.ts';
import { runJson } from './run-json.ts';

/** `path` is relative to the run's folder. */
export interface ReportFile { readonly path: string; readonly content: string | Uint8Array }

/** Pure: the same run and records give the same bytes. */
export const reportFiles = (run: RunResult, trials: readonly RecordedTrial[]): readonly ReportFile[] => {
  const records = new Map(trials.map(({ folder, events }) => [folder, events]));
  return [...runFiles(run, (trial) => trialSection(trial, records.get(trial.folder) ?? [])), ...trials.flatMap(trialFiles)];
};

/** Those of the run as a whole; a trial's section of the page may have been made when its record was at hand. */
export const runFiles = (run: RunResult, sectionOf: (trial: TrialResult) => string): readonly ReportFile[] => [
  { path: 'run.json', content: runJson(run) },
  { path: 'report.html', content: pageOf(run, sectionOf) },
  { path: 'junit.xml', content: junitXml(run) },
  { path: 'summary.md', content: summaryMarkdown(run) },
  { path: 'metrics.csv', content: metricsCsv(run) },
];

/** Those that lie beside a trial's record. */
export const trialFiles = ({ folder, events }: RecordedTrial): readonly ReportFile[] =>
  [...lacpCaptures(events), ...journals(events)].map(({ name, content }) => ({ path: `${folder}/${name}`, content }));

export { trialSection } from './html/trial.ts';
export { reportHtml } from './html.ts';
export type { RecordedTrial } from './html.ts';
export { junitXml } from './junit.ts';
export { summaryMarkdown } from './markdown.ts';
export { advance, etaMs, jsonLine, noProgress, plainLine, screen } from './progress.ts';
export type { Progress, ProgressItem, ScreenOptions } from './progress.ts';
export { runJson, runSchema, runSchemaText } from './run-json.ts';
export { headline, rowSentence } from './sentences.ts';
export { summarise } from './summary.ts';
export { terminalText } from './terminal.ts';
export type { TerminalOptions } from './terminal.ts';
export { printable } from './text.ts';
