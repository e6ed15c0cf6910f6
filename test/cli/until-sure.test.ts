import test from 'ava';
import fc from 'fast-check';

import { certaintyWords, isSure, untilSure, usualCap } from '../../src/cli/until-sure.ts';
import { planTrials } from '../../src/harness/campaign.ts';
import { goals } from '../../src/hunt/goals.ts';
import { findScenarios } from '../../src/scenarios/index.ts';
import { trialResult } from '../report/small-run.ts';

const goal = goals.find(({ name }) => name === 'any fenced')!;
const [fast, slow] = [findScenarios(['802.3ad/fast-fast'])[0]!, findScenarios(['802.3ad/slow-slow'])[0]!];
const trials = planTrials([fast, slow], usualCap, 'netem');
const reset = [{ node: 'pve1', afterMs: 65_000, errorMs: 1, bystander: false, rehearsed: false }];
const ended = (number: number, met: boolean | null, attempt: 1 | 2 = 1) =>
  trialResult(number, trials[number - 1]!.scenario.name, { attempt, valid: met !== null, ...met === true && { fenced: reset } });
const numbersOf = (name: string): readonly number[] => trials.filter(({ scenario }) => scenario.name === name).map(({ number }) => number);
const open = () => untilSure(goal, trials, { seed: 7, cap: usualCap });

test('ten trials without are enough for seldom, two with are enough for often, each scenario by itself', (t) => {
  const sure = open();
  const [quiet, loud] = [numbersOf(fast.name), numbersOf(slow.name)];
  for (const number of loud.slice(0, 2)) sure.judged(ended(number, true));
  for (const number of quiet.slice(0, 9)) sure.judged(ended(number, false));
  t.deepEqual(trials.filter((trial) => sure.worthwhile(trial)).map(({ scenario }) => scenario.name).filter((name) => name === slow.name), []);
  t.true(sure.worthwhile(trials[quiet[9]! - 1]!));
  sure.judged(ended(quiet[9]!, false));
  t.deepEqual(trials.filter((trial) => sure.worthwhile(trial)), []);
  t.deepEqual(sure.certainties().map(({ scenario, events, trials: count, state }) => [scenario, events, count, state]), [[fast.name, 0, 10, 'accept'], [slow.name, 2, 2, 'reject']]);
  t.true(isSure(sure.certainties()));
  t.is(certaintyWords(goal, sure.certainties()[0]!), '802.3ad/fast-fast: "any fenced" in 0 of 10 trials; 0 % to 42 % of all (95 %, whenever one stops); taken for seldom: 5 % of trials or less');
});

test('what ends first does not count first: the order is that of the plan', (t) => {
  const numbers = numbersOf(slow.name);
  const results = numbers.slice(0, 30).map((number, at) => ended(number, at % 4 === 3));
  const inOrder = open();
  for (const result of results) inOrder.judged(result);
  fc.assert(fc.property(fc.shuffledSubarray(results, { minLength: results.length }), (shuffled) => {
    const sure = open();
    for (const result of shuffled) sure.judged(result);
    t.deepEqual(sure.certainties(), inOrder.certainties());
  }), { numRuns: 30 });
});

test('what does not count is run once more, and then left out', (t) => {
  const sure = open();
  const [first, second] = numbersOf(slow.name) as [number, number];
  sure.judged(ended(first, null));
  sure.judged(ended(second, true));
  t.is(sure.certainties()[1]!.trials, 0, 'the first may still come to count');
  sure.judged(ended(first, null, 2));
  t.like(sure.certainties()[1], { trials: 1, events: 1, state: 'continue' });
});

test('trials that ran beside the deciding ones are told of, and decide nothing', (t) => {
  const sure = open();
  for (const number of numbersOf(slow.name).slice(0, 4)) sure.judged(ended(number, true));
  t.like(sure.certainties()[1], { trials: 2, events: 2, state: 'reject', more: { trials: 2, events: 2 } });
  t.regex(certaintyWords(goal, sure.certainties()[1]!), /taken for often: 30 % of trials or more; 2 of 2 more that ran beside$/);
});

test('the plan says all that is fixed, and another seed, goal or cap has another digest', (t) => {
  t.like(JSON.parse(open().plan), { goal: 'any fenced', p0: 0.05, p1: 0.3, alpha: 0.05, beta: 0.05, cap: usualCap, seed: 7, scenarios: [fast.name, slow.name] });
  const digests = [open(), untilSure(goal, trials, { seed: 8, cap: usualCap }), untilSure(goals[0]!, trials, { seed: 7, cap: usualCap }), untilSure(goal, trials, { seed: 7, cap: 10 })].map(({ digest }) => digest);
  t.is(new Set(digests).size, 4);
});
