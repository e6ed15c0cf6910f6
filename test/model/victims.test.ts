import test from 'ava';
import { placeWrong, victimsOf } from '../../src/model/victims.ts';

/** By ids the order is b, c, a. */
const lab = { nodes: [{ name: 'a', id: 9 }, { name: 'b', id: 2 }, { name: 'c', id: 5 }].map((node) => ({ ...node, address: '', bond: 'bond0', slaves: [], login: null })) };
const of = (victim: string, placesAfter: number): readonly string[] => victimsOf({ ...lab, victim }, { also: { placesAfter, target: 'first' } });

test('the second victim is so many places after the first by corosync’s ids, and after the last comes the first', (t) => {
  t.deepEqual([of('b', 1), of('b', 2), of('a', 1), of('c', 2)], [['b', 'c'], ['b', 'a'], ['a', 'b'], ['c', 'b']]);
  t.deepEqual(victimsOf({ ...lab, victim: 'c' }, {}), ['c']);
});

test('a place that the lab does not have is nobody’s, and told', (t) => {
  t.deepEqual(of('b', 3), ['b']);
  t.is(placeWrong({ ...lab, victim: 'b' }, { also: { placesAfter: 3, target: 'first' } }), 'the second victim is 3 places after b, and there are 3 nodes');
  t.is(placeWrong({ ...lab, victim: 'b' }, { also: { placesAfter: 2, target: 'first' } }), null);
  t.is(placeWrong({ ...lab, victim: 'b' }, {}), null);
});
