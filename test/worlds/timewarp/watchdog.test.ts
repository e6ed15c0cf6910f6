import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import test from 'ava';

test('a played watchdog is fed, refuses a second owner, and stops only by its letter, as softdog', (t) => {
  const told = JSON.parse(execFileSync('python3', [join(import.meta.dirname, 'played.py')], { encoding: 'utf8' })) as object;
  t.deepEqual(told, {
    // What, error, bytes of the answer, when it ends in seconds, whether it has ended.
    said: [
      ['init', 0, 94, null, false],
      ['open', 0, 16, 10, false],
      ['open by another', 16, 0, 10, false],
      ['support', 0, 56, 10, false],
      ['set 20 s', 0, 20, 23, false],
      ['keepalive', 0, 16, 28, false],
      ['write', 0, 8, 29, false],
      ['close without V', 0, 0, 29, false],
      ['unknown', 25, 0, 29, true],
      ['open again', 0, 16, 39, false],
      ['V', 0, 8, 39, false],
      ['close with V', 0, 0, null, false],
    ],
    init: 'DEVNAME=watchdog-pve1\0', identity: 'Software Watchdog', timeout: 20,
  });
});
