import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { armUndo, byDevice, disarmUndo, undoText } from '../../src/harness/guard.ts';
import type { Action } from '../../src/model/command.ts';
import { shellText } from '../../src/transport/quote.ts';

const action = (device: string, ...argv: string[]): Action => ({ device, command: { argv } });

test('the undo is tried line by line, whatever became of those before', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  try {
    const file = join(folder, 'it’s done');
    const actions: readonly Action[] = [
      action('pve1', 'false'), { ...action('pve1', 'sh', '-c', 'exit 2'), accept: [0, 2] }, action('pve1', 'no-such-program'),
      { device: 'pve1', command: { argv: ['tee', file], stdin: 'a "quoted" $word\n' } },
    ];
    const fired = join(folder, 'x.fired');
    execFileSync('sh', ['-c', undoText('x', actions).replace('/run/bondproof/x.fired', shellText([fired]))], { stdio: 'ignore' });
    t.is(readFileSync(file, 'utf8'), 'a "quoted" $word\n');
    t.regex(readFileSync(fired, 'utf8'), /^\d+\.\d+ \d+\.\d+ 1 3\n$/, 'when it began and ended, and which lines were refused');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a device is armed by a service that ends after the cap, in whole seconds, and undoes at its end', (t) => {
  const { argv, stdin } = armUndo('run-7', [action('pve1', 'tc', 'qdisc', 'del', 'dev', 'eth1', 'root')], 200_500);
  t.deepEqual(argv.slice(-2), ['run-7', '201']);
  t.true(stdin!.includes('\ntc qdisc del dev eth1 root; case $? in 0)'));
  t.regex(argv[2]!, /RuntimeMaxSec="\$2".*ExecStopPost=\/bin\/sh \$undo/s);
});

test('arming and disarming are scripts that a shell can read', (t) => {
  for (const { argv } of [armUndo('x', [], 1), disarmUndo('x')]) t.notThrows(() => execFileSync('sh', ['-n', '-c', argv[2]!]));
});

test('actions are grouped by device in order', (t) => {
  const [a, b, c] = [action('pve1', 'a'), action('sw1', 'b'), action('pve1', 'c')];
  t.deepEqual([...byDevice([a, b, c])], [['pve1', [a, c]], ['sw1', [b]]]);
});
