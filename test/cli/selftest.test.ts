// What `bondproof selftest` leaves out or refuses before it does anything.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { whyNot } from '../../src/cli/scenarios.ts';
import { passive } from '../../src/model/lab.ts';
import { findScenarios } from '../../src/scenarios/index.ts';
import { labOf } from '../analysis/timeline-builder.ts';

const root = join(import.meta.dirname, '../..');

test('a passive switch has the null control where its ports are those, and no cable that could be pulled', (t) => {
  const controls = findScenarios(['control']);
  const lab = (rate: 'fast' | 'slow') => ({ ...labOf(['pve1', 'pve2']), switch: { name: 'sw1', dialect: passive, login: null, ports: { kind: 'lacp' as const, rate } } });
  t.deepEqual(controls.filter((scenario) => whyNot(lab('fast'), scenario) === null).map(({ name }) => name), ['control/none']);
  t.deepEqual(controls.filter((scenario) => whyNot(lab('slow'), scenario) === null), []);
});

test('labs side by side are for the controls alone', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'bondproof-'));
  writeFileSync(join(home, 'lab.yaml'), 'name: here\nworld: virtual\n');
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), 'selftest', join(home, 'lab.yaml'), '--labs', '2'], { encoding: 'utf8' });
  rmSync(home, { recursive: true });
  t.regex(stderr, /--labs: no --controls/);
  t.is(status, 2);
});
