import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { kernelsFolder, kernelsInCache, readKernel, removeKernels } from '../../../../src/worlds/timewarp/kernel/cache.ts';
import { kernelDigest } from '../../../../src/worlds/timewarp/kernel/index.ts';

const inCache = async (work: (cacheDir: string) => Promise<void>): Promise<void> => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bondproof-test-'));
  try {
    await work(cacheDir);
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
};

const source = { suite: 'unstable', name: 'linux-source-7.2', version: '7.2.13-1' };

const makeKernel = async (cacheDir: string, name: string): Promise<string> => {
  const folder = join(kernelsFolder(cacheDir), name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config'), 'CONFIG_NET=y\n');
  await writeFile(join(folder, 'kernel.json'), JSON.stringify({ release: '7.2.13-lab', source }));
  return folder;
};

test('a kernel is read with its program, its version and what it said of itself', (t) => inCache(async (cacheDir) => {
  const folder = await makeKernel(cacheDir, '0123456789abcdef');
  t.deepEqual(await readKernel(folder), { folder, program: join(folder, 'linux'), release: '7.2.13-lab', source, config: 'CONFIG_NET=y\n' });
}));

test('a folder without kernel.json is no kernel, nor is one that is not there', (t) => inCache(async (cacheDir) => {
  const folder = await makeKernel(cacheDir, '0123456789abcdef');
  await rm(join(folder, 'kernel.json'));
  t.is(await readKernel(folder), null);
  t.is(await readKernel(join(cacheDir, 'nowhere')), null);
}));

test('kernels are listed, and builds that are not done; nothing else is, so nothing else is removed', (t) => inCache(async (cacheDir) => {
  t.deepEqual(await kernelsInCache(cacheDir, { building: false }), []);
  await makeKernel(cacheDir, '0123456789abcdef');
  await makeKernel(cacheDir, 'building-fedcba9876543210');
  await makeKernel(cacheDir, 'of-somebody-else');
  const kernels = await kernelsInCache(cacheDir, { building: false });
  t.deepEqual(kernels.map(({ folder, complete }) => [folder.slice(kernelsFolder(cacheDir).length + 1), complete]), [['0123456789abcdef', true], ['building-fedcba9876543210', false]]);
  await removeKernels(kernels);
  t.deepEqual(await readdir(kernelsFolder(cacheDir)), ['of-somebody-else']);
}));

test('while somebody builds, the folder that he works in is not looked into', (t) => inCache(async (cacheDir) => {
  await makeKernel(cacheDir, '0123456789abcdef');
  await makeKernel(cacheDir, 'building-fedcba9876543210');
  t.deepEqual((await kernelsInCache(cacheDir, { building: true })).map(({ bytes }) => bytes === null), [false, true]);
}));

test('the name of a kernel is a digest that does not change from call to call', async (t) => {
  t.regex(await kernelDigest(), /^[0-9a-f]{16}$/);
  t.is(await kernelDigest(), await kernelDigest());
});
