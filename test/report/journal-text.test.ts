import test from 'ava';
import type { Event } from '../../src/model/event.ts';
import { journals } from '../../src/report/journal-text.ts';
import { recordOf } from '../analysis/timeline-builder.ts';

const logged = (us: number, by: string, text: string): Event => ({ type: 'logged', identifier: 'corosync', text, at: [us, us], by });

test('each node gets its journal by wall clock and by seconds of the trial', (t) => {
  const files = journals([...recordOf(), logged(12_345_678, 'pve2', 'later'), logged(1_000_000, 'pve2', 'first \u001b[31m'), logged(0, 'pve1', 'x')]);
  t.deepEqual(files.map(({ name }) => name), ['pve1.journal.txt', 'pve2.journal.txt']);
  t.is(files[1]?.content, `wall clock (UTC)          trial s   identifier: text
# the fault took effect at 12.010 s of the trial
2025-01-31T12:00:01.000Z     1.000  corosync: first \\u{1b}[31m
2025-01-31T12:00:12.345Z    12.346  corosync: later
`);
});

test('a record without a beginning has no wall clock, and one without a fault says so', (t) => {
  t.is(journals([logged(5_000_000, 'pve1', 'x')])[0]?.content, `wall clock (UTC)          trial s   identifier: text
# the fault was never applied
-                            5.000  corosync: x
`);
});
