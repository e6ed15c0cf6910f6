// What every page of ours has.

import { groupsOf, nothingCounts } from '../sentences.ts';
import type { Summary } from '../summary.ts';
import { escapeMarkup } from '../text.ts';
import { listed } from '../words.ts';

/** Of a page without a script. Nothing is loaded from anywhere; the one style sheet stands in the page. */
export const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Up to the end of the head. `policy` goes into quotes as it is. */
export const headOf = (title: string, { policy: csp, style }: { readonly policy: string; readonly style: string }): readonly string[] => [
  '<!doctype html>',
  '<html lang="en">',
  '<head>',
  '<meta charset="utf-8">',
  `<meta http-equiv="Content-Security-Policy" content="${csp}">`,
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  '<meta name="referrer" content="no-referrer">',
  `<title>bondproof: ${escapeMarkup(title)}</title>`,
  `<style>${style}</style>`,
  '</head>',
];

/** Scenarios from best to worst, by what became of the cluster. */
export const answerHtml = (summary: Summary): string => {
  const groups = groupsOf(summary);
  if (groups.length === 0) return `<p class="answer">${nothingCounts(summary)}</p>`;
  return `<ul class="answer">${groups.map(({ outcome, words, scenarios }) => `<li><b><i class="${outcome}"></i>${words}</b> ${escapeMarkup(listed(scenarios))}</li>`).join('')}</ul>`;
};
