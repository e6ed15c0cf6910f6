import test from 'ava';

import { TrialRecord } from '../../src/harness/record.ts';
import { parseRecord } from '../../src/harness/record-text.ts';
import { noDamage } from '../../src/model/damage.ts';
import type { Clock } from '../../src/model/session.ts';
import { failAt, simulatedDisk, type SimulatedDisk, type SimulatedDiskOptions } from './crashing-disk.ts';
import { sleepingClock } from './sleeping-clock.ts';

const path = '/run/events.ndjson';

const inRecord = async (work: (record: TrialRecord, disk: SimulatedDisk, clock: Clock) => Promise<void>, options: SimulatedDiskOptions = {}): Promise<void> => {
  const disk = simulatedDisk({ folders: ['/run'], ...options });
  const clock = sleepingClock();
  await using record = await TrialRecord.create(disk, path, clock);
  await work(record, disk, clock);
};

const stepsIn = (disk: SimulatedDisk): readonly string[] =>
  parseRecord(disk.files()[path] ?? '').events.map((event) => event.type === 'step-started' ? event.step : event.type);

test('what was appended is on disk after a sync, in order, on the trial’s own time', async (t) => inRecord(async (record, disk, clock) => {
  await clock.sleep(1);
  record.note({ type: 'step-started', step: 'inject' });
  record.append({ type: 'quorum-changed', quorate: false }, [10, 20], 'pve2');
  record.note({ type: 'trial-ended' });
  await record.sync();
  t.deepEqual(parseRecord(disk.crash('lose-unsynced').files()[path] ?? ''), {
    damage: noDamage,
    events: [{ at: [1000, 1000], by: 'harness', type: 'step-started', step: 'inject' }, { at: [10, 20], by: 'pve2', type: 'quorum-changed', quorate: false }, { at: [1000, 1000], by: 'harness', type: 'trial-ended' }],
  });
}));

test('listeners hear of an event when it is appended', async (t) => inRecord(async (record) => {
  const heard: string[] = [];
  record.listen(({ type }) => heard.push(type));
  record.note({ type: 'fault-staged' });
  t.deepEqual(heard, ['fault-staged']);
  return Promise.resolve();
}));

test('an action’s instant reaches from its sending to its answer', async (t) => inRecord(async (record, _disk, clock) => {
  const sinceUs = record.nowUs();
  await clock.sleep(2);
  t.deepEqual(record.note({ type: 'fault-applied' }, sinceUs).at, [0, 2000]);
}));

test('a record is never written over', async (t) => inRecord(async (_record, disk) => {
  await t.throwsAsync(TrialRecord.create(disk, path, sleepingClock()), { code: 'EEXIST' });
}));

test('a record’s name is on the disk before its first event', async (t) => inRecord(async (_record, disk) => {
  t.deepEqual(Object.keys(disk.crash('lose-unsynced').files()), [path]);
  return Promise.resolve();
}));

test('a record that was closed hears nothing any more, and holds what came before', async (t) => {
  const disk = simulatedDisk({ folders: ['/run'] });
  const record = await TrialRecord.create(disk, path, sleepingClock());
  record.note({ type: 'fault-staged' });
  await record[Symbol.asyncDispose]();
  record.note({ type: 'fault-applied' });
  t.deepEqual(record.events.map(({ type }) => type), ['fault-staged']);
  t.deepEqual(stepsIn(disk.crash('lose-unsynced')), ['fault-staged']);
});

test('while events come, none is older than two seconds and lost by a crash', async (t) => inRecord(async (record, disk, clock) => {
  const steps = ['configure', 'converge', 'baseline', 'arm', 'inject', 'prove', 'observe', 'revert'] as const;
  const syncedAt: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    record.note({ type: 'step-started', step: steps[n % steps.length]! });
    await clock.sleep(100);
    const lost = record.events.slice(synced(disk).length);
    syncedAt.push(synced(disk).length);
    t.true(lost.every(({ at }) => record.nowUs() - at[1] < 2_000_000), `${n}: ${lost.length} lost`);
  }
  t.true(new Set(syncedAt).size <= 30, 'syncs are shared by many events');
}));

test('the last event is synced without another one', async (t) => inRecord(async (record, disk, clock) => {
  record.note({ type: 'fault-staged' });
  const sinceUs = clock.nowUs();
  while (clock.nowUs() - sinceUs < 2_000_000) await clock.sleep(100);
  t.is(synced(disk).length, 1);
}));

const synced = (disk: SimulatedDisk): readonly unknown[] => parseRecord(disk.synced()[path] ?? '').events;

test('a disk that refuses is told of at once, and nothing follows the hole', async (t) => {
  // Effects 0 and 1 create the file and sync its folder.
  for (const code of ['ENOSPC', 'EROFS', 'EIO']) for (const lasting of [true, false]) for (let nth = 2; nth < 8; nth += 1) {
    await inRecord(async (record, disk, clock) => {
      for (let n = 0; n < 40 && record.failure === null; n += 1) {
        record.note({ type: 'fault-staged' });
        await clock.sleep(100);
      }
      t.regex(record.failure ?? 'none', new RegExp(code));
      t.true(record.nowUs() < 4_000_000);
      record.note({ type: 'trial-ended' });
      await t.throwsAsync(record.sync(), { code });
      const { events, damage } = parseRecord(disk.files()[path] ?? '');
      t.deepEqual(damage, { ...noDamage, tornEnd: true });
      t.deepEqual(events, record.events.slice(0, events.length));
      t.false(events.some(({ type }) => type === 'trial-ended'));
    }, { before: failAt(nth, code, { lasting, written: 30 }) });
  }
});

test('a record that cannot be begun says why', async (t) => {
  for (const nth of [0, 1]) await t.throwsAsync(inRecord(async () => Promise.resolve(), { before: failAt(nth, 'EROFS') }), { code: 'EROFS' });
});
