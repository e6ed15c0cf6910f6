// `bondproof gate` as an administrator sees it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { publicLine } from '../../src/transport/key.ts';
import { generateKey } from '../transport/served-ssh.ts';

const clone = join(import.meta.dirname, '..', '..');
const example = readFileSync(join(clone, 'labs', 'example-hardware.yaml'), 'utf8');

/** Its output, for the example's lab as a plain user logs in to it, changed by `edit`. */
const gate = (edit: (text: string) => string, ...args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly key: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-'));
  try {
    const key = generateKey();
    writeFileSync(join(folder, 'key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'lab.yaml'), edit(example.replace(/^user: root$/m, 'user: bondproof\nsudo: true').replace(/^keyFile: .*$/m, `keyFile: ${join(folder, 'key')}`)));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'src', 'cli', 'main.ts'), 'gate', join(folder, 'lab.yaml'), ...args], { encoding: 'utf8' });
    return { code: status, stdout, stderr, key };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const same = (text: string): string => text;

test('prints a script for root of each device, with the key that sessions use', (t) => {
  const { code, stdout, key } = gate(same);
  t.is(code, 0);
  t.deepEqual(stdout.match(/^# on .*$/gm), ['# on pve1 (192.0.2.11), as root:', '# on pve2 (192.0.2.12), as root:', '# on pve3 (192.0.2.13), as root:', '# on sw1 (192.0.2.1), as root:']);
  t.is(stdout.split(`restrict,command="sudo -n -- /usr/local/sbin/bondproof-gate ssh" ${publicLine(key)!}\n`).length, 5);
  t.is(spawnSync('sh', ['-n'], { input: stdout }).status, 0, 'a shell can read it');
});

test('prints that of one device, and the same each time', (t) => {
  const [first, again] = [gate(same, 'sw1'), gate(same, 'sw1')];
  t.deepEqual(first.stdout.match(/^# on .*$/gm), ['# on sw1 (192.0.2.1), as root:']);
  t.is(first.stdout.replace(/^restrict.*$/m, ''), again.stdout.replace(/^restrict.*$/m, ''));
});

test('says where a key must go that it cannot see', (t) => {
  const { stdout } = gate((text) => text.replace(/^keyFile: .*$/m, ''), 'pve1');
  t.regex(stdout, /^# restrict,command="sudo -n -- \/usr\/local\/sbin\/bondproof-gate ssh" KEY$/m);
  t.false(stdout.includes('cat > /var/lib/bondproof/.ssh/authorized_keys'));
});

test('says what is missing where no device has a gate, or not this one', (t) => {
  const none = gate((text) => text.replace(/^sudo: true$/m, ''));
  t.is(none.code, 2);
  t.regex(none.stderr, /no device of the lab says sudo: true\n {2}right would be: `user:` and `sudo: true` in the lab file/);
  const other = gate(same, 'pve9');
  t.is(other.code, 2);
  t.regex(other.stderr, /no device pve9 with sudo: true\n {2}right would be: pve1, pve2, pve3, sw1/);
});
