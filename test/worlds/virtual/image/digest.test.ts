import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { counts, digestOf, recipeDigest } from '../../../../src/worlds/virtual/image/digest.ts';

const root = join(import.meta.dirname, '../../../..');

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

test('bin/setup computes the same digest in the shell', async (t) => {
  const line = readFileSync(join(root, 'bin/setup'), 'utf8').split('\n').find((text) => text.trim().startsWith('digest='));
  const inShell = execFileSync('sh', ['-euc', `${line ?? ''}; echo "$digest"`], { cwd: root, encoding: 'utf8' }).trim();
  t.is(inShell, await recipeDigest(join(root, 'src/worlds/virtual')));
});
