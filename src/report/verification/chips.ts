// Trials as links to their pictures, in the colours of their outcomes.

import type { Evidence } from '../../claims/claim.ts';
import { escapeMarkup } from '../text.ts';
import { linkOf, trialWords } from './words.ts';

/** A page has room for so many; the rest is counted, and is in verdicts.json. */
const most = 24;

export const chips = (trials: readonly Evidence[]): string => [
  ...trials.slice(0, most).map((trial) => `<a class="chip" href="${escapeMarkup(linkOf(trial))}" title="${escapeMarkup(`${trialWords(trial)}: ${trial.result.reason}`)}"><i class="${trial.result.outcome}"></i>${escapeMarkup(trial.scenario.name)} #${trial.result.number}</a>`),
  ...trials.length > most ? [`and ${trials.length - most} more`] : [],
].join(' ');
