// verification.html: the answer first, then every claim with its verdict, its basis, the picture that decides it, and the way to its evidence.

import type { Verdict } from '../../claims/verdict.ts';
import { style } from '../html/style.ts';
import { answerHtml, headOf, policy } from '../html/parts.ts';
import { escapeMarkup } from '../text.ts';
import { counted, listed } from '../words.ts';
import type { Verification } from '../verification.ts';
import { chips } from './chips.ts';
import { strip } from './strip.ts';
import { verificationStyle } from './style.ts';
import { basisWords, countsOf, sourceWords, summaryOf } from './words.ts';

export const verificationHtml = (verification: Verification): string => {
  const { plan, verdicts, evidence, ofOtherPlans, about, simulated, worlds } = verification;
  const sentences = verdicts.filter(({ claim }) => claim.source !== null);
  const questions = verdicts.filter(({ claim }) => claim.source === null);
  const uncounted = evidence.filter(({ result }) => !result.valid);
  return `${[
    ...headOf('Corosync over bonds, measured', { policy, style: `${style}${verificationStyle}` }),
    '<body>',
    '<main>',
    '<header class="top">',
    `<p class="kicker">bondproof · ${evidence.length} trials on ${escapeMarkup(listed(worlds))} · plan ${plan.slice(0, 23)}</p>`,
    '<h1>Which bond may carry corosync, and with which settings?</h1>',
    answerHtml(summaryOf(verification)),
    simulated.length === 0 ? '' : `<aside><b>Simulated, not the real thing</b><ul>${simulated.map((text) => `<li>${escapeMarkup(text)}</li>`).join('')}</ul></aside>`,
    '</header>',
    `<h2>What the documentation says, and what was measured</h2><p>${escapeMarkup(countsOf(sentences))}.</p>`,
    table(sentences),
    `<h2>What it leaves open</h2><p>${escapeMarkup(countsOf(questions))}.</p>`,
    table(questions),
    '<h2>Each in full</h2>',
    ...verdicts.map(section),
    uncounted.length === 0 ? '' : `<h2>Trials that do not count</h2><ul>${uncounted.map((trial) => `<li>${chips([trial])} ${escapeMarkup(trial.scenario.name)}: ${escapeMarkup(trial.result.reason)}</li>`).join('')}</ul>`,
    ofOtherPlans === 0 ? '' : `<p>Not counted: ${counted(ofOtherPlans, 'trial')} of another plan.</p>`,
    '<h2>What ran</h2>',
    `<dl class="versions">${Object.entries(about).map(([what, versions]) => `<div><dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(versions.join(' | '))}</dd></div>`).join('')}</dl>`,
    '</main>',
    '</body>',
    '</html>',
  ].filter((line) => line !== '').join('\n')}\n`;
};

const table = (verdicts: readonly Verdict[]): string => [
  '<div class="wide"><table class="claims"><thead><tr><th>claim</th><th>it says</th><th>verdict</th><th>trials</th></tr></thead><tbody>',
  ...verdicts.map((verdict) => `<tr><th scope="row"><a href="#${verdict.claim.id}">${verdict.claim.id}</a></th><td>${escapeMarkup(verdict.claim.phrase)}</td><td>${claimBadge(verdict)}${verdict.claim.basis === 'modelled' ? '<small>modelled</small>' : ''}</td><td>${verdict.trials}</td></tr>`),
  '</tbody></table></div>',
].join('\n');

const section = (verdict: Verdict): string => {
  const { claim, sentence, right, trials, deciding, differs, measure } = verdict;
  return [
    `<section class="claim" id="${claim.id}">`,
    `<header><h3><small>${claim.id} · ${escapeMarkup(sourceWords(verdict))}</small>${claim.source === null ? escapeMarkup(claim.phrase) : `“${escapeMarkup(claim.phrase)}”`}</h3>${claimBadge(verdict)}</header>`,
    `<p class="reason">${escapeMarkup(sentence)}</p>`,
    right === undefined ? '' : `<p><b>Right would be:</b> ${escapeMarkup(right)}</p>`,
    measure === undefined ? '' : strip(measure),
    `<dl class="figures">${([['quantifier', claim.quantifier], ['basis', basisWords(verdict)], ['population', claim.population], ['trials', String(trials)]] as const)
      .map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeMarkup(value)}</dd></div>`).join('')}</dl>`,
    differs.length === 0 ? '' : `<p><b>It differs:</b></p><ul>${differs.map((each) => `<li>${each.nodes} nodes${each.tokenCoefficientMs === null ? '' : `, token_coefficient ${each.tokenCoefficientMs}`}, ${escapeMarkup(each.engine)}: ${each.outcome}. ${escapeMarkup(each.sentence)}</li>`).join('')}</ul>`,
    deciding.length === 0 ? '' : `<p class="evidence">decided by ${chips(deciding)}</p>`,
    '</section>',
  ].filter((line) => line !== '').join('\n');
};

const claimBadge = ({ outcome }: Verdict): string => `<span class="badge is-${outcome}">${outcome}</span>`;
