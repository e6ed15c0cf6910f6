import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';
import fc from 'fast-check';

import { undoJournal, type UndoEntry } from '../../src/harness/journal.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import { failAt, simulatedDisk, type Crash, type SimulatedDisk } from './crashing-disk.ts';

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

test('an entry of the same token can be opened where a program died while it wrote it', async (t) => inFolder(async (folder) => {
  await writeFile(join(folder, 'a.json.new'), '{"format":1');
  const journal = undoJournal(realDisk, folder);
  await journal.open(entry('a', '2026-01-01'));
  t.deepEqual(await journal.read(), { entries: [entry('a', '2026-01-01')], unreadable: [] });
  t.deepEqual(await readdir(folder), ['a.json']);
}));

test('closing may be tried again', async (t) => {
  const disk = simulatedDisk({ before: failAt(9, 'EIO') });
  const journal = undoJournal(disk, '/undo');
  await journal.open(entry('a', '2026-01-01'));
  await t.throwsAsync(journal.close('a'), { code: 'EIO' });
  await journal.close('a');
  t.deepEqual(disk.crash('lose-unsynced').files(), {});
});

/** Effects of an `open`; one more is after all of them. */
const effectsOfOpen = 8;

const opened = async (disk: SimulatedDisk, token: string): Promise<boolean> => undoJournal(disk, '/undo').open(entry(token, '2026-01-02')).then(() => true, () => false);

test('whatever effect the disk refuses, an entry is open and whole, or not there', async (t) => {
  for (const code of ['ENOSPC', 'EROFS', 'EIO']) for (const lasting of [true, false]) for (let nth = 0; nth <= effectsOfOpen; nth += 1) {
    const disk = simulatedDisk({ before: failAt(nth, code, { lasting, written: 20 }) });
    const resolved = await opened(disk, 'a');
    t.is(resolved, nth === effectsOfOpen, `${code} at effect ${nth}`);
    const { entries, unreadable } = await undoJournal(simulatedDisk({ files: disk.files() }), '/undo').read();
    t.deepEqual(unreadable, []);
    t.true(entries.length === 1 || entries.length === 0 && !resolved);
    t.deepEqual(entries, entries.length === 1 ? [entry('a', '2026-01-02')] : []);
  }
});

test('an entry whose opening resolved survives any crash; any other is whole or absent, and can be opened anew', async (t) => {
  const older = entry('older', '2026-01-01');
  await fc.assert(fc.asyncProperty(fc.nat(effectsOfOpen), fc.constantFrom<Crash>('lose-unsynced', 'keep-all', 'torn'), fc.double({ min: 0, max: 1, noNaN: true }), async (nth, how, tornShare) => {
    const found: { disk: SimulatedDisk | null } = { disk: null };
    let count = -effectsOfOpen; // Those of the older entry.
    const disk: SimulatedDisk = simulatedDisk({ before: () => {
      if (count === nth) found.disk = disk.crash(how, { tornShare });
      count += 1;
    } });
    await undoJournal(disk, '/undo').open(older);
    const resolved = await opened(disk, 'a');
    t.is(resolved, nth === effectsOfOpen);
    const next = found.disk ?? disk.crash(how, { tornShare });
    const { entries, unreadable } = await undoJournal(next, '/undo').read();
    t.deepEqual(unreadable, []);
    t.deepEqual(entries, resolved || entries.length > 1 ? [older, entry('a', '2026-01-02')] : [older]);
    if (!resolved) t.true(await opened(next, 'a'));
  }), { numRuns: 300 });
});
