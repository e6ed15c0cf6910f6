import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Command } from '../../src/model/command.ts';
import { portsFile } from '../../src/model/port-stanzas.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import { cumulus } from '../../src/switches/cumulus.ts';
import type { Dialect } from '../../src/switches/dialect.ts';
import { linux } from '../../src/switches/linux.ts';
import { allPorts, captured, groups } from './engines.ts';

const two = groups.slice(0, 1);
const text = (ports: PortsConfig): string => cumulus.configure(two, ports)[0]?.stdin ?? '';
const head = '# The switch ports of a lab. bondproof writes this file as a whole.\n\nauto swp1\niface swp1\n\nauto swp2\niface swp2\n';
const bridge = (ports: string): string => `\nauto br0\niface br0\n    bridge-ports ${ports}\n    bridge-vlan-aware no\n    bridge-stp off\n    bridge-fd 0\n`;
const bond = (...options: readonly string[]): string => `\nauto po1\niface po1\n    bond-slaves swp1 swp2\n${options.map((option) => `    ${option}\n`).join('')}    bond-miimon 100\n    bond-xmit-hash-policy layer2+3\n`;

test('each form is stanzas of ports, bonds and bridge', (t) => {
  t.is(text({ kind: 'plain' }), head + bridge('swp1 swp2'));
  t.is(text({ kind: 'static' }), head + bond('bond-mode balance-xor') + bridge('po1'));
  for (const rate of ['slow', 'fast'] as const) t.is(text({ kind: 'lacp', rate }), head + bond('bond-mode 802.3ad', `bond-lacp-rate ${rate}`, 'bond-min-links 1') + bridge('po1'));
});

test('the command is one for all forms, and its text alone differs', (t) => {
  const [plain, fast] = [{ kind: 'plain' }, { kind: 'lacp', rate: 'fast' }].map((ports) => cumulus.configure(groups, ports as PortsConfig));
  t.is(plain?.length, 1);
  t.deepEqual(plain?.[0]?.argv, fast?.[0]?.argv);
  t.deepEqual(plain?.[0]?.argv.slice(4), ['put', portsFile, 'po1', 'swp1', 'swp2', 'po2', 'swp3', 'swp4', 'po3', 'swp5', 'swp6']);
});

test('there is no second switch', (t) => {
  t.throws(() => cumulus.configure(groups, { kind: 'lacp', rate: 'fast', switches: 2 }), { name: 'Problem', message: /no second switch/ });
  t.deepEqual(cumulus.forms, ['plain', 'static', 'lacp']);
});

test('what a port is it is as on linux', (t) => {
  const shared = (dialect: Dialect): object => Object.fromEntries(Object.entries(dialect).filter(([field]) => ['netdev', 'portDown', 'portUp', 'counters', 'hashPolicy'].includes(field)));
  t.is(Object.keys(shared(linux)).length, 5);
  t.deepEqual(shared(cumulus), shared(linux));
  t.deepEqual(cumulus.health(groups).command, linux.health(groups).command);
});

const found = (name: string): string => captured(`cumulus/${name}.txt`);
const asFound = (shown: string): readonly Command[] => cumulus.asFound!(groups).parse(shown);

for (const [name, ports] of [['plain', { kind: 'plain' }], ['static', { kind: 'static' }], ['lacp-fast', { kind: 'lacp', rate: 'fast' }]] as const) {
  test(`a switch with ports ${name} is brought back by the command that gave it these`, (t) => {
    t.deepEqual(asFound(found(name)), cumulus.configure(groups, ports));
    const [links = ''] = found(name).split('\n');
    t.deepEqual(cumulus.current(groups).parse(links), ports);
    t.deepEqual(cumulus.health(groups).parse(links).map(({ port, up }) => [port, up]), allPorts.map((port) => [port, true]));
  });
}

const withText = (own: string): string => found('plain').split('\n').with(1, Buffer.from(own).toString('base64')).join('\n');

test('a file of somebody else is brought back byte for byte', (t) => {
  for (const own of ['auto swp1\r\n\tiface swp1 # é', '', 'a\n\n\n']) t.is(asFound(withText(own))[0]?.stdin, own);
});

const unfit: readonly (readonly [what: string, from: string | RegExp, to: string, message: RegExp])[] = [
  ['a file that is not in force', '\nin force\n', '\nnot in force\n', /what is running is not what it says/],
  ['no file', /\n[^\n]*\nin force\n/, '\n\nabsent\n', /there is no such file/],
  ['a port in another file', /$/, '\niface bond7\n  bond-slaves swp9 swp2\n', /other files of ifupdown2 name swp2, too/],
  ['a bond of ours in another file', /$/, '\nauto po3\n', /other files of ifupdown2 name po3, too/],
  ['ports in a range of another file', /$/, '\niface bridge\n  bridge-ports glob swp5-48\n', /other files of ifupdown2 name swp5, swp6, too/],
  ['interfaces.d that nobody reads', /\nsource [^\n]*\n/, '\n', /has no line `source/],
];
for (const [what, from, to, message] of unfit) {
  test(`${what} could not be brought back, and is a Problem`, (t) => {
    const shown = found('plain').replace(from, to);
    t.not(shown, found('plain'));
    t.throws(() => asFound(shown), { name: 'Problem', message });
  });
}

test('comments, and other ports of like names, are no reason', (t) => {
  t.notThrows(() => asFound(`${found('plain')}\n# swp1 was here\n  # swp2\nauto swp11\niface vlan1-2\nauto xswp1-6\n`));
});

test('text that is something else throws with what it was', (t) => {
  for (const shown of ['', 'ifquery: not found', '[]\n\nperhaps\n', `{}\n\nin force\n`]) t.throws(() => asFound(shown), { name: 'Error' });
});

test('the version is that of the package, and the kernel', (t) => {
  t.is(cumulus.version.parse('7.2.7\nifupdown2\t3.0.0-1.3\n'), 'ifupdown2 3.0.0-1.3, Linux 7.2.7');
  t.throws(() => cumulus.version.parse('7.2.7\n'), { name: 'Error' });
});

interface Switch { readonly folder: string; readonly run: (command: Command) => { readonly status: number | null; readonly said: readonly string[]; readonly stderr: string } }

/** The script in a real shell, where files are a folder's, and `ip` and `ifreload` say what they are told and do the script `ifreload`. */
const switchIn = (t: ExecutionContext, ifreload = ''): Switch => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-cumulus-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  for (const name of ['bin', 'etc/network/interfaces.d', 'sys/class/net', 'run/network']) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, script] of [['ifreload', ifreload], ['ip', '[ "$1 $2" != "link del" ] || rm -r "$S/sys/class/net/$4"']] as const) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh -eu\necho "${name} $*" >> "$S/said"\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  return {
    folder,
    run({ argv: [program = '', ...argv], stdin = '' }) {
      const here = argv.map((word) => word.replaceAll(/\/(etc|sys|run)\/(network|class)/g, `${folder}/$1/$2`));
      const { status, stderr } = spawnSync(program, here, { input: stdin, encoding: 'utf8', env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, S: folder } });
      return { status, stderr, said: existsSync(join(folder, 'said')) ? readFileSync(join(folder, 'said'), 'utf8').trimEnd().split('\n') : [] };
    },
  };
};

const flush = 'ip link set dev br0 type bridge fdb_flush';
const addBond = (folder: string, name: string, slaves: string): void => {
  mkdirSync(join(folder, 'sys/class/net', name, 'bonding'), { recursive: true });
  writeFileSync(join(folder, 'sys/class/net', name, 'bonding/slaves'), `${slaves}\n`);
};

test('the file is there as a whole before ifreload runs, with the mode that it had', (t) => {
  const { folder, run } = switchIn(t, 'cat "$S/etc/network/interfaces.d/bondproof.intf" > "$S/seen"; ls "$S/etc/network" > "$S/listed"');
  const file = join(folder, portsFile);
  writeFileSync(file, 'before', { mode: 0o600 });
  const [command] = cumulus.configure(groups, { kind: 'static' }) as [Command];
  t.deepEqual(run(command), { status: 0, stderr: '', said: ['ifreload -a', flush] });
  t.is(readFileSync(join(folder, 'seen'), 'utf8'), command.stdin!);
  t.is(readFileSync(join(folder, 'listed'), 'utf8'), 'interfaces.d\n');
  t.is(statSync(file).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(join(folder, 'etc/network/interfaces.d')), ['bondproof.intf']);
});

test('a bond that ifreload knows nothing of goes, and it runs once more; others stay', (t) => {
  // What holds our port before, and what is called as ours are.
  for (const [name, slaves] of [['bond7', 'swp9 swp2'], ['po2', '']] as const) {
    const { folder, run } = switchIn(t, 'echo > "$S/sys/class/net/bond7/bonding/slaves" 2> /dev/null || :');
    addBond(folder, name, slaves);
    addBond(folder, 'bond8', 'swp10 swp11');
    const [command] = cumulus.configure(groups, { kind: 'plain' });
    t.deepEqual(run(command!).said, ['ifreload -a', `ip link del dev ${name}`, 'ifreload -a', flush]);
    t.deepEqual(readdirSync(join(folder, 'sys/class/net')), ['bond8']);
  }
});

test('bonds of the file stay, and those that ifreload takes down itself are no work', (t) => {
  const { folder, run } = switchIn(t, 'rm -r "$S/sys/class/net/bond7"');
  addBond(folder, 'po1', 'swp1 swp2');
  addBond(folder, 'bond7', 'swp3 swp4');
  t.deepEqual(run(cumulus.configure(groups, { kind: 'static' })[0]!).said, ['ifreload -a', flush]);
});

test('where ifreload fails the command does, and says why', (t) => {
  const { run } = switchIn(t, 'echo "error: po1: no" >&2; exit 1');
  t.like(run(cumulus.configure(groups, { kind: 'static' })[0]!), { status: 1, stderr: 'error: po1: no\n'.repeat(2), said: ['ifreload -a', 'ifreload -a'] });
});
