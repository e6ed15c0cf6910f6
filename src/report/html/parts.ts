// What every page of ours has.

import { groupsOf, nothingCounts } from '../sentences.ts';
import type { Summary } from '../summary.ts';
import { escapeMarkup } from '../text.ts';
import { listed } from '../words.ts';

/** Of a page without a script. Nothing is loaded from anywhere; the one style sheet stands in the page. */
export const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Scenarios from best to worst, by what became of the cluster. */
export const answerHtml = (summary: Summary): string => {
  const groups = groupsOf(summary);
  if (groups.length === 0) return `<p class="answer">${nothingCounts(summary)}</p>`;
  return `<ul class="answer">${groups.map(({ outcome, words, scenarios }) => `<li><b><i class="${outcome}"></i>${words}</b> ${escapeMarkup(listed(scenarios))}</li>`).join('')}</ul>`;
};
