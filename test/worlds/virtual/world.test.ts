import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exitCodes, Problem } from '../../../src/model/problem.ts';
import { kernelDigest } from '../../../src/worlds/timewarp/kernel/index.ts';
import { imageDigest } from '../../../src/worlds/virtual/image/index.ts';
import { imageOf } from '../../../src/worlds/virtual/world.ts';
import { labOf } from './lab-of.ts';

const debian = labOf(2);
const own = labOf(2, { virtual: { nodeMemoryMb: 256, switchMemoryMb: 128, kernel: 'own' } });

test('a lab has the packaged kernel, or bondproof’s own, and what was never built is told with how to build it', async (t) => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bp-world-'));
  t.teardown(() => rm(cacheDir, { recursive: true }));
  const env = { cacheDir, runtimeDir: cacheDir, uid: 0 } as unknown as Parameters<typeof imageOf>[1];
  const toDo = async (lab: typeof own): Promise<unknown> => {
    const { parts } = await t.throwsAsync(imageOf(lab, env), { instanceOf: Problem });
    t.is(parts.exitCode, exitCodes.setup);
    return parts.todo;
  };
  const write = async (folder: string, files: Readonly<Record<string, string>>): Promise<string> => {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return folder;
  };

  t.is(await toDo(debian), 'bin/setup');
  const image = await write(join(cacheDir, 'images', await imageDigest()), { 'image.json': '{"about":{"kernel":"the packaged one","debian":"13"}}' });
  t.like(await imageOf(debian, env), { kernel: join(image, 'linux'), about: { kernel: 'the packaged one' } });

  t.is(await toDo(own), 'bondproof kernel build');
  const kernel = await write(join(cacheDir, 'kernels', await kernelDigest()), {
    'kernel.json': '{"release":"7.1.2","source":{"name":"linux-source-7.1","version":"7.1.2-1","suite":"testing"}}', 'config': '',
  });
  t.like(await imageOf(own, env), {
    kernel: join(kernel, 'linux'), disk: join(image, 'disk.img'), about: { kernel: "Linux 7.1.2 (User Mode Linux, bondproof's own build of linux-source-7.1 7.1.2-1, Debian testing)", debian: '13' },
  });
});
