import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import type { Evidence } from '../../src/claims/claim.ts';
import { cellResults, gradeOf, type TestResult } from '../../src/certificate/grade.ts';
import { cells, gradedTrials, indispensable, profileName, profilePath, profileVersion, testIds, testTitles } from '../../src/certificate/profile.ts';
import { asymmetricMs, failoverMs } from '../../src/certificate/trial.ts';
import type { DarkPair, TrialResult } from '../../src/model/result.ts';
import { isScenario } from '../../src/scenarios/index.ts';
import { valuesForUpperBound } from '../../src/statistics/index.ts';
import { fenced, trialOf } from '../claims/evidence.ts';

const pair = (toMs: number | null, more: Partial<DarkPair> = {}): DarkPair => ({ from: 'pve1', to: 'pve3', fromMs: 0, toMs, lossRatio: 1, predicted: true, ...more });
const counts = { knetChanges: 0, tokenLosses: 0, memberships: 0, quorumChanges: 0, lacpChanges: 0 };
const after = (ms: number, memberships = 1): Partial<TrialResult> => ({ darkPairs: [pair(ms)], counts: { ...counts, memberships } });

/** All trials of the profile: the graded ones as told, the controls bad, the others calm. */
const evidenceOf = (graded: (repetition: number) => Partial<TrialResult>, more: (cell: (typeof cells)[number], repetition: number) => Partial<TrialResult> = () => ({})): readonly Evidence[] =>
  cells.flatMap((cell) => Array.from({ length: cell.trials }, (_, at) =>
    trialOf(cell.scenario, { ...cell.role === 'graded' ? graded(at + 1) : cell.role === 'control' ? after(75_000) : after(3000), repetition: at + 1, ...more(cell, at + 1) })));

const allPassed: readonly TestResult[] = testIds.map((id) => ({ id, state: 'passed', found: '' }));
const except = (id: string, state: TestResult['state']): readonly TestResult[] => allPassed.map((each) => each.id === id ? { ...each, state } : each);
const gradeFor = (evidence: readonly Evidence[], tests = allPassed): string | null => gradeOf(cellResults(evidence), tests).grade;

test('the document and the data are one profile', (t) => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', profilePath), 'utf8');
  t.true(text.startsWith(`# Profile ${profileName}, version ${profileVersion}\n`));
  const rows = [...text.matchAll(/^\| `([^`]+)` \| (\d+) \| (?:\*\*(\w+)\*\*)?/gm)].map(([, scenario, trials, role]) => [scenario, Number(trials), role ?? 'report']);
  t.deepEqual(rows, cells.map(({ scenario, trials, role }) => [scenario, trials, role]));
  t.deepEqual([...text.matchAll(/^\| (C\d+) \| ([^|]+) \|/gm)].map(([, id, title]) => [id, title]), testIds.map((id) => [id, testTitles[id].replace('’', '\'')]));
  for (const id of indispensable) t.regex(text, new RegExp(`No grade[^.]*\\b${id}\\b`));
  t.true(cells.every(({ scenario }) => isScenario(scenario)));
  t.is(gradedTrials, valuesForUpperBound({ quantile: 0.95, confidence: 0.95 }));
});

test('the greatest of 59 values is the bound; of 58 there is none', (t) => {
  const [cell] = cellResults(evidenceOf((n) => after(1000 + n)));
  t.like(cell, { valid: 59, least: 1001, most: 1059, upper: 1059, median: 1030 });
  const [short] = cellResults(evidenceOf((n) => n === 59 ? { valid: false, outcome: 'invalid' } : after(1000 + n)));
  t.like(short, { valid: 58, invalid: 1, upper: null });
});

test('two trials in the same part of the period count once', (t) => {
  const [cell] = cellResults([...evidenceOf((n) => after(1000 + n)), trialOf('802.3ad/fast-fast', { ...after(9000), repetition: 1 })]);
  t.like(cell, { valid: 59, most: 1059 });
});

test('A: no membership changed', (t) => {
  t.is(gradeFor(evidenceOf(() => after(3000, 0))), 'A');
  t.is(gradeFor(evidenceOf((n) => after(3000, n === 59 ? 1 : 0))), 'B');
});

test('B up to 6.5 s, C up to 10 s, Fail above; one trial of 59 decides', (t) => {
  t.is(gradeFor(evidenceOf(() => after(6500))), 'B');
  t.is(gradeFor(evidenceOf((n) => after(n === 7 ? 6501 : 4000))), 'C');
  t.is(gradeFor(evidenceOf((n) => after(n === 7 ? 10_000 : 4000))), 'C');
  t.is(gradeFor(evidenceOf((n) => after(n === 7 ? 10_001 : 4000))), 'Fail');
  t.is(gradeFor(evidenceOf((n) => n === 7 ? { darkPairs: [pair(null)] } : after(4000))), 'Fail');
});

test('the worse of the two graded cells counts', (t) => {
  t.is(gradeFor(evidenceOf(() => after(3000, 0), ({ scenario }, n) => scenario.endsWith('switch-tx-silent') && scenario.startsWith('802.3ad/fast-fast') && n === 3 ? after(8000) : {})), 'C');
});

test('a fence or a view that is asymmetric for longer than 30 s fails, in graded cells alone', (t) => {
  const { grade, because } = gradeOf(cellResults(evidenceOf((n) => n === 7 ? { ...after(4000), ...fenced('pve2'), darkPairs: [pair(4000)] } : after(4000))), allPassed);
  t.deepEqual([grade, because.length], ['Fail', 2]);
  t.is(gradeFor(evidenceOf(() => after(4000), ({ scenario }) => scenario === 'control/none' ? fenced('pve2') : {})), 'B');
});

test('tests that were not made, or failed, limit the grade', (t) => {
  const evidence = evidenceOf(() => after(3000, 0));
  for (const id of testIds) {
    t.is(gradeFor(evidence, except(id, 'not tested')), indispensable.includes(id) ? null : 'B', id);
    t.is(gradeFor(evidence, except(id, 'failed')), id === 'C16' ? null : 'B', id);
    t.is(gradeFor(evidence, except(id, 'reported')), 'A', id);
    t.is(gradeFor(evidence, allPassed.filter((each) => each.id !== id)), indispensable.includes(id) ? null : 'A', id);
  }
});

test('without a control that is bad every time there is no grade', (t) => {
  const good = evidenceOf(() => after(3000, 0), ({ scenario }, n) => scenario === '802.3ad/slow-slow' && n === 2 ? after(8000) : {});
  t.deepEqual(gradeOf(cellResults(good), allPassed), { grade: null, because: ['the rig is not measuring: 1 of 10 trials of the control 802.3ad/slow-slow were not bad'] });
  const reset = evidenceOf(() => after(3000, 0), ({ scenario }, n) => scenario === '802.3ad/slow-slow' && n === 2 ? { ...fenced('pve1'), darkPairs: [pair(8000)] } : {});
  t.is(gradeFor(reset), 'A');
  t.is(gradeFor(good.filter(({ scenario, result }) => scenario.name !== '802.3ad/slow-slow' || result.repetition !== 2)), null);
});

test('the failover time is the later of who hears whom and of LACP; what was not seen has no end', (t) => {
  const fault = 'tx-silent';
  const lacp = { switchExpiredMs: 3000, switchDefaultedMs: null, nodeStoppedMs: 8900, preventedByReset: false };
  t.is(failoverMs({ fault, darkPairs: [pair(9400), pair(200)], lacp }), 9400);
  t.is(failoverMs({ fault, darkPairs: [pair(200)], lacp }), 8900);
  t.is(failoverMs({ fault, darkPairs: [], lacp }), 8900);
  t.is(failoverMs({ fault, darkPairs: [], lacp: { ...lacp, nodeStoppedMs: null } }), Infinity);
  t.is(failoverMs({ fault, darkPairs: [pair(null)], lacp }), Infinity);
});

test('where nothing is silenced, and nothing is lost, nothing fails over', (t) => {
  const lacp = { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs: null, preventedByReset: false };
  for (const fault of ['none', 'switch-rate-slow']) {
    t.is(failoverMs({ fault, darkPairs: [], lacp }), 0, fault);
    t.is(failoverMs({ fault, darkPairs: [pair(500)], lacp }), 500, fault);
    t.is(failoverMs({ fault, darkPairs: [pair(null)], lacp }), Infinity, fault);
  }
});

test('a pair that is dark both ways is not asymmetric', (t) => {
  const back = { from: 'pve3', to: 'pve1' };
  t.is(asymmetricMs({ darkPairs: [pair(40_000)], faultMs: 60_000 }), 40_000);
  t.is(asymmetricMs({ darkPairs: [pair(40_000), pair(40_000, back)], faultMs: 60_000 }), 0);
  t.is(asymmetricMs({ darkPairs: [pair(null), pair(50_000, { ...back, fromMs: 20_000 })], faultMs: 60_000 }), 20_000);
  t.is(asymmetricMs({ darkPairs: [], faultMs: null }), 0);
});
