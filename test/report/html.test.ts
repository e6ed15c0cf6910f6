import { hash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { judgeRun } from '../../src/analysis/index.ts';
import type { Event } from '../../src/model/event.ts';
import { reportHtml } from '../../src/report/html.ts';
import { script } from '../../src/report/html/script.ts';
import { recordOf } from '../analysis/timeline-builder.ts';
import { goldenRun, goldenTrials } from './golden.ts';
import { node, runOf, slowSlow, trialResult } from './small-run.ts';

const page = reportHtml(goldenRun, goldenTrials);

/** The page without the text of its script, whose comparisons look like tags. */
const unscripted = (html: string): string => html.replace(script, '');

/** The tags of a page, in order; throws where they do not nest. */
const tagsOf = (html: string): ReadonlySet<string> => {
  const open: string[] = [];
  const seen = new Set<string>();
  for (const [, slash, name = '', rest = ''] of unscripted(html).replace(/^<!doctype html>/, '').matchAll(/<(\/?)([a-z0-9]+)((?:[^<>"]|"[^"<>]*")*)>/g)) {
    seen.add(name);
    if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(' ')}`);
  return seen;
};

test('the page loads nothing, runs its own script alone and forbids all else', (t) => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  t.is(policy, `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash('sha256', script, 'base64')}'; base-uri 'none'; form-action 'none'`);
  t.deepEqual(page.match(/<script[^]*?<\/script>/g), [`<script>${script}</script>`]);
  t.notRegex(unscripted(page), /<link|<img|<iframe|<object|<embed|<base|<form|<meta http-equiv="refresh|@import|\bsrc=|\bsrcset=|\bon[a-z]+="|https?:/i);
  t.notRegex(script, /https?:|fetch|XMLHttpRequest|WebSocket|import|eval|innerHTML|sendBeacon/);
  t.deepEqual([...new Set(page.match(/url\([^)]*\)/g))], ['url(#cross)', 'url(#hatch)']);
  t.deepEqual([...page.matchAll(/href="([^"#][^"]*)"/g)].filter(([, to = '']) => !to.startsWith('trials/')), [], 'links lead into the page or beside it');
});

test('its elements nest, and every link on the page has its target', (t) => {
  t.notThrows(() => tagsOf(page));
  for (const [, anchor = ''] of page.matchAll(/href="#([^"]*)"/g)) t.true(page.includes(`id="${anchor}"`), anchor);
});

test('the answer, what is simulated, every trial, its proof and the versions are on it', (t) => {
  t.true(page.includes('<b><i class="fenced-bystander"></i>Reset nodes with healthy bonds</b> 802.3ad/slow-slow'));
  t.true(page.indexOf('Simulated, not the real thing') < page.indexOf('Modes, best to worst'));
  for (const trial of goldenRun.trials) t.true(page.includes(`id="trial-${trial.number}-${trial.attempt}"`));
  t.true(page.includes('no canary arrived during the fault</b> 299 of 299 arrived'));
  t.true(page.includes('<dt>corosync</dt><dd>3.1.9</dd>'));
});

test('the picture says in words what its shapes show', (t) => {
  const titles = [...page.matchAll(/<title>([^<]*)<\/title>/g)].map(([, words]) => words);
  for (const words of [
    'tx-silent 0.0 s to 130 s', 'expired 87.3 s to 90.3 s; defaulted 90.3 s to 148 s; else in use', 'down 1.6 s to 98.0 s; else up', 'out of quorum 7.3 s to 98.3 s; else quorate; new memberships: 15',
    'nothing heard 0.0 s to 94.0 s; most heard 94.0 s to 95.0 s; else all heard; of 1300 probes', 'up throughout',
  ]) t.true(titles.includes(words), words);
  t.true(titles.some((words) => words?.includes('the watchdog expired, the point of no return at 59.2 s')));
  t.true(page.includes('title="pve2 was reset at 70.8 s, give or take 1.5 s"'));
});

test('nothing that a device or a lab file says becomes markup', (t) => {
  const evil = '"><script>alert(1)</script>\u001b\u202e\'`&amp;';
  const [first] = goldenTrials;
  const events = JSON.parse(JSON.stringify(first?.events).replaceAll('pve3', JSON.stringify(evil).slice(1, -1)).replaceAll('eth1', JSON.stringify(`${evil}1`).slice(1, -1))) as readonly Event[];
  const trials = [{ folder: `trials/${evil}`, events }];
  const run = judgeRun(trials);
  const named = { ...run, campaign: evil, lab: evil, startedAt: evil, about: { [evil]: evil }, simulated: [evil], trials: run.trials.map((trial) => ({ ...trial, scenario: evil, reason: evil, fault: evil, ha: evil })) };
  const html = reportHtml(named, trials);
  const known = tagsOf(page);
  t.deepEqual([...tagsOf(html)].filter((tag) => !known.has(tag)), []);
  t.notRegex(html, /[^\n\P{Cc}]|\p{Cf}/u);
});

test('torn, shuffled and empty records give a page all the same', (t) => {
  const events = goldenTrials[0]?.events.filter((event, index) => event.type !== 'tick' || index % 40 === 0) ?? [];
  fc.assert(fc.property(fc.shuffledSubarray([...events]), (some) => {
    const trials = [{ folder: 'trials/1', events: some }];
    tagsOf(reportHtml(judgeRun(trials), trials));
  }), { numRuns: 40 });
  t.notThrows(() => tagsOf(reportHtml(runOf(), [])));
  t.true(reportHtml(runOf(slowSlow, trialResult(9, 'm', { nodes: {} })), []).includes('This trial left no record.'));
});

test('no number of the picture is not a number', (t) => {
  t.notRegex(unscripted(page), /NaN|Infinity|undefined|null(?!\w)/);
});

const bytesOf = (html: string): number => Buffer.byteLength(html);

test('fourteen trials with a hail of losses and link changes stay below two megabytes', (t) => {
  const nodes = ['pve1', 'pve2', 'pve3'];
  const hail = recordOf({
    revertS: 150,
    dark: nodes.flatMap((from) => nodes.flatMap((to) => Array.from({ length: 40 }, (_, n) => ({ from, to, fromS: 4 * n, toS: 4 * n + 1 + (n % 3), lossOneIn: 1 + (n % 4) })))),
    also: Array.from({ length: 300 }, (_, n) => [n / 2, nodes[n % 3] ?? 'pve1', { type: 'knet-link-changed', peer: nodes[(n + 1) % 3] ?? 'pve1', link: 0, up: n % 2 === 0 }] as const),
  });
  const trials = Array.from({ length: 14 }, (_, n) => ({ folder: `trials/${n}`, events: hail }));
  const result = judgeRun(trials.slice(0, 1)).trials[0];
  const html = reportHtml(runOf(...trials.map(({ folder }, n) => ({ ...(result ?? slowSlow), folder, number: n + 1 }))), trials);
  t.true(bytesOf(html) < 2_000_000, String(bytesOf(html)));
});

test('two hundred trials, of every kind in turn, stay below three megabytes', (t) => {
  // A trial's section does not depend on how many there are: each kind is made once, and twice to see what one more costs.
  const trials = (times: number): number => {
    const records = Array.from({ length: times }, (_, n) => goldenTrials.map(({ events }, at) => ({ folder: `trials/${100 * (n + 1) + at}-802.3ad-slow-slow`, events }))).flat();
    return bytesOf(reportHtml({ ...goldenRun, trials: records.map(({ folder }, at) => ({ ...goldenRun.trials[at % goldenRun.trials.length]!, folder, number: 101 + at })) }, records));
  };
  const [one, two] = [trials(1), trials(2)];
  const all = one + (two - one) * (200 / goldenTrials.length - 1);
  t.true(all < 3_000_000, String(all));
});

test('when the fault came is told where that was asked for', (t) => {
  const phase = { anchor: 'lacpdu', wantedMs: 12_500, measuredMs: 12_503, errorMs: 1.2 } as const;
  t.true(reportHtml(runOf({ ...slowSlow, phase }), []).includes('<dt>phase</dt><dd>12.503 s ± 0.001 s after the victim’s last LACPDU, wanted 12.500 s</dd>'));
  t.false(page.includes('<dt>phase</dt>'));
});

test('findings stand above the answer and with their trial, and predictions beside what was measured', (t) => {
  const result = trialResult(1, '802.3ad/fast-fast', {
    findings: [{ what: 'no node was reset while HA was idle', found: '<b>pve3</b> was' }], nodes: { pve1: node({ nearMissMs: 12_345 }) }, blastRadius: 1,
    predictions: [{ what: 'first token lost', earliestMs: 3100, latestMs: 5300, measuredMs: 6300, within: false, source: 'exec/totemconfig.c' }],
  });
  const html = reportHtml(runOf(result), []);
  const finding = 'ot so, that no node was reset while HA was idle';
  t.true(html.indexOf(finding) < html.indexOf('class="answer"'));
  t.is(html.split(finding).length, 3);
  t.false(html.includes('<b>pve3</b>'));
  t.true(html.includes('<th scope="row">first token lost</th><td>3.1 s to 5.3 s</td><td>6.3 s</td><td class="wrong">1.0 s too late</td>'));
  t.true(html.includes('<td>12.3 s</td>') && html.includes('nearest miss 12.3 s') && html.includes('blast radius 1'));
  t.false(reportHtml(runOf(trialResult(1, '802.3ad/fast-fast')), []).includes('class="findings"'));
});

test('a second victim has its cable, its class, its LACP and its name in every lane', (t) => {
  const lacp = (by: string) => [-9, 30].map((atS) => [atS, by, { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: atS < 0 ? 0x3d : 0xbd }] as const);
  const trials = [{ folder: 'trials/1', events: recordOf({ revertS: 60, scenario: { also: { placesAfter: 1, target: 'first' } }, predictedAlso: { class: 'none', darkPeers: [] }, also: ['pve1', 'pve2', 'pve3'].flatMap(lacp) }) }];
  const html = reportHtml(judgeRun(trials), trials);
  for (const text of ['<dt>cable</dt><dd>pve1-eth1 and pve2-eth1</dd>', '<dt>class of pve2</dt><dd>none, as predicted</dd>', '>LACP on pve1-eth1</th>', '>LACP on pve2-eth1</th>', '<th>pve2-eth1</th>', '<th>pve2 (victim)</th>', 'pve2 <small>victim</small>', 'fault injected on pve1-eth1 and pve2-eth1: tx-silent']) t.true(html.includes(text), text);
  for (const text of ['LACP on pve3', 'pve3 (victim)']) t.false(html.includes(text), text);
  tagsOf(html);
});
