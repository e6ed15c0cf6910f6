// The end of a run on a terminal: the table best to worst, a sentence for each mode, and what the figures rest on.

import type { Outcome, RunResult } from '../model/result.ts';
import { findingLines } from './findings.ts';
import { caveat, rowSentence } from './sentences.ts';
import { isSuperseded, longestMs, summarise, whatRan } from './summary.ts';
import type { Row } from './summary.ts';
import { clip, printable, wrap } from './text.ts';
import { seconds } from './words.ts';

export interface TerminalOptions {
  /** Width of the terminal; less than 80 is taken as 80. */
  readonly columns: number;
  readonly color: boolean;
  /** Where the report lies, as the user would open it. */
  readonly place: string;
}

/** Lines without a final newline; none is wider than the terminal. */
export const terminalText = (run: RunResult, { columns, color, place }: TerminalOptions): string => {
  const width = Math.max(80, columns);
  const summary = summarise(run);
  const paint = painter(color);
  const bullets = (texts: readonly string[]): readonly string[] => texts.flatMap((text) => wrap(printable(text), { columns: width, first: '- ', rest: '  ' }));
  const chapter = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', paint.bold(title), ...lines]);
  return [
    paint.bold(clip(`bondproof: ${printable(run.campaign)} on ${printable(run.lab)}, ${printable(run.startedAt)}, seed ${run.seed}`, width)),
    ...chapter('Findings: not as it must be, or not as predicted', bullets(findingLines(run))),
    '',
    ...table(summary.modes, paint),
    ...(summary.modes.length > 0 ? wrap(legend, { columns: width, first: '  ' }).map(paint.faint) : []),
    ...chapter('What it means', bullets([...summary.modes.filter(({ counted }) => counted.length > 0).map(rowSentence), caveat(run, summary)])),
    ...(summary.controls.length === 0 ? [] : chapter('Controls', [...table(summary.controls, paint), ...bullets(summary.controls.map(rowSentence))])),
    ...chapter('Trials without a verdict', bullets(summary.uncounted.map((trial) => uncountedLine(run, trial)))),
    ...chapter('Simulated, not the real thing', bullets(run.simulated)),
    ...chapter('What ran', bullets(whatRan(run).map(([what, version]) => `${what}: ${version}`))),
    ...chapter('Report', wrap(printable(place), { columns: width })),
  ].join('\n');
};

/** A trial that has no verdict, with why; the same words in every report. */
export const uncountedLine = (run: RunResult, trial: RunResult['trials'][number]): string =>
  `${trial.scenario}, trial ${trial.number}, attempt ${trial.attempt}: ${trial.outcome}${isSuperseded(trial, run) ? ' (repeated)' : ''}; ${trial.reason}`;

const legend = 'in: trials with this outcome, of those that count. delivery, quorum: the longest that any node was without. reset: nodes whose watchdog fired, with ? where it only would have.';

const table = (rows: readonly Row[], paint: Painter): readonly string[] => {
  if (rows.length === 0) return ['no trial of a bond mode was run'];
  const name = Math.min(27, Math.max('mode'.length, ...rows.map((row) => printable(row.scenario).length)));
  const room = 80 - (name + 2 + outcomeWidth + 2 + 4 + 1 + 8 + 1 + 7 + 2);
  const line = (cells: readonly [string, string, string, string, string, string], tint: (text: string) => string): string => {
    const [mode, outcome, seen, delivery, quorum, reset] = cells;
    const figures = `${seen.padStart(4)} ${delivery.padStart(8)} ${quorum.padStart(7)}`;
    return `${clip(mode, name).padEnd(name)}  ${tint(outcome)}${' '.repeat(outcomeWidth - outcome.length)}  ${figures}  ${clip(reset, room)}`.trimEnd();
  };
  return [
    paint.faint(line(['mode', 'outcome', 'in', 'delivery', 'quorum', 'reset'], (text) => text)),
    ...rows.map((row) => line(cellsOf(row, room), (text) => paint.outcome(row.outcome, text))),
  ];
};

const outcomeWidth = 'fenced-bystander'.length;

const cellsOf = (row: Row, room: number): readonly [string, string, string, string, string, string] => {
  const none = row.counted.length === 0;
  const time = (ms: number): string => (none ? '' : ms > 0 ? seconds(ms) : '-');
  const nodes = row.resets.map(({ node, rehearsed }) => `${printable(node)}${rehearsed ? '?' : ''}`).join(' ');
  const reset = none ? '' : nodes === '' ? '-' : nodes.length <= room ? nodes : `${row.resets.length} nodes`;
  return [printable(row.scenario), row.outcome, none ? '' : `${row.seen}/${row.counted.length}`, time(longestMs(row.delivery)), time(longestMs(row.quorum)), reset];
};

interface Painter {
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly outcome: (outcome: Outcome, text: string) => string;
}

/** Select Graphic Rendition codes (ECMA-48, 8.3.117); the outcome is always there in words as well. */
const painter = (color: boolean): Painter => {
  const paint = (code: number) => (text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: paint(1), faint: paint(2), outcome: (outcome, text) => paint(outcomeColors[outcome])(text) };
};

const outcomeColors: Readonly<Record<Outcome, number>> = {
  undisturbed: 32, disturbed: 36, isolated: 33, split: 35, fenced: 31, 'fenced-bystander': 91, inconclusive: 2, invalid: 2,
};
