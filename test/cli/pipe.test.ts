// The command line in a pipe.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import test from 'ava';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

for (const words of ['list scenarios', '--help', '--version']) {
  test(`${words}: a reader that has gone is no error`, (t) => {
    const { stderr } = spawnSync('sh', ['-c', `{ sleep 0.3; "$0" "$1" ${words}; echo "exit $?" >&2; } | :`, process.execPath, main], { encoding: 'utf8' });
    t.is(stderr, 'exit 0\n');
  });
}
