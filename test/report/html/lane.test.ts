import test from 'ava';
import { stretchesOf, withResets } from '../../../src/report/html/lane.ts';

const window = { fromMs: -10, toMs: 100 };

test('changes of a state become stretches that fill the window', (t) => {
  t.deepEqual(stretchesOf('up', [{ atMs: 20, state: 'down' }, { atMs: 50, state: 'up' }], window), [
    { fromMs: -10, toMs: 20, state: 'up' }, { fromMs: 20, toMs: 50, state: 'down' }, { fromMs: 50, toMs: 100, state: 'up' },
  ]);
  t.deepEqual(stretchesOf('up', [], window), [{ fromMs: -10, toMs: 100, state: 'up' }]);
});

test('what was said again is no change, and what came before the window only sets the state', (t) => {
  t.deepEqual(stretchesOf('up', [{ atMs: -50, state: 'down' }, { atMs: 30, state: 'down' }, { atMs: 40, state: 'up' }], window), [
    { fromMs: -10, toMs: 40, state: 'down' }, { fromMs: 40, toMs: 100, state: 'up' },
  ]);
});

test('what comes after the window does not show', (t) => {
  t.deepEqual(stretchesOf('up', [{ atMs: 500, state: 'down' }], window), [{ fromMs: -10, toMs: 100, state: 'up' }]);
});

test('a reset node begins anew', (t) => {
  t.deepEqual(withResets([{ atMs: 10, state: false }, { atMs: 60, state: false }], [{ fromMs: 30, toMs: 50 }], true), [
    { atMs: 10, state: false }, { atMs: 30, state: true }, { atMs: 60, state: false },
  ]);
});
