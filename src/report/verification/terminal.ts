// The end of a verification on a terminal: each claim in a line or two.

import { printable, wrap } from '../text.ts';
import type { Verification } from '../verification.ts';
import { countsOf } from './words.ts';

/** Lines without a final newline; none is wider than the terminal. */
export const verificationText = (verification: Verification, { columns, place }: { readonly columns: number; readonly place: string }): string => {
  const width = Math.max(80, columns);
  const { verdicts, evidence } = verification;
  return [
    ...verdicts.flatMap(({ claim, outcome, sentence, right, trials }) => [
      ...wrap(printable(`${claim.id.padEnd(5)}${outcome.padEnd(13)}${claim.basis === 'modelled' ? '(modelled) ' : ''}“${claim.phrase}”`), { columns: width, rest: ' '.repeat(18) }),
      ...wrap(printable(`${sentence}${right === undefined ? '' : ` Right would be: ${right}`}${trials > 0 ? ` [n = ${trials}]` : ''}`), { columns: width, first: ' '.repeat(18) }),
    ]),
    '',
    ...wrap(`${evidence.length} trials; ${countsOf(verdicts)}.`, { columns: width }),
    '',
    ...wrap(printable(place), { columns: width }),
  ].join('\n');
};
