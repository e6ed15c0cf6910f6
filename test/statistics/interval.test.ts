import test from 'ava';
import fc from 'fast-check';
import { compareIntervals, difference, type Interval, type Order } from '../../src/statistics/interval.ts';

const of = (lower: number, upper: number): Interval => ({ lower, upper });

test('the worst corner decides', (t) => {
  t.deepEqual(compareIntervals(of(1, 2), of(5, 9)), { order: 'less', by: 3 });
  t.deepEqual(compareIntervals(of(5, 9), of(1, 2)), { order: 'greater', by: 3 });
  t.deepEqual(compareIntervals(of(0, 10), of(8, 20)), { order: 'undecided', tooWideBy: 2 });
  t.deepEqual(compareIntervals(of(8, 20), of(0, 10)), { order: 'undecided', tooWideBy: 2 });
  t.deepEqual(compareIntervals(of(0, 100), of(40, 41)), { order: 'undecided', tooWideBy: 41 });
  t.deepEqual(compareIntervals(of(1, 5), of(5, 9)), { order: 'undecided', tooWideBy: 0 });
  t.deepEqual(compareIntervals(of(3, 3), of(3, 3)), { order: 'undecided', tooWideBy: 0 });
  t.deepEqual(compareIntervals(of(3, 3), of(4, Infinity)), { order: 'less', by: 1 });
  t.throws(() => compareIntervals(of(2, 1), of(0, 1)), { instanceOf: RangeError });
});

const anyInterval = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20)).map(([lower, width]) => of(lower, lower + width));

test('it is what every pair of values says, and narrowing by more than told decides', (t) => {
  fc.assert(fc.property(anyInterval, anyInterval, (a, b) => {
    const orders = new Set<number>();
    for (let x = a.lower; x <= a.upper; x += 1) for (let y = b.lower; y <= b.upper; y += 1) orders.add(Math.sign(x - y));
    const found = compareIntervals(a, b);
    t.is(found.order, orders.size > 1 || orders.has(0) ? 'undecided' : orders.has(-1) ? 'less' : 'greater');
    if (found.order !== 'undecided') return;
    // Taken from the end of the one that faces the other, and the rest from the other's: only where they are that wide.
    const narrowed = (low: Interval, high: Interval): Order | null => {
      const [fromLow, from] = [Math.min(low.upper - low.lower, found.tooWideBy + 1), found.tooWideBy + 1];
      const [one, other] = [of(low.lower, low.upper - fromLow), of(high.lower + from - fromLow, high.upper)];
      return low.upper - high.lower === found.tooWideBy && other.lower <= other.upper ? compareIntervals(one, other) : null;
    };
    for (const each of [narrowed(a, b), narrowed(b, a)]) if (each !== null) t.deepEqual(each, { order: 'less', by: 1 });
    if (found.tooWideBy === 0) return;
    t.is(compareIntervals(of(a.lower, Math.max(a.lower, a.upper - found.tooWideBy / 2)), of(Math.min(b.upper, b.lower + found.tooWideBy / 2), b.upper)).order === 'less', false);
  }));
});

test('a difference holds every difference', (t) => {
  t.deepEqual(difference(of(1, 2), of(5, 9)), of(-8, -3));
  t.deepEqual(difference(of(1, Infinity), of(5, Infinity)), of(-Infinity, Infinity));
  t.deepEqual(difference(of(Infinity, Infinity), of(Infinity, Infinity)), of(-Infinity, Infinity));
});
