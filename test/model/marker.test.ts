import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { isDay, markerCommand } from '../../src/model/marker.ts';

const command = markerCommand({ name: 'rack-7', cluster: 'Prod.a_b' }, { until: '2027-01-31', fencing: true });

test('the command that places a marker writes what is told, and the node’s own machine-id', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'marker-'));
  try {
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/machine-id'), '0123456789abcdef0123456789abcdef\n');
    // As whoever runs the tests, with a careless umask, and twice.
    const here = command.replaceAll('/etc/', `${root}/etc/`).replace(/chown \S+/, 'true');
    for (let n = 0; n < 2; n += 1) execFileSync('sh', ['-euc', `umask 0\n${here}`]);
    t.deepEqual(JSON.parse(readFileSync(join(root, 'etc/bondproof/lab.json'), 'utf8')), {
      lab: 'rack-7', cluster: 'Prod.a_b', until: '2027-01-31', fencing: true, machineId: '0123456789abcdef0123456789abcdef',
    });
    t.is(statSync(join(root, 'etc/bondproof/lab.json')).mode & 0o777, 0o644);
    t.is(statSync(join(root, 'etc/bondproof')).mode & 0o777, 0o755);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('it is one line', (t) => {
  t.false(command.includes('\n'));
});

test('a name that could end a quoted word is not written', (t) => {
  t.throws(() => markerCommand({ name: "a'b", cluster: 'c' }, { until: '2027-01-31', fencing: false }));
});

test('a day is one of the calendar', (t) => {
  for (const day of ['2026-02-28', '2028-02-29', '9999-12-31']) t.true(isDay(day), day);
  for (const day of ['2026-02-29', '2026-13-01', '2026-1-1', 'soon', '', '2026-02-28T00:00', '20260228']) t.false(isDay(day), day);
});
