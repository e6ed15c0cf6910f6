import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { realDisk } from '../../src/worlds/real-disk.ts';
import { undoJournal, type UndoEntry } from '../../src/harness/journal.ts';

const entry = (token: string, openedAt: string): UndoEntry => ({
  format: 1, token, lab: 'paper', kind: 'fault', what: 'tx-silent on pve1-eth1', run: 'r', openedAt, revert: [{ device: 'pve1', command: { argv: ['true'] } }],
});

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('entries are open until they are closed, oldest first', async (t) => inFolder(async (folder) => {
  const journal = undoJournal(realDisk, join(folder, 'deep', 'er'));
  t.deepEqual(await journal.read(), { entries: [], unreadable: [] }, 'no folder is no entries');
  await journal.open(entry('b', '2026-01-02'));
  await journal.open(entry('a', '2026-01-01'));
  t.deepEqual((await journal.read()).entries, [entry('a', '2026-01-01'), entry('b', '2026-01-02')]);
  await journal.close('a');
  t.deepEqual((await journal.read()).entries, [entry('b', '2026-01-02')]);
}));

test('an entry that cannot be understood is unknown, never nothing', async (t) => inFolder(async (folder) => {
  const journal = undoJournal(realDisk, folder);
  await journal.open(entry('a', '2026-01-01'));
  for (const [name, text] of [['torn', '{"format":1,"token":"to'], ['empty', ''], ['other', '{"format":2}'], ['null', 'null']] as const) await writeFile(join(folder, `${name}.json`), text);
  const { entries, unreadable } = await journal.read();
  t.is(entries.length, 1);
  t.deepEqual(unreadable.map((path) => path.slice(folder.length + 1)).sort(), ['empty.json', 'null.json', 'other.json', 'torn.json']);
}));

test('an entry that was being written when the program died counts for nothing: nothing was sent yet', async (t) => inFolder(async (folder) => {
  await writeFile(join(folder, 'a.json.new'), '{"format":1');
  t.deepEqual(await undoJournal(realDisk, folder).read(), { entries: [], unreadable: [] });
}));

test('a token is never written over', async (t) => inFolder(async (folder) => {
  const journal = undoJournal(realDisk, folder);
  await journal.open(entry('a', '2026-01-01'));
  t.deepEqual(await readdir(folder), ['a.json']);
}));
