import test from 'ava';
import { runScript } from './run.ts';

interface Verdict {
  readonly seed: number;
  readonly hung: number;
  readonly unanswered: readonly number[];
  readonly notSynced: readonly number[];
  readonly digests: number;
  readonly refusedInTheEnd: readonly number[];
  readonly acknowledged: number;
}

const seeds = 100;

for (const kind of ['lasting', 'restarts'] as const) {
  test(`after random memberships (${kind} processes) every write is answered and all members have the same data`, async (t) => {
    const verdicts = await runScript<readonly Verdict[]>('chaos.py', 1, seeds, kind);
    t.is(verdicts.length, seeds);
    for (const { seed, unanswered, notSynced, digests, refusedInTheEnd } of verdicts) {
      t.deepEqual({ unanswered, notSynced, digests, refusedInTheEnd }, { unanswered: [], notSynced: [], digests: 1, refusedInTheEnd: [] }, `seed ${seed}`);
    }
    t.true(verdicts.some(({ hung }) => hung > 0) && verdicts.some(({ acknowledged }) => acknowledged > 0), 'some writes hung, some went through');
  });
}

// Lost messages break what corosync promises, so data may differ; but nothing may hang for ever.
test('a message of the synchronisation that gets lost hangs nobody for good', async (t) => {
  for (const { seed, unanswered, notSynced, refusedInTheEnd } of await runScript<readonly Verdict[]>('chaos.py', 1, seeds, 'lossy')) {
    t.deepEqual({ unanswered, notSynced, refusedInTheEnd }, { unanswered: [], notSynced: [], refusedInTheEnd: [] }, `seed ${seed}`);
  }
});

test('a write hangs for as long as memberships follow each other faster than a synchronisation, and is delivered afterwards', async (t) => {
  const run = await runScript<{ during: [number, boolean, number, number]; answers: [number, string][]; synced: boolean[]; stored: number[] }>('scenarios.py', 'unrest');
  const [answers, quorate, begun, ended] = run.during;
  t.deepEqual({ answers, quorate, ended }, { answers: 0, quorate: true, ended: 0 });
  t.true(begun > 50, 'each membership began a synchronisation');
  t.is(run.answers.length, 1);
  t.is(run.answers[0]?.[1], '');
  t.deepEqual(run.synced, [true, true, true]);
  t.deepEqual(run.stored, [1, 1, 1]);
});

test('a write into a ring that stands still is answered when it moves again, however long that takes', async (t) => {
  const run = await runScript<{ during: unknown[]; answers: [number, string][]; states: string[] }>('scenarios.py', 'hanging');
  t.deepEqual(run.during, [0, true, true]);
  t.is(run.answers.length, 1);
  t.true(run.answers[0]![0] >= 30);
  t.is(run.answers[0]![1], '');
  t.deepEqual(run.states, ['active', 'active', 'active']);
});

test('a node whose corosync died is back in the group by itself, in time for its watchdog', async (t) => {
  t.deepEqual(await runScript('scenarios.py', 'pmxcfs_restarted'), {
    states: ['active', 'active', 'active'],
    synced: [true, true, true],
    members: [3, 3, 3],
    resets: 0,
  });
});
