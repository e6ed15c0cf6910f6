// The safety net itself is tested: each guard is deleted in turn, and some world must notice.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import test from 'ava';

import { mutants } from './mutants.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'mutated.ts');

for (const [n, { name, file }] of mutants.entries()) {
  test.serial(`without "${name}" (src/${file}) a world goes wrong`, async (t) => {
    t.timeout(300_000);
    const { stdout } = await run(process.execPath, [program, String(n)]);
    t.regex(stdout, /^(?:world|unhandled)/);
    t.log(stdout.split('\n')[0]?.slice(0, 200));
  });
}
