// What every page of ours has.

import { groupsOf, nothingCounts } from '../sentences.ts';
import type { Summary } from '../summary.ts';
import { escapeMarkup } from '../text.ts';
import { listed } from '../words.ts';

/** Nothing is loaded from anywhere; the one style sheet stands in the page. */
export const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Scenarios from best to worst, by what became of the cluster. */
export const answerHtml = (summary: Summary): string => {
  const groups = groupsOf(summary);
  if (groups.length === 0) return nothingCounts(summary);
  return groups.map(({ outcome, words, scenarios }) => `<span><b><i class="${outcome}"></i>${words}</b> ${escapeMarkup(listed(scenarios))}</span>`).join('');
};
