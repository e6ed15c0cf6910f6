import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { imagesInCache, imagesFolder, readImage, removeImages } from '../../../../src/worlds/virtual/image/cache.ts';

const inCache = async (work: (cacheDir: string) => Promise<void>): Promise<void> => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bondproof-test-'));
  try {
    await work(cacheDir);
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
};

const makeImage = async (cacheDir: string, name: string, about: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = join(imagesFolder(cacheDir), name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'image.json'), JSON.stringify({ digest: name, about }));
  return folder;
};

test('an image is read with its files and what is in it', (t) => inCache(async (cacheDir) => {
  const folder = await makeImage(cacheDir, '0123456789abcdef', { kernel: 'Linux 9' });
  t.deepEqual(await readImage(folder), { folder, kernel: join(folder, 'linux'), disk: join(folder, 'disk.img'), about: { kernel: 'Linux 9' } });
}));

test('a folder without image.json is no image, nor is one that is not there', (t) => inCache(async (cacheDir) => {
  const folder = await makeImage(cacheDir, '0123456789abcdef');
  await rm(join(folder, 'image.json'));
  t.is(await readImage(folder), null);
  t.is(await readImage(join(cacheDir, 'nowhere')), null);
}));

test('a cache without images has none', (t) => inCache(async (cacheDir) => void t.deepEqual(await imagesInCache(cacheDir), [])));

test('images are listed with what they store, not with what a sparse disk pretends; folders in the making are not', (t) => inCache(async (cacheDir) => {
  const folder = await makeImage(cacheDir, '0123456789abcdef');
  await writeFile(join(folder, 'disk.img'), '');
  await truncate(join(folder, 'disk.img'), 2 ** 30);
  await mkdir(join(imagesFolder(cacheDir), 'building-XyZ'));
  const images = await imagesInCache(cacheDir);
  t.deepEqual(images.map(({ digest }) => digest), ['0123456789abcdef']);
  t.true(images[0]!.bytes < 2 ** 20, `${images[0]!.bytes} bytes`);
}));

test('removing an image leaves the others', (t) => inCache(async (cacheDir) => {
  await makeImage(cacheDir, '0000000000000000');
  await makeImage(cacheDir, 'ffffffffffffffff');
  await removeImages((await imagesInCache(cacheDir)).filter(({ digest }) => digest === '0000000000000000'));
  t.deepEqual(await readdir(imagesFolder(cacheDir)), ['ffffffffffffffff']);
}));
