import test from 'ava';
import { medianEquivalence, newcombe, proportionEquivalence } from '../../src/statistics/equivalence.ts';
import { exactBinomial } from './exact.ts';

const of = (events: number, trials: number): { readonly events: number; readonly trials: number } => ({ events, trials });

test('differences of proportions are those of Newcombe’s table', (t) => {
  // Newcombe 1998, Stat. Med. 17:873, table II, method 10, 95 %.
  for (const [first, second, lower, upper] of [
    [of(56, 70), of(48, 80), 0.0524, 0.3339], [of(9, 10), of(3, 10), 0.1705, 0.8090], [of(6, 7), of(2, 7), 0.0582, 0.8062], [of(5, 56), of(0, 29), -0.0381, 0.1926],
    [of(0, 10), of(0, 20), -0.1611, 0.2775], [of(0, 10), of(0, 10), -0.2775, 0.2775], [of(10, 10), of(0, 20), 0.6791, 1], [of(10, 10), of(0, 10), 0.6075, 1],
  ] as const) {
    const found = newcombe(first, second, 0.95);
    t.deepEqual([found.lower.toFixed(4), found.upper.toFixed(4)], [lower.toFixed(4), upper.toFixed(4)]);
  }
});

test('three verdicts on proportions, with the margin that they are for', (t) => {
  const asked = { margin: 0.1, alpha: 0.05 };
  t.like(proportionEquivalence(of(0, 59), of(0, 59), asked), { verdict: 'equivalent', margin: 0.1, alpha: 0.05 });
  t.is(proportionEquivalence(of(0, 20), of(0, 20), asked).verdict, 'undecided');
  t.is(proportionEquivalence(of(20, 20), of(0, 20), asked).verdict, 'different');
  t.is(proportionEquivalence(of(0, 20), of(20, 20), asked).verdict, 'different');
  t.is(proportionEquivalence(of(0, 0), of(0, 0), asked).verdict, 'undecided');
  // By hand: each bound of 0 of 59 has the root of 95 %, so it is 1 - (1 - .95^.5)^(1/59).
  const bound = 1 - (1 - Math.sqrt(0.95)) ** (1 / 59);
  const { difference } = proportionEquivalence(of(0, 59), of(0, 59), asked);
  t.true(Math.abs(difference.upper - bound) < 1e-12 && Math.abs(difference.lower + bound) < 1e-12);
  for (const wrong of [{ margin: 0, alpha: 0.05 }, { margin: 0.1, alpha: 0.5 }]) t.throws(() => proportionEquivalence(of(0, 9), of(0, 9), wrong), { instanceOf: RangeError });
});

test('two proportions that differ by the margin are called equivalent no more often than alpha, and two that do not, different', (t) => {
  const [trials, asked] = [24, { margin: 0.4, alpha: 0.1 }];
  const verdicts = Array.from({ length: trials + 1 }, (_, a) => Array.from({ length: trials + 1 }, (__, b) => proportionEquivalence(of(a, trials), of(b, trials), asked).verdict));
  const probabilities = (part: number): readonly number[] => Array.from({ length: trials + 1 }, (_, k) => part === 0 || part === 20 ? Number(k === part / 20 * trials) : exactBinomial(k, k, { trials, part, whole: 20 }));
  const often = (verdict: string, a: number, b: number): number => {
    const [ofA, ofB] = [probabilities(a), probabilities(b)];
    return verdicts.reduce((sum, row, k) => sum + row.reduce((inner, each, l) => each === verdict ? inner + ofA[k]! * ofB[l]! : inner, 0), 0);
  };
  let most = 0;
  for (let part = 0; part + 8 <= 20; part += 1) {
    most = Math.max(most, often('equivalent', part, part + 8), often('equivalent', part + 8, part));
    t.true(often('different', part, part + 8) <= 2 * asked.alpha);
  }
  t.true(most > 0 && most <= asked.alpha, `${most}`);
});

/** Numbers that look random and are the same in each run (a linear congruential generator: Knuth, TAOCP 2, 3.3.4, line 26). */
const uniform = (seed: number): (() => number) => {
  let state = BigInt(seed);
  return () => {
    state = (6_364_136_223_846_793_005n * state + 1n) & (2n ** 64n - 1n);
    return Number(state >> 11n) / 2 ** 53;
  };
};

test('three verdicts on medians', (t) => {
  const [asked, draw] = [{ margin: 10, alpha: 0.05 }, uniform(1)];
  const times = (around: number): readonly number[] => Array.from({ length: 40 }, () => around + 10 * draw());
  t.is(medianEquivalence(times(50), times(50), asked).verdict, 'equivalent');
  t.is(medianEquivalence(times(50), times(80), asked).verdict, 'different');
  t.is(medianEquivalence(times(80), times(50), asked).verdict, 'different');
  t.is(medianEquivalence(times(50), times(60), asked).verdict, 'undecided');
});

test('the difference of medians is that of the ranks', (t) => {
  // Of 20, ranks 6 and 15 have 97.9 % each: the least that reach the root of 95 %, 97.47 %.
  const values = Array.from({ length: 20 }, (_, n) => n + 1);
  t.deepEqual(medianEquivalence(values, values.map((value) => value + 100), { margin: 10, alpha: 0.05 }).difference, { lower: 6 - 115, upper: 15 - 106 });
});

test('too few times, or too many without an end, leave it open', (t) => {
  const asked = { margin: 1000, alpha: 0.05 };
  t.deepEqual(medianEquivalence([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], asked), { ...asked, verdict: 'undecided', difference: { lower: -Infinity, upper: Infinity } });
  t.is(medianEquivalence([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], asked).verdict, 'equivalent');
  const endless = new Array<number>(30).fill(Infinity);
  t.is(medianEquivalence(endless, endless, asked).verdict, 'undecided');
  t.is(medianEquivalence(endless, [1, 2, 3, 4, 5, 6], asked).verdict, 'different');
});

test('medians that differ by the margin are called equivalent in no more than alpha of many draws', (t) => {
  const [asked, draw, rounds] = [{ margin: 0.6, alpha: 0.1 }, uniform(7), 2000];
  let wrong = 0;
  for (let round = 0; round < rounds; round += 1) {
    const first = Array.from({ length: 21 }, draw);
    const second = Array.from({ length: 21 }, () => 0.6 + draw());
    if (medianEquivalence(first, second, asked).verdict === 'equivalent') wrong += 1;
  }
  t.true(wrong / rounds <= asked.alpha, `${wrong} of ${rounds}`);
});
