import test from 'ava';

import { comparedEvents, firstDifference } from '../../src/harness/replay.ts';

test('records are the same when all but their first lines are', (t) => {
  t.is(firstDifference('run 1\na\nb\n', 'run 2\na\nb\n'), null);
  t.is(comparedEvents('run 1\na\nb\n'), 2);
});

test('the first line that differs is told, and what is missing at an end', (t) => {
  t.deepEqual(firstDifference('run 1\na\nb\nc\n', 'run 2\na\nB\nC\n'), { line: 3, was: 'b', is: 'B' });
  t.deepEqual(firstDifference('run 1\na\nb', 'run 2\na'), { line: 3, was: 'b', is: null });
  t.deepEqual(firstDifference('run 1', 'run 2\na'), { line: 2, was: null, is: 'a' });
});
