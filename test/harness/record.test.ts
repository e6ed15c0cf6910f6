import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { parseRecord, TrialRecord } from '../../src/harness/record.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import type { Clock } from '../../src/model/session.ts';

/** A clock that moves 1 ms with each look. */
const steppingClock = (): Clock => {
  let us = 5_000_000;
  return { nowUs: () => (us += 1000), sleep: async () => Promise.resolve() };
};

const inRecord = async (work: (record: TrialRecord, path: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'record-'));
  try {
    const path = join(folder, 'events.ndjson');
    await using record = await TrialRecord.create(realDisk, path, steppingClock());
    await work(record, path);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('what was appended is on disk after a sync, in order, on the trial’s own time', async (t) => inRecord(async (record, path) => {
  record.note({ type: 'step-started', step: 'inject' });
  record.append({ type: 'quorum-changed', quorate: false }, [10, 20], 'pve2');
  await record.sync();
  t.deepEqual(parseRecord(await readFile(path, 'utf8')), {
    brokenLines: 0,
    events: [{ at: [1000, 1000], by: 'harness', type: 'step-started', step: 'inject' }, { at: [10, 20], by: 'pve2', type: 'quorum-changed', quorate: false }],
  });
}));

test('listeners hear of an event when it is appended', async (t) => inRecord(async (record) => {
  const heard: string[] = [];
  record.listen(({ type }) => heard.push(type));
  record.note({ type: 'fault-staged' });
  t.deepEqual(heard, ['fault-staged']);
  return Promise.resolve();
}));

test('an action’s instant reaches from its sending to its answer', async (t) => inRecord(async (record) => {
  const sinceUs = record.nowUs();
  t.deepEqual(record.note({ type: 'fault-applied' }, sinceUs).at, [1000, 2000]);
  return Promise.resolve();
}));

test('a record is never written over', async (t) => inRecord(async (_record, path) => {
  await t.throwsAsync(TrialRecord.create(realDisk, path, steppingClock()), { code: 'EEXIST' });
}));

test('a torn record gives every whole line before the tear', (t) => {
  const whole = '{"at":[1,1],"by":"harness","type":"fault-staged"}\n{"at":[2,2],"by":"harness","type":"trial-ended"}\n';
  for (let length = 0; length <= whole.length; length += 1) {
    const { events } = parseRecord(whole.slice(0, length));
    t.is(events.length, length >= whole.length - 1 ? 2 : length >= whole.indexOf('\n') ? 1 : 0, `${length} bytes`);
  }
});

test('a broken line in between is counted, the rest is used', (t) => {
  t.like(parseRecord('{"at":[1,1],"by":"a","type":"fault-staged"}\n\u0000garbage\n42\n{"at":[2,2],"by":"a","type":"trial-ended"}\n'), { brokenLines: 2, events: { length: 2 } });
});
