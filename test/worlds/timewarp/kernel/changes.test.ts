import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { changed, makeChanges } from '../../../../src/worlds/timewarp/kernel/changes.ts';

test('a text that is there once is changed, and any other count is not', (t) => {
  const change = { from: ['tick(1);'], to: ['tick(10);'] };
  t.is(changed('a tick(1); b', change), 'a tick(10); b');
  t.is(changed('tick(1);', change), 'tick(10);');
  t.is(changed('tick(2);', change), null);
  t.is(changed('tick(1); tick(1);', change), null);
  t.is(changed('one\ntwo\nthree', { from: ['one', 'two'], to: ['1', '2', '2.5'] }), '1\n2\n2.5\nthree');
});

test('a change that cannot be made is told, with its file, and the others are made', async (t) => {
  const tree = mkdtempSync(join(tmpdir(), 'bp-'));
  try {
    writeFileSync(join(tree, 'time.c'), 'tick(1);\n');
    const why = 'a test';
    const changes = [{ file: 'time.c', from: ['1'], to: ['10'] }, { file: 'time.c.old', from: ['1'], to: ['10'] }, { file: 'time.c', from: ['(10);', ''], to: ['(11);'] }];
    t.deepEqual(await makeChanges(tree, changes.map((change) => ({ why, ...change }))), ['  time.c.old does not have "1" once']);
    t.is(readFileSync(join(tree, 'time.c'), 'utf8'), 'tick(11);');
  } finally {
    rmSync(tree, { recursive: true });
  }
});
