// certificate.html: one page, for the screen and for A4. The grade and why, what was tried, how it conducts itself, and all that deviates.

import { headOf, policy } from '../report/html/parts.ts';
import { style } from '../report/html/style.ts';
import { escapeMarkup } from '../report/text.ts';
import { capitalised, seconds } from '../report/words.ts';
import type { Certificate } from './certificate.ts';
import type { CellResult, TestState } from './grade.ts';
import { certificateStyle } from './page-style.ts';
import { testTitles } from './profile.ts';

/** Without the last line, which signs it. */
export const certificatePage = (certificate: Certificate): string => `${[
  ...headOf(`certificate of ${certificate.lab}`, { policy, style: `${style}${certificateStyle}` }),
  '<body class="certificate">',
  '<main>',
  head(certificate),
  `<section class="scope"><h2>Scope: this and nothing else</h2><dl>${certificate.scope.map(({ what, is }) => `<div><dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(is)}</dd></div>`).join('')}</dl></section>`,
  `<section><h2>Failover times, in seconds after the fault</h2>${cellTable(certificate.cells)}</section>`,
  '<div class="halves">',
  `<section><h2>Signal contract</h2><dl class="contract">${certificate.contract.map(({ question, answer }) => `<div><dt>${escapeMarkup(question)}</dt><dd>${escapeMarkup(capitalised(answer))}</dd></div>`).join('')}</dl></section>`,
  `<section><h2>Tests</h2><ul class="tests">${certificate.tests.map(({ id, state }) => `<li class="${classes[state]}"><b>${id}</b> ${escapeMarkup(testTitles[id])} <i>${state}</i></li>`).join('')}</ul></section>`,
  '</div>',
  certificate.deviations.length === 0 ? '' : `<section><h2>Deviations</h2><ul class="deviations">${certificate.deviations.map((text) => `<li>${escapeMarkup(text)}</li>`).join('')}</ul></section>`,
  footer(certificate),
  '</main>',
  '</body>',
  '</html>',
].filter((line) => line !== '').join('\n')}\n`;

const classes: Readonly<Record<TestState, string>> = { passed: 'yes', reported: 'told', failed: 'no', 'not tested': 'open' };

const head = ({ profile, lab, grade, because, engineOnly, simulated, issuedOn, expiresOn, trials, redactionOf }: Certificate): string => [
  '<header class="top">',
  `<p class="grade is-${grade ?? 'none'}"><b>${grade ?? '—'}</b><span>${grade === null ? 'no grade' : grade === 'Fail' ? 'failed' : 'grade'}</span></p>`,
  '<div>',
  `<p class="kicker">bondproof certificate · profile ${escapeMarkup(profile.name)}, version ${profile.version}</p>`,
  `<h1>LACP for corosync: ${escapeMarkup(lab)}</h1>`,
  `<p class="because">${escapeMarkup(shortened(because).map(capitalised).join('. '))}.</p>`,
  `<p class="dates">Issued ${issuedOn}, expires ${expiresOn} or with any change of the scope · ${trials.valid} of ${trials.all} trials count${redactionOf === null ? '' : ' · names, addresses and serial numbers are pseudonyms'}</p>`,
  '</div>',
  engineOnly ? `<p class="engine"><b>Engine, not product.</b> ${escapeMarkup(simulated.map((text) => capitalised(text)).join('. '))}${simulated.length > 0 ? '.' : ''}</p>` : '',
  '</header>',
].filter((line) => line !== '').join('\n');

/** A page has room for so many. */
const mostReasons = 4;
const shortened = (because: readonly string[]): readonly string[] => because.length <= mostReasons ? because : [...because.slice(0, mostReasons - 1), `and ${because.length - mostReasons + 1} more reasons, in certificate.json`];

const cellTable = (cells: readonly CellResult[]): string => [
  '<table class="cells"><thead><tr><th>cell</th><th></th><th>n</th><th>least</th><th>median (95 %)</th><th>most</th><th>95th percentile (95 %)</th><th>trials with membership changes</th><th>with a fence</th></tr></thead><tbody>',
  ...cells.map((cell) => {
    const { scenario, role, valid, trials, least, median, medianInterval, most, lower, upper, membershipChanges, fences } = cell;
    const isGraded = role === 'graded';
    return `<tr class="${role}"><th scope="row">${escapeMarkup(scenario)}</th><td>${role === 'report' ? '' : role}</td><td>${valid}${valid < trials ? ` of ${trials}` : ''}</td><td>${figure(least)}</td>`
      + `<td>${figure(median)}${medianInterval === null ? '' : ` <small>${figure(medianInterval.lower)} to ${figure(medianInterval.upper)}</small>`}</td><td>${figure(most)}</td>`
      + `<td>${isGraded ? bound(lower, upper) : ''}</td><td>${membershipChanges}</td><td>${fences}</td></tr>`;
  }),
  '</tbody></table>',
].join('');

const figure = (ms: number | null): string => ms === null ? '' : Number.isFinite(ms) ? seconds(ms).replace(/ s$/, '') : '∞';

/** Each end holds with 95 %. */
const bound = (lower: number | null, upper: number | null): string => upper === null ? 'too few' : `<b>at most ${figure(upper)}</b>${lower === null ? '' : ` <small>at least ${figure(lower)}</small>`}`;

const footer = ({ profile, plan, seed, signer, redactionOf }: Certificate): string => `<footer><dl>${([
  ['profile', `SHA-256 ${profile.sha256}`], ['plan', plan], ['seed of phases', String(seed)], ['signed by', signer], ...redactionOf === null ? [] : [['redaction of manifest', `SHA-256 ${redactionOf}`] as const],
] as const).map(([what, is]) => `<div><dt>${what}</dt><dd>${escapeMarkup(is)}</dd></div>`).join('')}</dl><p>To verify this page, or the bundle that it is of, without a lab: <code>bondproof certificate verify FILE|BUNDLE --key PUB</code>. Without the signer’s key it can only say that nothing was changed. A time of ∞ did not end while it was watched.</p></footer>`;
