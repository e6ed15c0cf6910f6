// What changed between two runs, as text: what ran first, then each scenario that both tried.

import type { Difference } from '../analysis/index.ts';
import { printable, wrap } from './text.ts';

export interface RunsDiffed {
  /** What ran and is not the same in both; null: not told. */
  readonly versions: readonly { readonly what: string; readonly before: string | null; readonly after: string | null }[];
  /** In the order of the first run. */
  readonly both: readonly (Difference & {
    readonly scenario: string;
    /** The name is the same, what is behind it is not. */
    readonly redefined: boolean;
  })[];
  /** Scenarios that only one of the runs tried, of the first and of the second. */
  readonly only: readonly [readonly string[], readonly string[]];
}

export const hasChanged = ({ both }: RunsDiffed): boolean => both.some(({ changed }) => changed.length > 0);

/** Lines of at most 80 columns, without a final newline. `places` are the runs as the user named them. */
export const differenceText = (diff: RunsDiffed, places: readonly [string, string]): string => {
  const { versions, both, only } = diff;
  const changed = both.filter((each) => each.changed.length > 0);
  const sum = (numberOf: (each: RunsDiffed['both'][number]) => number): number => both.reduce((total, each) => total + numberOf(each), 0);
  return [
    ...versions.length === 0 ? ['What ran is the same in both.'] : ['What ran differs:', ...versions.flatMap(({ what, before, after }) => item(`${what}: ${before ?? 'not told'} → ${after ?? 'not told'}`))],
    '',
    ...both.flatMap(scenarioLines),
    ...only.flatMap((names, at) => names.length === 0 ? [] : wrapped(`only in ${places[at] ?? ''}: ${names.join(', ')}`, '', '  ')),
    '',
    ...wrapped(`${changed.length} of ${both.length} scenario${both.length === 1 ? '' : 's'} changed, ${sum((each) => each.changed.length)} of ${sum((each) => each.compared)} quantities beyond noise.`, ''),
  ].join('\n');
};

const scenarioLines = ({ scenario, redefined, outcomes: [was, is], counted: [before, after], changed }: RunsDiffed['both'][number]): readonly string[] => [
  ...wrapped(`${scenario}: ${was === is ? was : `${was} → ${is}`} (n ${before}, ${after})`, changed.length > 0 ? 'CHANGED  ' : 'same     ', '         '),
  ...redefined ? item('the scenario, or the lab that it was tried on, is not the same') : [],
  ...changed.filter(({ what }) => what !== 'outcome').flatMap(({ what, before: from, after: to, because }) => item(`${what}: ${from} → ${to}${because === null ? '' : ` (${because})`}`)),
];

const item = (text: string): readonly string[] => wrapped(text, '         ', '           ');

const wrapped = (text: string, first: string, rest: string = first): readonly string[] => wrap(printable(text), { columns: 80, first, rest });
