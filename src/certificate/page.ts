// certificate.html: one page, for the screen and for A4. The grade and why, what was tried, how it conducts itself, and all that deviates.

import { headOf, policy } from '../report/html/parts.ts';
import { style } from '../report/html/style.ts';
import { escapeMarkup } from '../report/text.ts';
import { capitalised, seconds } from '../report/words.ts';
import type { Certificate } from './certificate.ts';
import type { CellResult, TestResult, TestState } from './grade.ts';
import { certificateStyle } from './page-style.ts';
import { testTitles } from './profile.ts';

/** Without the last line, which signs it. */
export const certificatePage = (certificate: Certificate): string => {
  const { lab, scope, cells, contract, tests, deviations } = certificate;
  return `${[
    ...headOf(`certificate of ${lab}`, { policy, style: `${style}${certificateStyle}` }),
    '<body class="certificate">',
    '<main>',
    head(certificate),
    section('Scope: this and nothing else', listOf(scope.map(({ what, is }) => [what, is]), 'scope')),
    section('Failover times, in seconds after the fault', `<div class="wide">${cellTable(cells)}</div>`),
    '<div class="halves">',
    section('Signal contract', listOf(contract.map(({ question, answer }) => [question, capitalised(answer)]), 'contract')),
    section('Tests', `<ul class="tests">${tests.map(testLine).join('')}</ul>`),
    '</div>',
    deviations.length === 0 ? '' : section('Deviations', `<ul class="deviations">${deviations.map((text) => `<li>${escapeMarkup(text)}</li>`).join('')}</ul>`),
    footer(certificate),
    '</main>',
    '</body>',
    '</html>',
  ].filter((line) => line !== '').join('\n')}\n`;
};

const section = (title: string, content: string): string => `<section><h2>${title}</h2>${content}</section>`;

const listOf = (pairs: readonly (readonly [what: string, is: string])[], name: string): string =>
  `<dl class="${name}">${pairs.map(([what, is]) => `<div><dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(is)}</dd></div>`).join('')}</dl>`;

const classes: Readonly<Record<TestState, string>> = { passed: 'yes', reported: 'told', failed: 'no', 'not tested': 'open' };

const testLine = ({ id, state }: TestResult): string => `<li class="${classes[state]}"><b>${id}</b> ${escapeMarkup(testTitles[id])} <i>${state}</i></li>`;

const head = ({ profile, lab, grade, because, engineOnly, simulated, issuedOn, expiresOn, trials, redactionOf }: Certificate): string => [
  '<header class="top">',
  `<p class="grade is-${grade ?? 'none'}"><b>${grade ?? '—'}</b><span>${grade === null ? 'no grade' : grade === 'Fail' ? 'failed' : 'grade'}</span></p>`,
  '<div>',
  `<p class="kicker">bondproof certificate · profile ${escapeMarkup(profile.name)}, version ${profile.version}</p>`,
  `<h1>LACP for corosync: ${escapeMarkup(lab)}</h1>`,
  `<p class="because">${escapeMarkup(shortened(because).map(capitalised).join('. '))}.</p>`,
  `<p class="dates">${[
    `Issued ${issuedOn}, expires ${expiresOn} or with any change of the scope`, `${trials.valid} of ${trials.all} trials count`,
    ...redactionOf === null ? [] : ['names, addresses and serial numbers are pseudonyms'],
  ].join(' · ')}</p>`,
  '</div>',
  engineOnly ? `<p class="engine"><b>Engine, not product.</b> ${escapeMarkup(simulated.map((text) => `${capitalised(text)}.`).join(' '))}</p>` : '',
  '</header>',
].filter((line) => line !== '').join('\n');

/** A page has room for so many. */
const mostReasons = 4;
const shortened = (because: readonly string[]): readonly string[] =>
  because.length <= mostReasons ? because : [...because.slice(0, mostReasons - 1), `and ${because.length - mostReasons + 1} more reasons, in certificate.json`];

const columns = ['cell', '', 'n', 'least', 'median (95 %)', 'most', '95th percentile (95 %)', 'trials with membership changes', 'with a fence'] as const;

const cellTable = (cells: readonly CellResult[]): string => [
  `<table class="cells"><thead><tr>${columns.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>`,
  ...cells.map(cellRow),
  '</tbody></table>',
].join('');

const cellRow = ({ scenario, role, valid, trials, least, median, medianInterval, most, lower, upper, membershipChanges, fences }: CellResult): string => {
  const interval = medianInterval === null ? '' : ` <small>${figure(medianInterval.lower)} to ${figure(medianInterval.upper)}</small>`;
  const figures = [
    role === 'report' ? '' : role, `${valid}${valid < trials ? ` of ${trials}` : ''}`, figure(least), `${figure(median)}${interval}`, figure(most),
    role === 'graded' ? bound(lower, upper) : '', membershipChanges, fences,
  ];
  return `<tr class="${role}"><th scope="row">${escapeMarkup(scenario)}</th>${figures.map((text) => `<td>${text}</td>`).join('')}</tr>`;
};

const figure = (ms: number | null): string => ms === null ? '' : Number.isFinite(ms) ? seconds(ms).replace(/ s$/, '') : '∞';

/** Each end holds with 95 %. */
const bound = (lower: number | null, upper: number | null): string =>
  upper === null ? 'too few' : `<b>at most ${figure(upper)}</b>${lower === null ? '' : ` <small>at least ${figure(lower)}</small>`}`;

const footer = ({ profile, plan, seed, signer, redactionOf }: Certificate): string => [
  `<footer>${listOf([
    ['profile', `SHA-256 ${profile.sha256}`], ['plan', plan], ['seed', String(seed)], ['signed by', signer],
    ...redactionOf === null ? [] : [['redaction of manifest', `SHA-256 ${redactionOf}`] as const],
  ], 'sums')}`,
  '<p>To verify this page, or the bundle that it is of, without a lab: <code>bondproof certificate verify FILE|BUNDLE --key PUB</code>.',
  'Without the signer’s key it can only say that nothing was changed. A time of ∞ did not end while it was watched.</p></footer>',
].join('\n');
