import test from 'ava';
import { inCells } from '../../src/claims/cells.ts';
import type { Claim } from '../../src/claims/claim.ts';
import { claims } from '../../src/claims/index.ts';
import { planText, wantedTrials } from '../../src/claims/plan.ts';
import { can, never } from '../../src/claims/rules.ts';
import { partial, times, trialOf, unaffected } from './evidence.ts';

const claim = (id: string, rest: Partial<Claim>): Claim => ({ id, source: null, phrase: 'it splits', quantifier: 'can', basis: 'measured', population: 'all', cells: [], covers: () => true, judge: can(({ result }) => result.outcome === 'split', { event: 'it split' }), ...rest });
const canSplit = claim('C1', inCells(2, 'balance-xor', 'broadcast'));
const neverSplits = claim('C2', { quantifier: 'never', ...inCells(3, 'balance-xor'), judge: never(({ result }) => result.outcome === 'split', { event: 'it split', least: 3, right: 'it may' }) });

const told = (...evidence: Parameters<typeof wantedTrials>[1]): readonly string[] => wantedTrials([canSplit, neverSplits], evidence).map(({ scenario, repetition, claims: ids }) => `${scenario} ${repetition} ${ids.join('+')}`);

test('first one of each scenario, what most claims wait for before the rest', (t) => {
  t.deepEqual(told(), ['balance-xor 1 C1+C2', 'broadcast 1 C1', 'balance-xor 2 C1+C2', 'broadcast 2 C1', 'balance-xor 3 C2']);
});

test('what is there is not asked for again', (t) => {
  t.deepEqual(told(trialOf('balance-xor', unaffected)), ['broadcast 1 C1', 'balance-xor 2 C1+C2', 'broadcast 2 C1', 'balance-xor 3 C2']);
});

test('a settled claim wants nothing', (t) => {
  t.deepEqual(told(trialOf('balance-xor', partial)), []);
  t.deepEqual(told(trialOf('broadcast', partial)), ['balance-xor 1 C2', 'balance-xor 2 C2', 'balance-xor 3 C2']);
});

test('a scenario that never comes to count is left alone after a while', (t) => {
  const invalid = times(4, () => trialOf('balance-xor', { outcome: 'invalid', valid: false }));
  t.deepEqual(told(...invalid), ['broadcast 1 C1', 'broadcast 2 C1']);
  t.is(told(...invalid.slice(1)).length, 5);
});

test('the plan holds every claim with what was declared of it, and nothing that a trial could change', (t) => {
  const plan = JSON.parse(planText(claims)) as { readonly claims: readonly { readonly id: string }[] };
  t.deepEqual(plan.claims.map(({ id }) => id), claims.map(({ id }) => id));
  t.is(planText(claims), planText(claims));
});
