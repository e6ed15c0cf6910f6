import test from 'ava';
import { judgeTrial } from '../../src/analysis/index.ts';
import { goals, isMet } from '../../src/hunt/goals.ts';
import type { TrialResult } from '../../src/model/result.ts';
import { goldenTrials } from '../report/golden.ts';

const [first] = goldenTrials;
const calm: TrialResult = { ...judgeTrial(first!.events, ''), outcome: 'disturbed', valid: true, fenced: [] };
const reset = { afterMs: 70_000, errorMs: 10, rehearsed: false };
const victim = { ...reset, node: 'pve1', bystander: false };
const bystander = { ...reset, node: 'pve2', bystander: true };

const met = (over: Partial<TrialResult>): readonly string[] => goals.filter((goal) => isMet(goal, { ...calm, ...over }) === true).map(({ name }) => name);

test('each goal is met by what its name says', (t) => {
  t.deepEqual(met({}), []);
  t.deepEqual(met({ outcome: 'fenced-bystander', fenced: [bystander] }), ['bystander fenced', 'any fenced']);
  t.deepEqual(met({ outcome: 'fenced', fenced: [victim] }), ['victim fenced', 'any fenced']);
  t.deepEqual(met({ outcome: 'fenced-bystander', fenced: [victim, bystander] }), ['bystander fenced', 'victim fenced', 'any fenced']);
  t.deepEqual(met({ outcome: 'split' }), ['split']);
  t.deepEqual(met({ outcome: 'isolated' }), ['isolated']);
});

test('a trial that does not count meets no goal, and misses none', (t) => {
  for (const goal of goals) t.is(isMet(goal, { ...calm, outcome: 'invalid', valid: false, fenced: [bystander] }), null);
});
