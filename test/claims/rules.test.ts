import test from 'ava';
import { can, how, never, number, range, will } from '../../src/claims/rules.ts';
import type { Evidence } from '../../src/claims/claim.ts';
import { partial, times, trialOf, unaffected } from './evidence.ts';

const isSplit = ({ result }: Evidence): boolean => result.outcome === 'split';
const split = (): Evidence => trialOf('balance-xor', partial);
const calm = (): Evidence => trialOf('balance-xor', unaffected);
const law = { event: 'it split', least: 5, right: 'may not' };

test('can: one witness upholds, and is what decides', (t) => {
  const witness = split();
  const { outcome, sentence, deciding } = can(isSplit, { event: 'it split' })([calm(), witness, calm()]);
  t.deepEqual([outcome, sentence, deciding], ['upheld', 'It split in 1 of 3 trials (0.4 % to 93.3 % of all).', [witness]]);
});

test('can: without a witness it is only bounded, never refuted', (t) => {
  const { outcome, sentence } = can(isSplit, { event: 'it split' })(times(14, calm));
  t.deepEqual([outcome, sentence], ['inconclusive', 'It split in 0 of 14 trials, so it happens in at most 19 % of them (95 %).']);
});

test('never: one exception refutes, or makes imprecise where its direction is true', (t) => {
  t.is(never(isSplit, law)([calm(), split()]).outcome, 'refuted');
  t.is(never(isSplit, { ...law, direction: () => true })([calm(), split()]).outcome, 'imprecise');
  t.is(never(isSplit, law)([split()]).right, 'may not');
});

test('never: too few trials without an exception leave it open', (t) => {
  t.is(never(isSplit, law)(times(4, calm)).outcome, 'inconclusive');
  t.is(never(isSplit, law)(times(5, calm)).outcome, 'upheld');
});

test('will: one trial that is otherwise refutes, and decides', (t) => {
  const otherwise = calm();
  const { outcome, deciding, sentence } = will(isSplit, law)([split(), otherwise, split()]);
  t.deepEqual([outcome, deciding, sentence], ['refuted', [otherwise], 'It split in 2 of 3 trials (6.7 % to 99.6 % of all).']);
  t.is(will(isSplit, law)(times(5, split)).outcome, 'upheld');
  t.is(will(isSplit, law)(times(4, split)).outcome, 'inconclusive');
});

const measured = (...values: readonly (number | null)[]): ReturnType<ReturnType<typeof number>> =>
  number({ what: 'it took', valueMs: ({ result }) => result.recoveryMs, saidMs: { least: 2000, most: 4000 }, direction: (ms) => ms < 10_000, least: 3, right: (all) => range(all) })(values.map((recoveryMs) => trialOf('balance-xor', { recoveryMs })));

test('number: within what is said, outside of it, and far off', (t) => {
  t.is(measured(2000, 3000, 4000).outcome, 'upheld');
  t.deepEqual([measured(3000, 5000, 9000).outcome, measured(3000, 5000, 9000).right], ['imprecise', '3.0 to 9.0 s, median 5.0 s']);
  t.is(measured(3000, 20_000).outcome, 'refuted');
});

test('number: too few values, or none, leave it open', (t) => {
  t.is(measured(3000, null).outcome, 'inconclusive');
  t.is(measured(null).sentence, 'In none of 1 valid trials was it seen: it took.');
  t.is(measured().outcome, 'inconclusive');
});

test('number: the values come with the verdict, each with its trial', (t) => {
  t.deepEqual(measured(3000, 2500).measure?.values.map(({ ms }) => ms), [3000, 2500]);
});

test('how: each scenario in a clause', (t) => {
  t.is(how((_, trials) => `${trials.length} trials`)([split(), trialOf('broadcast'), split()]).sentence, 'balance-xor: 2 trials; broadcast: 1 trials.');
  t.is(how(() => '')([]).outcome, 'inconclusive');
});

test('number: a value that is not known well enough is neither inside nor outside, and the sentence says what it would take', (t) => {
  const of = (errorMs: number, ...values: readonly number[]) => number({ what: 'it took', valueMs: ({ result }) => result.recoveryMs, errorMs: () => errorMs, saidMs: { least: 2000, most: 4000 }, direction: (ms) => ms < 10_000, least: 2, right: (all) => range(all) })(values.map((recoveryMs) => trialOf('balance-xor', { recoveryMs })));
  t.is(of(10, 2010, 3990).outcome, 'upheld');
  t.deepEqual([of(10, 3000, 3994).outcome, of(10, 3000, 3994).sentence], ['inconclusive', 'It took: 3.0 to 4.0 s in 2 trials; of 1 it cannot be told: the interval would have to be 8 ms narrower.']);
  t.is(of(10, 3994, 5000).outcome, 'imprecise');
});
