import test from 'ava';

import { createPatience, idleMs, spentMs, usedMs } from '../../../src/worlds/timewarp/patience.ts';

test('a lab that the host lets wait is waited for, however long it takes', (t) => {
  const patience = createPatience();
  for (let s = 0; s < 500; s += 5) t.is(patience({ nowMs: s * 1000, turns: 3, usedMs: s * 100 }), null);
});

test('one that had more of the processor than any turn takes hangs; each turn begins the count anew', (t) => {
  const patience = createPatience();
  t.is(patience({ nowMs: 0, turns: 1, usedMs: 0 }), null);
  t.is(patience({ nowMs: 50_000, turns: 1, usedMs: 50_000 }), null);
  t.is(patience({ nowMs: 55_000, turns: 2, usedMs: 55_000 }), null);
  t.is(patience({ nowMs: 110_000, turns: 2, usedMs: 55_000 + spentMs }), null);
  t.is(patience({ nowMs: 115_000, turns: 2, usedMs: 57_000 + spentMs }), 'it has not said that it is our turn though its kernel had 62 s of processor meanwhile');
});

test('one whose kernel does not run at all waits for what never comes', (t) => {
  const patience = createPatience();
  t.is(patience({ nowMs: 0, turns: 1, usedMs: 700 }), null);
  t.is(patience({ nowMs: idleMs, turns: 1, usedMs: 700 }), null);
  t.is(patience({ nowMs: idleMs + 5000, turns: 1, usedMs: 700 }), 'its kernel has not run for 125 s');
});

test('a process’s own time is read, and that of none is none', (t) => {
  const before = usedMs(process.pid);
  for (const until = process.cpuUsage().user + 50_000; process.cpuUsage().user < until;);
  t.true(usedMs(process.pid) > before);
  t.is(usedMs(2 ** 22 + 1), 0);
});
