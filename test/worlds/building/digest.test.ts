import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { counts, digestOf, recipeDigest } from '../../../src/worlds/building/digest.ts';
import { imageDigest } from '../../../src/worlds/virtual/image/index.ts';

const root = join(import.meta.dirname, '../../..');

test('the digest does not depend on the order in which files were found', (t) => {
  const file = fc.record({ path: fc.string(), sha256: fc.string() });
  fc.assert(fc.property(fc.uniqueArray(file, { selector: ({ path }) => path }), (files) => digestOf(files) === digestOf([...files].reverse())));
  t.pass();
});

test('another content is another digest, and so is another name', (t) => {
  const all = [[{ path: 'a', sha256: '1' }], [{ path: 'a', sha256: '2' }], [{ path: 'b', sha256: '1' }], []].map(digestOf);
  t.is(new Set(all).size, all.length);
  for (const digest of all) t.regex(digest, /^[0-9a-f]{16}$/);
});

test("pages and Python's bytecode do not count", (t) => {
  t.deepEqual(['ha/README.md', 'ha/__pycache__/lrm.cpython-311.pyc', 'ha/lrm.py', 'guest/root/usr/lib/bondproof/boot'].filter(counts), ['ha/lrm.py', 'guest/root/usr/lib/bondproof/boot']);
});

test('what is in the folders of a recipe is in its digest, and nothing else', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'bondproof-test-'));
  try {
    const digest = (): Promise<string> => recipeDigest(base, ['recipe']);
    const write = (file: string, text: string): void => writeFileSync(join(base, file), text);
    mkdirSync(join(base, 'recipe'));
    write('recipe/kernel.config', 'CONFIG_NET=y\n');
    const first = await digest();
    write('beside', 'x');
    write('recipe/README.md', 'x');
    t.is(await digest(), first);
    write('recipe/kernel.config', 'CONFIG_NET=n\n');
    const second = await digest();
    t.not(second, first);
    write('recipe/proof', '');
    t.not(await digest(), second);
    write('recipe/kernel.config', 'CONFIG_NET=y\n');
    rmSync(join(base, 'recipe/proof'));
    t.is(await digest(), first);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

test('bin/setup computes the same digest in the shell', async (t) => {
  const line = readFileSync(join(root, 'bin/setup'), 'utf8').split('\n').find((text) => text.trim().startsWith('digest='));
  const inShell = execFileSync('sh', ['-euc', `${line ?? ''}; echo "$digest"`], { cwd: root, encoding: 'utf8' }).trim();
  t.is(inShell, await imageDigest());
});
