import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { advance, etaMs, jsonLine, noProgress, plainLine, screen } from '../../src/report/progress.ts';
import type { Progress, ProgressItem } from '../../src/report/progress.ts';

const planned: ProgressItem = {
  atMs: 0, kind: 'planned', slots: 2, trials: [{ trial: '802.3ad/slow-slow', expectedMs: 200_000 }, { trial: 'broadcast', expectedMs: 100_000 }, { trial: 'balance-rr', expectedMs: 150_000 }],
};
const slow: ProgressItem = { atMs: 1000, kind: 'step', trial: '802.3ad/slow-slow', slot: 1, step: 'observe', leftMs: 125_000, note: 'pve1 out of quorum' };
const broad: ProgressItem = { atMs: 1000, kind: 'step', trial: 'broadcast', slot: 2, step: 'configure', leftMs: null, note: '' };
const ended: ProgressItem = { atMs: 60_000, kind: 'ended', trial: 'broadcast', slot: 2, outcome: 'undisturbed', note: 'Nothing changed.' };
const all = (...items: readonly ProgressItem[]): Progress => items.reduce(advance, noProgress);

test('the screen has a line for each running trial with the time left, and a count', (t) => {
  t.deepEqual(screen(all(planned, broad, slow), { columns: 100, color: false, nowMs: 1000 }), [
    '  lab 1  802.3ad/slow-slow  observe       2:05  pve1 out of quorum',
    '  lab 2  broadcast          configure',
    '0/3 trials done, about 2:30 left',
  ]);
});

test('time left runs down between items and stops at zero', (t) => {
  const line = (nowMs: number): string | undefined => screen(all(planned, slow), { columns: 100, color: false, nowMs })[0];
  t.regex(line(61_000) ?? '', / 1:05 /);
  t.regex(line(999_000) ?? '', / 0:00 /);
});

test('what waits goes to the lab that is free first', (t) => {
  t.is(etaMs(all(planned), 0), 250_000);
  t.is(etaMs(all(planned, slow, broad), 1000), 150_000);
  t.is(etaMs(all(planned, slow, broad, ended), 61_000), 150_000);
  t.is(etaMs(noProgress, 0), null);
});

test('an ended trial leaves the screen and counts as done; a repeat that is planned later counts as one more', (t) => {
  const again: ProgressItem = { atMs: 61_000, kind: 'planned', slots: 2, trials: [{ trial: 'broadcast', expectedMs: 1000 }] };
  t.deepEqual(screen(all(planned, slow, broad, ended, again), { columns: 100, color: false, nowMs: 61_000 }).at(-1), '1/4 trials done, about 2:30 left');
});

test('a campaign that is done has no time left to tell', (t) => {
  const one: ProgressItem = { ...planned, trials: [{ trial: 'broadcast', expectedMs: 1 }] };
  t.deepEqual(screen(all(one, broad, ended), { columns: 100, color: false, nowMs: 61_000 }), ['1/1 trials done']);
});

test('no line is wider than the terminal, and colour is only colour', (t) => {
  const noisy = all(planned, { ...slow, note: 'x'.repeat(300) }, broad);
  for (const columns of [20, 40, 80]) {
    const painted = screen(noisy, { columns, color: true, nowMs: 0 }).map(stripVTControlCharacters);
    t.true(painted.every((line) => line.length <= columns));
    t.deepEqual(painted, screen(noisy, { columns, color: false, nowMs: 0 }));
  }
});

test('without a terminal each item is a line of words', (t) => {
  t.deepEqual([planned, slow, broad, ended, { atMs: 0, kind: 'notice', text: 'booting\u001b[2J' } as const].map(plainLine), [
    'planned: 3 trials on 2 labs',
    'lab 1: 802.3ad/slow-slow: observe, 2:05 left; pve1 out of quorum',
    'lab 2: broadcast: configure',
    'lab 2: broadcast: ended, undisturbed; Nothing changed.',
    'booting\\u{1b}[2J',
  ]);
});

test('a line for machines is the item again, and safe to show', (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (note) => {
    const item: ProgressItem = { ...slow, note };
    const line = jsonLine(item);
    return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line) && JSON.stringify(JSON.parse(line)) === JSON.stringify(item);
  }));
  t.is(jsonLine({ atMs: 5, kind: 'notice', text: 'a\u001bb\u202e' }), '{"atMs":5,"kind":"notice","text":"a\\u001bb\\u202e"}');
});
