// The top of the page: what it is of, the answer, what was simulated, and the modes from best to worst.

import type { RunResult } from '../../model/result.ts';
import { blastSentence, findingLines, predictionTally, radius } from '../findings.ts';
import { caveat, effectOf } from '../sentences.ts';
import { isSuperseded, longestMs, whatRan } from '../summary.ts';
import type { Longest, Row, Summary } from '../summary.ts';
import { escapeMarkup } from '../text.ts';
import { capitalised, nearMiss, seconds } from '../words.ts';
import { answerHtml } from './parts.ts';
import { badge, trialAnchor } from './trial.ts';

/** What the page is of, and the ways into it. */
export const banner = (run: RunResult, summary: Summary): string =>
  [
    '<header>',
    `<p class="kicker">bondproof · ${escapeMarkup(run.campaign)} on ${escapeMarkup(run.lab)} · ${escapeMarkup(run.startedAt.slice(0, 16).replace('T', ' '))} UTC</p>`,
    '<h1>What a silent network card does to a corosync cluster, by bond mode</h1>',
    `<nav aria-label="On this page">${[
      ['modes', 'Modes'], ...summary.controls.length > 0 ? [['controls', 'Controls']] : [], ...summary.uncounted.length > 0 ? [['uncounted', 'Trials without a verdict']] : [], ['trials', 'Every trial'], ['ran', 'What ran'],
    ].map(([id, words]) => `<a href="#${id}">${words}</a>`).join('')}</nav>`,
    '</header>',
  ].join('\n');

export const overview = (run: RunResult, summary: Summary): string =>
  [
    findings(run),
    answerHtml(summary),
    `<p class="caveat">${escapeMarkup([caveat(run, summary), blastSentence(run), predictionTally(run)].filter((part) => part !== null).join(' '))}</p>`,
    simulated(run),
    '<h2 id="modes">Modes, best to worst</h2>',
    table(summary.modes, 'Modes, best to worst'),
    summary.controls.length === 0 ? '' : `<h2 id="controls">Controls</h2><p>They show that the lab itself is sound: no fault must do nothing, and a pulled cable must be survived.</p>${table(summary.controls, 'Controls')}`,
    uncounted(run, summary),
  ].join('\n');

const findings = (run: RunResult): string => {
  const lines = findingLines(run);
  return lines.length === 0 ? '' : `<aside class="findings"><b>Findings: not as it must be, or not as predicted</b><ul>${lines.map((line) => `<li>${escapeMarkup(capitalised(line))}</li>`).join('')}</ul></aside>`;
};

const simulated = ({ simulated: list }: RunResult): string =>
  list.length === 0 ? '' : `<aside aria-labelledby="simulated"><b id="simulated">Simulated, not the real thing</b><ul>${list.map((text) => `<li>${escapeMarkup(text)}</li>`).join('')}</ul></aside>`;

/** 60 s without ordered delivery is where watchdogs expire; the bars are drawn against it. */
const fencingMs = 60_000;

const table = (rows: readonly Row[], caption: string): string => {
  const most = Math.max(fencingMs * 1.15, ...rows.map((row) => longestMs(row.delivery)));
  return [
    `<div class="wide" role="region" tabindex="0" aria-label="${caption}"><table class="modes"><caption class="unseen">${caption}</caption>`,
    `<thead><tr>${['mode', 'outcome', 'longest without ordered delivery <small>silent NIC / healthy bonds</small>', 'out of quorum', 'reset'].map((column) => `<th scope="col">${column}</th>`).join('')}</tr></thead>`,
    ...rows.map((row) => rowHtml(row, most)),
    '</table></div>',
    '<p class="key"><i class="swatch victim"></i>the node with the silent NIC <i class="swatch bystander"></i>nodes with healthy bonds <i class="swatch limit"></i>60 s, where watchdogs expire</p>',
  ].join('\n');
};

const rowHtml = (row: Row, most: number): string => {
  const links = row.trials.map((trial) => `<a href="#${trialAnchor(trial)}">${trial.attempt === 2 ? `${trial.number} again` : trial.number}</a>`).join(' ');
  const judged = row.counted.length > 0;
  const seen = row.counted.length > 1 ? `<small>in ${row.seen} of ${row.counted.length} trials</small>` : '';
  const resets = row.resets.map(({ node, bystander, rehearsed, afterMs }) =>
    `<div${bystander ? ' class="bystander"' : ''}>${escapeMarkup(node)} ${afterMs.map((ms) => seconds(ms)).join(', ')}${rehearsed ? ' (rehearsed)' : ''}${bystander ? '<small>with a healthy bond</small>' : ''}</div>`);
  const cells = judged
    ? [['without delivery', bars(row.delivery, most)], ['out of quorum', longestMs(row.quorum) > 0 ? seconds(longestMs(row.quorum)) : '–'], ['reset', `${resets.length === 0 ? '–' : resets.join('')}${edges(row)}`]] as const
    : [];
  return [
    `<tbody><tr><th scope="row">${escapeMarkup(row.scenario)}<small>trial ${links}</small></th><td>${badge(row)}${seen}</td>${cells.map(([of, cell]) => `<td data-of="${of}">${cell}</td>`).join('')}${judged ? '' : '<td colspan="3">no verdict</td>'}</tr>`,
    `<tr class="says"><td colspan="5">${escapeMarkup(capitalised(effectOf(row)))}</td></tr></tbody>`,
  ].join('\n');
};

/** How many bystanders it cost, and how near the others were. */
const edges = ({ blastRadius, nearestMissMs }: Row): string =>
  [...blastRadius > 0 ? [`blast radius ${radius(blastRadius)}`] : [], ...nearestMissMs === null ? [] : [`nearest miss ${nearMiss(nearestMissMs)}`]].map((text) => `<small>${text}</small>`).join('');

const bars = ({ victimMs, bystanderMs }: Longest, most: number): string => {
  const bar = (ms: number, who: string, y: number): string =>
    `<rect class="${who}" x="0" y="${y}" width="${((ms / most) * 100).toFixed(2)}" height="5"><title>${who}: ${seconds(ms)}</title></rect>`;
  const limit = ((fencingMs / most) * 100).toFixed(2);
  const words = victimMs === 0 && bystanderMs === 0 ? 'none' : `${seconds(victimMs)} / ${seconds(bystanderMs)}`;
  return `<div class="bars"><svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true"><path class="limit" d="M${limit} 0V14"/>${bar(victimMs, 'victim', 1.5)}${bar(bystanderMs, 'bystander', 7.5)}</svg><span>${words}</span></div>`;
};

const uncounted = (run: RunResult, { uncounted: trials }: Summary): string =>
  trials.length === 0
    ? ''
    : `<h2 id="uncounted">Trials without a verdict</h2><ul>${trials.map((trial) =>
      `<li><a href="#${trialAnchor(trial)}">${escapeMarkup(trial.scenario)}, trial ${trial.number}, attempt ${trial.attempt}</a> ${badge(trial)} ${escapeMarkup(trial.reason)}${isSuperseded(trial, run) ? ' It was repeated.' : ''}</li>`).join('')}</ul>`;

/** What predictions rest on, once for all trials. */
export const predictedBy = ({ trials }: RunResult): string => {
  const sources = new Map(trials.flatMap(({ predictions }) => predictions.map(({ what, source }) => [what, source] as const)));
  if (sources.size === 0) return '';
  return `<h2>What predictions rest on</h2><dl class="versions">${[...sources].map(([what, source]) => `<div><dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(source)}</dd></div>`).join('')}</dl>`;
};

export const versions = (run: RunResult): string =>
  `<h2 id="ran">What ran</h2><dl class="versions">${([['run', run.run], ['world', run.world], ['seed', String(run.seed)], ...whatRan(run)] as const)
    .map(([what, version]) => `<div><dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(version)}</dd></div>`).join('')}</dl>`;
