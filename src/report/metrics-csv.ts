// metrics.csv: every figure of every trial, a row for each trial, for spreadsheets and statistics.

import type { RunResult, TrialResult } from '../model/result.ts';
import { printable } from './text.ts';
import { byText } from './words.ts';

/**
 * RFC 4180: CRLF ends every line, the first names the columns, cells hold commas and quotes in quotes. Columns are named by the path in `run.json`;
 * what is kept by node has the node's name in the path. An empty cell is a null, or a node that this trial does not have.
 */
export const metricsCsv = (run: RunResult): string => {
  const rows = run.trials.map((trial) => new Map(cellsOf(trial)));
  const columns = inOrder([...new Set(rows.flatMap((row) => [...row.keys()]))]);
  const lines = [columns.map(cellText), ...rows.map((row) => columns.map((column) => cellText(row.get(column) ?? null)))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
};

type Cell = string | number | boolean | null;

/** Lists have no place in a row: resets, dark pairs and predictions get one by whom or what they are of, proofs and findings are sentences and stand in `run.json` alone. */
const cellsOf = ({ nodes, ...rest }: TrialResult): readonly (readonly [path: string, cell: Cell])[] => [
  ...leavesOf('', rest),
  ...Object.entries(nodes).flatMap(([node, result]) => leavesOf(`node.${node}`, result)),
  ...firsts(rest.fenced, ({ node }) => node).flatMap(([node, [first]]) => leavesOf(`fenced.${node}`, without(first, ['node']))),
  ...rest.predictions.flatMap((prediction) => leavesOf(`predictions.${prediction.what}`, without(prediction, ['what', 'source']))),
  // A pair may be dark more than once: the first spell is told, and how many there were.
  ...firsts(rest.darkPairs, ({ from, to }) => `${from}.${to}`).flatMap(([pair, [first, spells]]) => leavesOf(`darkPairs.${pair}`, { ...without(first, ['from', 'to']), spells })),
];

const without = (object: object, keys: readonly string[]): object => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** The first of each name, and how many have it. */
const firsts = <T>(list: readonly T[], nameOf: (item: T) => string): readonly (readonly [name: string, [first: T, count: number]])[] =>
  [...Map.groupBy(list, nameOf)].map(([name, same]) => [name, [same[0]!, same.length]]);

/** Every value that is no list, by its path. */
const leavesOf = (path: string, value: unknown): readonly (readonly [path: string, cell: Cell])[] => {
  if (Array.isArray(value)) return [];
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => leavesOf(path === '' ? key : `${path}.${key}`, inner));
  return [[path, value as Cell]];
};

/** As in run.json, nodes and pairs after the rest and in order of their names; an object that is null in some trials has its columns where it stands in others. */
const inOrder = (columns: readonly string[]): readonly string[] => {
  const inner = columns.filter((column) => !columns.some((other) => other.startsWith(`${column}.`)));
  const groupOf = (column: string): number => ['node.', 'fenced.', 'predictions.', 'darkPairs.'].findIndex((prefix) => column.startsWith(prefix));
  return inner.filter((column) => groupOf(column) < 0).concat(
    [0, 1, 2, 3].flatMap((group) => {
      const own = inner.filter((column) => groupOf(column) === group);
      const owners = [...new Set(own.map(ownerOf))].sort(byText);
      return owners.flatMap((owner) => own.filter((column) => ownerOf(column) === owner));
    }),
  );
};

const ownerOf = (column: string): string => column.slice(0, column.lastIndexOf('.'));

/** What a spreadsheet takes for the beginning of a formula, narrow and full width (OWASP, CSV Injection); tabs and line ends are no longer in a printable text. */
const formula = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** Numbers stay numbers, a sign before them too. A text that might be taken for a formula gets an apostrophe before it, as OWASP advises. */
const cellText = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = printable(cell);
  if (formula.test(text)) return quoted(`'${text}`);
  return /[",]|^ | $/.test(text) ? quoted(text) : text;
};

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
