// One trial's section: the verdict, the picture, what happened in words, who heard whom, and the proof.

import type { Event } from '../../model/event.ts';
import { victimsIn, type NodeResult, type TrialResult } from '../../model/result.ts';
import { journalNames } from '../journal-text.ts';
import { captureNames } from '../pcap.ts';
import { predictionCells } from '../findings.ts';
import { phaseSentence, titleOf } from '../sentences.ts';
import { counts } from '../summary.ts';
import { escapeMarkup } from '../text.ts';
import { nearMiss, seconds } from '../words.ts';
import { activeSlaveGroup, faultGroup, lacpGroups } from './bond-lanes.ts';
import { deliveryGroup, heardGroup, knetGroup, quorumGroup } from './cluster-lanes.ts';
import { fencingGroup } from './fencing-lanes.ts';
import { heardPairs } from './heard.ts';
import { heardMatrix } from './matrix.ts';
import { momentsOf } from './moments.ts';
import { picture } from './picture.ts';
import { viewOf } from './view.ts';

export const trialSection = (trial: TrialResult, events: readonly Event[]): string => {
  const view = viewOf(trial, events);
  const pairs = heardPairs(view);
  const started = view.timeline.started;
  const groups = [faultGroup(view), ...lacpGroups(view), activeSlaveGroup(view), heardGroup(view, pairs), knetGroup(view), quorumGroup(view), deliveryGroup(view), fencingGroup(view)];
  return [
    `<article class="trial" id="${trialAnchor(trial)}" aria-labelledby="${trialAnchor(trial)}-title">`,
    `<header><h3 id="${trialAnchor(trial)}-title"><small>${numberOf(trial)}</small> ${escapeMarkup(titleOf(trial.scenario))}</h3>${badge(trial)}</header>`,
    `<p class="reason">${escapeMarkup(trial.reason)}</p>`,
    started === null ? '' : `<p class="summary">${escapeMarkup(started.scenario.summary)}</p>`,
    findings(trial),
    figures(trial),
    events.length === 0 ? '<p>This trial left no record.</p>' : picture(view, groups.filter((group) => group !== null), numberOf(trial)),
    '<div class="columns">',
    `<div><h4>In order</h4>${moments(view)}</div>`,
    `<div><h4>Who heard whom</h4>${view.nodes.length > 1 ? heardMatrix(view, pairs) : '<p>There was nobody to hear.</p>'}<h4>By node</h4>${nodeTable(trial)}</div>`,
    '</div>',
    predictions(trial),
    proof(trial),
    evidence(trial, events),
    '</article>',
  ].join('\n');
};

const numberOf = (trial: TrialResult): string => `Trial ${trial.number}${trial.attempt === 2 ? ', second attempt' : ''}`;

export const trialAnchor = (trial: TrialResult): string => `trial-${trial.number}-${trial.attempt}`;

export const badge = ({ outcome }: Pick<TrialResult, 'outcome'>): string => `<span class="badge ${outcome}">${outcome.replace('-', ' ')}</span>`;

const figures = (trial: TrialResult): string => {
  const entries: readonly (readonly [string, string])[] = [
    ['cable', `${trial.link ?? 'none chosen'}${trial.also === undefined ? '' : ` and ${trial.also.link}`}`],
    ['fault', `${trial.fault}${trial.injector === null ? '' : ` by ${trial.injector}`}${trial.faultMs === null ? ', not applied' : `, ${seconds(trial.faultMs)}`}`],
    ...trial.phase === null ? [] : [['phase', phaseSentence(trial.phase)] as const],
    ['class', classWords(trial)],
    ...trial.also === undefined ? [] : [[`class of ${trial.also.victim}`, classWords(trial.also)] as const],
    ['HA', trial.ha],
    ...Object.entries(trial.bondOptionsBy).map(([option, by]) => [option, `set by ${by}`] as const),
    ['memberships', String(trial.counts.memberships)],
    ['token losses', String(trial.counts.tokenLosses)],
    ['knet changes', String(trial.counts.knetChanges)],
    ...trial.blastRadius > 0 ? [['blast radius', String(trial.blastRadius)] as const] : [],
    ['recovered in', trial.recoveryMs === null ? 'not seen' : seconds(trial.recoveryMs)],
  ];
  return `<dl class="figures">${entries.map(([name, value]) => `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd></div>`).join('')}</dl>`;
};

const classWords = ({ class: { predicted, measured } }: Pick<TrialResult, 'class'>): string => {
  if (predicted === null) return measured ?? 'not measured';
  return predicted === measured ? `${measured}, as predicted` : `${measured ?? 'not measured'}, predicted ${predicted}`;
};

const moments = (view: Parameters<typeof momentsOf>[0]): string => {
  const list = momentsOf(view);
  if (list.length === 0) return '<p>The fault was never injected.</p>';
  return `<ol class="moments">${list.map(({ atMs, words, nodes, times }) =>
    `<li><span>${seconds(atMs)}</span><div>${escapeMarkup(words)}${nodes.length === 0 ? '' : ` <b>${escapeMarkup(nodes.join(', '))}</b>`}${times > 1 ? ` <small>first of ${times}</small>` : ''}</div></li>`).join('')}</ol>`;
};

const nodeTable = (trial: TrialResult): string => {
  const row = ([node, result]: readonly [string, NodeResult]): string => {
    const fenced = trial.fenced.find((one) => one.node === node);
    const cells = [
      time(result.deliveryOutageMs), time(result.outOfQuorumMs), String(result.memberships), result.lockAgeMs === null ? '–' : seconds(result.lockAgeMs), result.nearMissMs === null ? '–' : nearMiss(result.nearMissMs),
      fenced === undefined ? '–' : `${fenced.rehearsed ? 'rehearsed, ' : ''}${seconds(fenced.afterMs)} ± ${seconds(fenced.errorMs)}`,
      result.settled ? 'yes' : 'no',
    ];
    return `<tr><th scope="row">${escapeMarkup(node)}${victimsIn(trial).includes(node) ? ' <small>victim</small>' : ''}</th>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`;
  };
  return [
    `<div class="wide" role="region" tabindex="0" aria-label="${numberOf(trial)}, by node"><table class="nodes"><thead><tr><th scope="col">node</th><th scope="col">longest without delivery</th><th scope="col">out of quorum</th><th scope="col">member&shy;ships</th><th scope="col">oldest lock</th><th scope="col">left to no return</th><th scope="col">reset at</th><th scope="col">settled</th></tr></thead><tbody>`,
    ...Object.entries(trial.nodes).map(row),
    '</tbody></table></div>',
  ].join('\n');
};

const time = (ms: number): string => (ms > 0 ? seconds(ms) : '–');

const findings = ({ findings: list }: TrialResult): string =>
  list.length === 0 ? '' : `<aside class="findings"><b>Not as it must be, or not as predicted</b><ul>${list.map(({ what, found }) => `<li>not so, that ${escapeMarkup(what)}: ${escapeMarkup(found)}</li>`).join('')}</ul></aside>`;

const predictions = (trial: TrialResult): string => {
  const { predictions: list } = trial;
  if (list.length === 0) return '';
  const rows = list.map((prediction) => {
    const { predicted, measured, difference } = predictionCells(prediction);
    return `<tr><th scope="row">${prediction.what}</th><td>${predicted}</td><td>${measured}</td><td${prediction.within === false ? ' class="wrong"' : ''}>${difference}</td></tr>`;
  });
  return [
    '<h4>Predicted, and measured</h4>',
    `<div class="wide" role="region" tabindex="0" aria-label="${numberOf(trial)}, predictions"><table class="nodes"><thead><tr><th scope="col">what</th><th scope="col">predicted</th><th scope="col">measured</th><th scope="col">difference</th></tr></thead><tbody>`, ...rows, '</tbody></table></div>',
  ].join('\n');
};

const proof = (trial: TrialResult): string => {
  const failed = trial.proof.filter(({ held }) => !held).length;
  const verdict = counts(trial) ? 'all of it held, so the trial counts' : failed > 0 ? `${failed} of ${trial.proof.length} did not hold` : 'the trial does not count';
  const items = trial.proof.map(({ what, held, found }) => `<li${held ? '' : ' class="failed"'}><b>${escapeMarkup(what)}</b> ${escapeMarkup(found)}</li>`);
  return `<h4>Proof that the fault was real and the observers alive: ${trial.proof.length === 0 ? 'none was made' : verdict}</h4><ul class="proof">${items.join('')}</ul>`;
};

const evidence = (trial: TrialResult, events: readonly Event[]): string => {
  const files = ['events.ndjson', ...journalNames(events), ...captureNames(events)];
  const path = (file: string): string => [...trial.folder.split('/'), file].map(encodeURIComponent).join('/');
  return `<p class="evidence">Evidence in ${escapeMarkup(trial.folder)}: ${files.map((file) => `<a href="${escapeMarkup(path(file))}">${escapeMarkup(file)}</a>`).join(', ')}</p>`;
};
