import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import type { Disk } from '../../src/model/disk.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import { diskError, failAt, simulatedDisk, type Effect } from './crashing-disk.ts';

/** Tests that run on the simulated disk mean something only as far as it does what the real one does. */
const onBoth = (title: string, work: (disk: Disk, folder: string) => Promise<readonly unknown[]>, expected: readonly unknown[]): void => {
  test(`both disks: ${title}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'disk-'));
    try {
      t.deepEqual(await work(realDisk, folder), expected, 'real');
      t.deepEqual(await work(simulatedDisk({ folders: ['/some/where'] }), '/some/where'), expected, 'simulated');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
};

const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => (error as { readonly code: unknown }).code);

const write = async (disk: Disk, path: string, ...texts: readonly string[]): Promise<void> => {
  const file = await disk.create(path);
  for (const text of texts) await file.append(text);
  await file.sync();
  await file.close();
};

onBoth('a file holds what was appended', async (disk, folder) => {
  await write(disk, join(folder, 'a'), 'one ', 'two');
  return [await disk.read(join(folder, 'a')), await disk.list(folder)];
}, ['one two', ['a']]);

onBoth('folders are made with those above them, twice is once, and one that is not there has no names', async (disk, folder) => {
  const deep = join(folder, 'x', 'y');
  const none = await disk.list(deep);
  await disk.makeFolder(deep);
  await disk.makeFolder(deep);
  await write(disk, join(deep, 'a'), 'text');
  await disk.syncFolder(deep);
  return [none, await disk.list(folder), await disk.list(deep)];
}, [[], ['x'], ['a']]);

onBoth('a rename replaces, a removed file is gone', async (disk, folder) => {
  await write(disk, join(folder, 'a'), 'a');
  await write(disk, join(folder, 'b'), 'b');
  await disk.rename(join(folder, 'a'), join(folder, 'b'));
  const renamed = [await disk.list(folder), await disk.read(join(folder, 'b'))];
  await disk.remove(join(folder, 'b'));
  return [...renamed, await disk.list(folder)];
}, [['b'], 'a', []]);

onBoth('what is not there, and what is there already, is an error with its code', async (disk, folder) => {
  const path = join(folder, 'a');
  const absent = [await codeOf(disk.read(path)), await codeOf(disk.remove(path)), await codeOf(disk.rename(path, `${path}b`)), await codeOf(disk.create(join(path, 'b'))), await codeOf(disk.syncFolder(path))];
  await write(disk, path, '');
  return [...absent, await codeOf(disk.create(path))];
}, ['ENOENT', 'ENOENT', 'ENOENT', 'ENOENT', 'ENOENT', 'EEXIST']);

test('a crash keeps what was synced; of the rest what the crash says', async (t) => {
  for (const [how, expected] of [
    ['lose-unsynced', { '/f/kept': 'synced ' }],
    ['torn', { '/f/kept': 'synced and', '/f/new': 'ne' }],
    ['keep-all', { '/f/kept': 'synced and not', '/f/new': 'new!' }],
  ] as const) {
    const disk = simulatedDisk({ folders: ['/f'] });
    const kept = await disk.create('/f/kept');
    await kept.append('synced ');
    await kept.sync();
    await disk.syncFolder('/f');
    await kept.append('and not');
    await (await disk.create('/f/new')).append('new!');
    const next = disk.crash(how);
    t.deepEqual(next.files(), expected, how);
    await t.throwsAsync(kept.append('late'), { code: 'crashed' });
    t.deepEqual(next.files(), expected, `${how}: the dead program changes nothing`);
  }
});

test('a name that was removed comes back where its folder was not synced', async (t) => {
  const disk = simulatedDisk({ files: { '/f/a': 'text' } });
  await disk.remove('/f/a');
  t.deepEqual(disk.crash('lose-unsynced').files(), { '/f/a': 'text' });
});

test('the hook sees every effect before it happens, and may refuse it or tear it', async (t) => {
  const effects: Effect[] = [];
  const disk = simulatedDisk({ folders: ['/f'], before: (effect) => {
    effects.push(effect);
    if (effect.kind === 'append') throw diskError('ENOSPC', effect, 2);
  } });
  const file = await disk.create('/f/a');
  await t.throwsAsync(file.append('text'), { code: 'ENOSPC' });
  t.deepEqual(disk.files(), { '/f/a': 'te' });
  t.deepEqual(effects, [{ kind: 'create', path: '/f/a' }, { kind: 'append', path: '/f/a' }]);
});

test('one effect fails, or all from then on', async (t) => {
  for (const [lasting, expected] of [[false, [null, 'EIO', null]], [true, [null, 'EIO', 'EIO']]] as const) {
    const disk = simulatedDisk({ before: failAt(1, 'EIO', { lasting }) });
    t.deepEqual([await codeOf(disk.list('/')), await codeOf(disk.list('/')), await codeOf(disk.list('/'))], expected);
  }
});
