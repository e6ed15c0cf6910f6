// What a builder left that was killed after its image was done: the next one who wants the image has it cleared away, and hears of it.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { lockNow } from '../../../../src/worlds/building/lock.ts';
import { ensureImage, imageDigest } from '../../../../src/worlds/virtual/image/index.ts';

test('what a killed builder left beside its image is cleared away, but not what one is at work on', async (t) => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bp-'));
  const { signal } = new AbortController();
  const images = join(cacheDir, 'images');
  const digest = await imageDigest();
  const said: string[] = [];
  const ensure = async () => ensureImage({ cacheDir, uid: process.getuid!(), notice: (text) => said.push(text), signal });
  try {
    await mkdir(join(images, digest), { recursive: true });
    await writeFile(join(images, digest, 'image.json'), '{"about":{}}');
    t.is((await ensure()).folder, join(images, digest));
    t.deepEqual(said, []);

    await mkdir(join(images, 'building-abc', 'root'), { recursive: true });
    {
      await using held = await lockNow(join(cacheDir, 'images.lock'), signal);
      t.not(held, null);
      await ensure();
      t.deepEqual([said, (await readdir(images)).length], [[], 2]);
    }
    await ensure();
    t.deepEqual([said, await readdir(images)], [['lab image: cleared away what a killed builder left'], [digest]]);
  } finally {
    await rm(cacheDir, { recursive: true });
  }
});
