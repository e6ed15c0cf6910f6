// Who heard whom during the fault, as a table of ordered pairs.

import type { DarkPair } from '../../model/result.ts';
import { escapeMarkup } from '../text.ts';
import { percent, seconds } from '../words.ts';
import type { Heard } from './heard.ts';
import type { View } from './view.ts';

export const heardMatrix = (view: View, pairs: readonly Heard[]): string => {
  const { nodes, trial } = view;
  const cell = (from: string, to: string): string => {
    if (from === to) return '<td class="self">–</td>';
    const pair = pairs.find((one) => one.from === from && one.to === to);
    const dark = trial.darkPairs.filter((one) => one.from === from && one.to === to);
    const share = pair?.share ?? null;
    // Most of the cells of most pages: without a class, all was heard, or nothing sent.
    const shade = share === null || share >= 0.95 ? '' : ` class="heard-${share >= 0.65 ? 3 : share >= 0.35 ? 2 : share > 0.02 ? 1 : 0}"`;
    return `<td${shade}>${share === null ? 'not sent' : percent(share)}${dark.length === 0 ? '' : `<small>${escapeMarkup(darkWords(dark))}</small>`}</td>`;
  };
  return [
    // A column wants that much; more of them than a page is wide scroll in a box of their own.
    `<div class="wide" role="region" tabindex="0" aria-label="Who heard whom"><table class="matrix" style="min-width:${5 * nodes.length + 4}rem"><caption>Share of the probes that the node on the left sent and the node above heard, during the fault</caption>`,
    `<thead><tr><td class="self"></td>${nodes.map((node) => `<th scope="col">to ${escapeMarkup(node)}</th>`).join('')}</tr></thead><tbody>`,
    ...nodes.map((from) => `<tr><th scope="row">from ${escapeMarkup(from)}</th>${nodes.map((to) => cell(from, to)).join('')}</tr>`),
    '</tbody></table></div>',
  ].join('\n');
};

const darkWords = (dark: readonly DarkPair[]): string => {
  const first = dark[0]!;
  const spell = `${seconds(first.fromMs)} to ${first.toMs === null ? 'the revert' : seconds(first.toMs)}`;
  const kind = first.lossRatio >= 0.9 ? 'dark' : `${percent(first.lossRatio)} lost`;
  return `${kind} ${spell}${dark.length > 1 ? `, then ${dark.length - 1} more` : ''}${first.predicted ? '; predicted' : ''}`;
};
