// Whether two verifications say the same, on a terminal.

import type { Agreement } from '../../claims/agreement.ts';
import { printable, wrap } from '../text.ts';
import { counted, listed, seconds } from '../words.ts';

/** Lines without a final newline; none is wider than the terminal. */
export const agreementText = ({ verdicts, quantities, notCompared }: Agreement, columns: number): string => {
  const width = Math.max(80, columns);
  const lines = (text: string): readonly string[] => wrap(printable(text), { columns: width, rest: '  ' });
  const differing = verdicts.filter(({ agrees }) => !agrees);
  return [
    ...lines(`${counted(verdicts.length, 'claim')} ${verdicts.length === 1 ? 'is' : 'are'} decided in both, ${differing.length === 0 ? 'all of them alike' : `${differing.length} of them not alike`}`),
    ...differing.flatMap(({ claim, outcomes }) => lines(`  ${claim.id}: ${outcomes.join(' / ')}`)),
    ...quantities.flatMap(({ scenario, what, counts, marginMs, verdict, differenceMs: { lower, upper } }) => lines(
      `${verdict.padEnd(11)}${scenario}: ${what}, medians ${Number.isFinite(lower) && Number.isFinite(upper) ? `${seconds(lower)} to ${seconds(upper)} apart` : 'not bounded by so few'}, margin ${seconds(marginMs)}, n = ${counts.join(' and ')}`)),
    ...notCompared.claims.length > 0 ? lines(`not compared, for one of them has not decided it: ${listed(notCompared.claims)}`) : [],
    ...notCompared.scenarios.length > 0 ? lines(`not compared, for only one of them has it: ${listed(notCompared.scenarios)}`) : [],
  ].join('\n');
};
