// `bondproof switch probe`, whole: from a lab file to captures on the disk, against synthetic switches behind real ssh servers of ours.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ava from 'ava';

import { probe } from '../../src/cli/switch.ts';
import { captureName } from '../../src/harness/captures.ts';
import { questionOf, shownCommand } from '../../src/harness/probe.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { questionNames } from '../../src/model/switch-probe.ts';
import { aristaEos } from '../../src/switches/arista-eos.ts';
import type { ManagedDialect } from '../../src/switches/dialect.ts';
import { managedDialects } from '../../src/switches/index.ts';
import { sonic } from '../../src/switches/sonic.ts';
import { shellText } from '../../src/transport/quote.ts';
import { serveProgramDevice } from '../switches/programs.ts';
import { samplesOf } from '../switches/samples.ts';
import { serveScripted, type Manners, type ScriptedKind } from '../switches/scripted.ts';
import { eos, sonicKind } from './probed-switches.ts';

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;

interface Reached { readonly login: { readonly host: string; readonly port: number; readonly hostKey: string }; readonly userKey: string }

const nobody: Reached = { login: { host: '127.0.0.1', port: 1, hostKey: `SHA256:${'A'.repeat(43)}` }, userKey: '' };

/** A folder with a lab file and its key; `ports` in the order of the cables. */
const labOf = (dialect: string, ports: readonly string[], { login, userKey }: Reached, more = '') => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-probe-'));
  writeFileSync(join(folder, 'key'), userKey, { mode: 0o600 });
  const node = (id: number): string => `  - { name: pve${id}, id: ${id}, host: 192.0.2.${id}, hostKey: 'SHA256:${'B'.repeat(43)}', address: 10.0.0.${id}, bond: bond0,
      slaves: [{ nic: eno1, port: ${ports[2 * id - 2]} }, { nic: eno2, port: ${ports[2 * id - 1]} }] }`;
  const { host, port, hostKey } = login;
  const reached = dialect === 'passive' ? 'ports: lacp-fast' : `host: ${host}, port: ${port}, hostKey: '${hostKey}'${more}`;
  writeFileSync(join(folder, 'lab.yaml'), `name: rack
world: ssh
cluster: rack
victim: pve1
keyFile: ${join(folder, 'key')}
nodes:
${node(1)}
${node(2)}
switch: { name: sw1, dialect: ${dialect}, ${reached} }
`);
  return { folder, lab: join(folder, 'lab.yaml'), out: join(folder, 'out'), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};

/** What it said, by where it went; never rejects with a Problem. */
const probed = async (args: readonly string[], signal = new AbortController().signal) => {
  const [said, told, asIs]: [string[], string[], string[]] = [[], [], []];
  const ended = await probe(args, { say: (text) => said.push(text), complain: (text) => told.push(text), sayAsIs: (text) => asIs.push(text), signal, columns: 80 })
    .catch((error: unknown) => { if (error instanceof Problem) return error; throw error; });
  return { ended, text: said.join('\n'), told, asIs };
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

const commandsOf = (dialect: ManagedDialect): readonly string[] => [...new Set(questionNames.flatMap((name) => questionOf(dialect, name)?.commands ?? []).map(shownCommand))];

/** The lab of a scripted EOS whose ports are in the lab file. */
const onEos = async (work: (at: ReturnType<typeof labOf>, heard: readonly string[]) => Promise<void>, { kind = eos, manners = {} }: { readonly kind?: ScriptedKind; readonly manners?: Manners } = {}): Promise<void> => {
  await using device = await serveScripted(kind, manners);
  using at = labOf('arista-eos', ['Ethernet1', 'Ethernet2', 'Ethernet3', 'Ethernet4'], device);
  await work(at, device.heard);
};

/** EOS that answers one line otherwise. */
const eosSaying = (line: string, answer: string): ScriptedKind => ({ ...eos, shows: { ...eos.shows, [line]: answer } });

test('a command line with a pager: all is asked, shown in 80 columns and kept, and nothing else is sent', async (t) => {
  await onEos(async ({ lab, out }, heard) => {
    const { ended, text } = await probed([lab, 'sw1', '--out', out]);
    t.is(ended, exitCodes.ok, text);
    // The lines before the first question prepare the session's own terminal.
    t.deepEqual(heard, [...aristaEos.conversation!.prepare, ...commandsOf(aristaEos)]);
    t.deepEqual(text.split('\n').filter((line) => line.length > 80), []);
    for (const words of [
      'sw1: Arista DCS-7050TX3-48C8-F, version 4.31.2F, serial number SYN00000001', 'unproven', 'pve1 eno1 at Ethernet1: up, in Port-Channel11, LACP, asks its partner for fast', 'in use, receive machine current', 'partner 52:54:00:00:00:01: activity short',
      'receive machine expired', 'LACPDUs: 118 sent, 120 received, 0 illegal', 'pve2 eno2 at Ethernet4: down, in no aggregate', 'the zone of its clock', 'Port-Channel99',
    ]) t.true(text.replaceAll(/\s+/g, ' ').includes(words), `${words} in\n${text}`);
    t.false(text.includes('what was not understood'));
    t.deepEqual(readdirSync(join(out, 'arista-eos')).sort(), commandsOf(aristaEos).map((command) => `${command.replaceAll(' ', '_')}.txt`).sort());
    t.is(readFileSync(join(out, 'arista-eos', 'show_clock.txt'), 'utf8'), 'Mon Nov 30 09:00:00 2026\nTimezone: UTC\nClock source: local\n');
    t.regex(readFileSync(join(out, 'README.md'), 'utf8'), /\| arista-eos, unproven \|[^]*DCS\\?-7050[^]*4\.31\.2F[^]*bondproof \d[^]*All was understood/);
  }, { manners: { pages: true, bytes: 7 } });
});

test('a device that runs programs: the same, and nothing is configured', async (t) => {
  await using device = await serveProgramDevice(sonicKind);
  using at = labOf('sonic', ['Ethernet0', 'Ethernet4', 'Ethernet8', 'Ethernet12'], device.server);
  const before = device.running();
  const { ended, text } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.is(ended, exitCodes.ok, text);
  const sent = questionNames.flatMap((name) => questionOf(sonic, name)?.commands ?? []).map(({ argv }) => shellText(argv));
  t.deepEqual(device.server.seen.lines.map((line) => line.replace(/^LC_ALL=C exec timeout -k \d+ \d+ /, '')), sent);
  t.is(device.running(), before);
  t.deepEqual(readdirSync(join(at.out, 'sonic')).sort(), commandsOf(sonic).map((command) => `${captureName(command)}.txt`).sort());
  t.true(text.includes('SONiC Synthetic-S5232, version 202311.1'), text);
  t.regex(readFileSync(join(at.out, 'README.md'), 'utf8'), /All was understood/);
});

for (const [dialect, probeOne] of [
  [aristaEos, async (work: (at: ReturnType<typeof labOf>) => Promise<void>) => onEos(work)],
  [sonic, async (work: (at: ReturnType<typeof labOf>) => Promise<void>) => {
    await using device = await serveProgramDevice(sonicKind);
    using at = labOf('sonic', ['Ethernet0', 'Ethernet4', 'Ethernet8', 'Ethernet12'], device.server);
    await work(at);
  }],
] as const) {
  test(`${dialect.name}: no secret and no address or serial number of the device is in what is kept or shown, and the captures are understood`, async (t) => {
    await probeOne(async ({ lab, out }) => {
      const { text, told, asIs } = await probed([lab, 'sw1', '--out', out, '--json']);
      for (const words of [text, ...told, ...asIs]) t.false(words.includes('hunter2'));
      const files = filesBelow(out);
      t.true(files.length > 8);
      for (const file of files) {
        const kept = readFileSync(file, 'utf8');
        t.false(kept.includes('hunter2'), `${file}: ${kept}`);
        t.notRegex(kept, /52[:.-]?54[:.-]?00[:.-]?00[:.-]?00[:.-]?01|00:1c:73:aa:bb:cc|192\.0\.2\.77|SYN0000/i, file);
      }
      const samples = samplesOf(out, dialect.name);
      for (const name of questionNames) {
        const question = questionOf(dialect, name);
        if (question === undefined) continue;
        t.notThrows(() => question.parse(question.commands.map((command) => samples.get(captureName(shownCommand(command)))!)), name);
      }
      const read = (name: 'learned' | 'neighbours') => dialect.facts[name]!.parse(dialect.facts[name]!.commands.map((command) => samples.get(captureName(shownCommand(command)))!));
      const [learned] = read('learned') as readonly { mac: string }[];
      const [neighbour] = read('neighbours') as readonly { chassis: string }[];
      // The node's address is the same other one in both.
      t.is(neighbour!.chassis.replaceAll(/\W/g, ''), learned!.mac.replaceAll(':', ''));
      const told1 = JSON.parse(asIs.join('\n')) as { type: string; whole: boolean; findings: { learned: { fact: readonly { mac: string }[] }; counters: { fact: readonly { received: string }[] } } };
      t.like(told1, { type: 'switch-probe', whole: true });
      // On the terminal it is the device's own.
      t.is(told1.findings.learned.fact[0]!.mac, '52:54:00:00:00:01');
      t.regex(told1.findings.counters.fact[0]!.received, /^\d+$/);
    });
  });
}

test('a device that goes away in the middle leaves what was read, and a clear error', async (t) => {
  await onEos(async ({ lab, out }, heard) => {
    const { ended, text } = await probed([lab, 'sw1', '--out', out]);
    t.true(ended instanceof Problem);
    const problem = ended as Problem;
    t.is(problem.parts.exitCode, exitCodes.device);
    t.regex(problem.message, /^probe sw1, a switch of dialect arista-eos: sw1: "show lldp neighbors detail \| json"/);
    t.true(problem.parts.todo!.includes(out));
    t.is(heard.at(-1), 'show lldp neighbors detail | json');
    t.true(existsSync(join(out, 'arista-eos', 'show_lacp_interface_detailed_|_json.txt')));
    t.false(existsSync(join(out, 'arista-eos', 'show_lldp_neighbors_detail_|_json.txt')));
    t.regex(text, /LLDP neighbours: not asked any more/);
    for (const file of filesBelow(out)) t.false(readFileSync(file, 'utf8').includes('hunter2'), file);
    t.regex(readFileSync(join(out, 'README.md'), 'utf8'), /could not be asked to the end/);
  }, { manners: { dies: /^show lldp/ } });
});

test('what is not understood is told with its line, kept, and the rest goes on', async (t) => {
  const statuses = eos.shows['show interfaces status | json'] as string;
  const [first, ...others] = statuses.split('\n');
  await onEos(async ({ lab, out }) => {
    const { ended, text } = await probed([lab, 'sw1', '--out', out]);
    t.is(ended, exitCodes.notAllValid);
    t.regex(text.replaceAll(/\s+/g, ' '), /which ports are up: line 2 of “show interfaces status \| json”, “Nov 30 09:00:00 sw1 Ebra: link down”/);
    t.true(readFileSync(join(out, 'arista-eos', 'show_interfaces_status_|_json.txt'), 'utf8').includes('Ebra'));
    t.regex(text, /in Port-Channel11/);
  }, { kind: eosSaying('show interfaces status | json', [first, 'Nov 30 09:00:00 sw1 Ebra: link down', ...others].join('\n')) });
});

test('a value that is not understood is told with its line', async (t) => {
  const table = eos.shows['show mac address-table | json'] as string;
  await onEos(async ({ lab, out }) => {
    const { ended, text } = await probed([lab, 'sw1', '--out', out]);
    t.is(ended, exitCodes.notAllValid);
    t.regex(text.replaceAll(/\s+/g, ' '), /learned MAC addresses: line 6 of “show mac address-table \| json”, “"macAddress": "not-a-mac",”: "not-a-mac" is no MAC address/);
  }, { kind: eosSaying('show mac address-table | json', table.replace('52:54:00:00:00:01', 'not-a-mac')) });
});

test('a device that goes away in a line of its configuration: the error has that line without its secret', async (t) => {
  // It waits there for a key that nobody knows of.
  await using device = await serveScripted({ ...eosSaying('show version | json', '{ "version": "4.31.2F" }'), pager: { shows: 'username admin secret sha512 hunter2', every: 3 } }, { pages: true });
  using at = labOf('arista-eos', ['Ethernet1', 'Ethernet2', 'Ethernet3', 'Ethernet4'], device);
  const timer = setInterval(() => { if (device.heard.includes('show running-config')) setTimeout(() => { device.cut(); }, 300); }, 50);
  const { ended, text } = await probed([at.lab, 'sw1', '--out', at.out]);
  clearInterval(timer);
  t.regex((ended as Problem).message, /its last line: "username admin secret …"/);
  for (const kept of [text, (ended as Problem).message, ...filesBelow(at.out).map((file) => readFileSync(file, 'utf8'))]) t.false(kept.includes('hunter2'), kept);
});

test('a question that the device refuses is told in its words, and nothing is sent to come home', async (t) => {
  await onEos(async ({ lab, out }, heard) => {
    const { ended, text } = await probed([lab, 'sw1', '--out', out]);
    t.is(ended, exitCodes.notAllValid);
    t.regex(text.replaceAll(/\s+/g, ' '), /LLDP neighbours: the switch refused “show lldp neighbors detail \| json”: "show lldp neighbors detail \| json": % LLDP is not enabled/);
    t.true(readFileSync(join(out, 'arista-eos', 'show_lldp_neighbors_detail_|_json.refused'), 'utf8').startsWith('% LLDP is not enabled\n'));
    t.deepEqual(heard, [...aristaEos.conversation!.prepare, ...commandsOf(aristaEos)]);
  }, { kind: eosSaying('show lldp neighbors detail | json', '% LLDP is not enabled') });
});

test('a configuration that is not understood is not kept: what is secret in it is not known', async (t) => {
  await using device = await serveProgramDevice({ ...sonicKind, answers: { ...sonicKind.answers, 'sonic-cfggen -d --print-data': '{ "SNMP_COMMUNITY": { "hunter2":\nhunter2' } });
  using at = labOf('sonic', ['Ethernet0', 'Ethernet4', 'Ethernet8', 'Ethernet12'], device.server);
  const { ended, text } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.is(ended, exitCodes.notAllValid);
  t.regex(text.replaceAll(/\s+/g, ' '), /its configuration: line 2 of “sonic-cfggen -d --print-data”: bondproof did not understand it/);
  for (const kept of [text, ...filesBelow(at.out).map((file) => readFileSync(file, 'utf8'))]) t.false(kept.includes('hunter2'));
  t.false(existsSync(join(at.out, 'sonic', 'sonic-cfggen_-d_--print-data.txt')));
});

test('ports of the lab file that the device does not show are told, with those that it shows', async (t) => {
  await using device = await serveScripted(eos);
  using at = labOf('arista-eos', ['Ethernet1', 'Ethernet2', 'Ethernet3', 'Et4'], device);
  const { ended, text } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.is(ended, exitCodes.notAllValid);
  t.regex(text.replaceAll(/\s+/g, ' '), /pve2 eno2 at Et4: the switch shows no such port.*does not show: Et4; it shows Ethernet1, Ethernet2, Ethernet3, Ethernet4/);
});

test('interrupted, it ends with what was read', async (t) => {
  await using device = await serveScripted(eos);
  using at = labOf('arista-eos', ['Ethernet1', 'Ethernet2', 'Ethernet3', 'Ethernet4'], device);
  const controller = new AbortController();
  const running = probe([at.lab, 'sw1', '--out', at.out], {
    say: () => undefined, sayAsIs: () => undefined, signal: controller.signal, columns: 80,
    complain: (text) => { if (text.includes('LLDP')) controller.abort(new Error('interrupted by SIGINT')); },
  });
  const problem = await t.throwsAsync(running, { instanceOf: Problem });
  t.is(problem.parts.exitCode, exitCodes.interrupted);
  t.true(existsSync(join(at.out, 'arista-eos', 'show_version_|_json.txt')));
});

test('a folder that is there is refused before anybody logs in', async (t) => {
  await onEos(async ({ lab, out }, heard) => {
    mkdirSync(out);
    const { ended } = await probed([lab, 'sw1', '--out', out]);
    t.regex((ended as Problem).message, /something is there\n {2}right would be: a folder that is not there yet\n {2}what to do: name another with --out/);
    t.deepEqual(heard, []);
    t.deepEqual(readdirSync(out), []);
  });
});

const refusals: Readonly<Record<string, readonly [dialect: string, name: string, more: string, words: RegExp]>> = {
  'a passive switch': ['passive', 'sw1', '', /it is passive: nobody logs in to it[^]*dialect/],
  'a switch that runs programs': ['linux', 'sw1', '', /dialect linux is of switches that run programs[^]*bondproof check/],
  'a switch of another name': ['arista-eos', 'sw2', '', /no such switch[^]*right would be: sw1/],
  'a switch behind sudo': ['sonic', 'sw1', ', user: bondproof, sudo: true', /no gate lets through what dialect sonic asks[^]*sudo: false/],
};
for (const [what, [dialect, name, more, words]] of Object.entries(refusals)) {
  test(`${what} is refused, with what to do instead`, async (t) => {
    using at = labOf(dialect, ['Ethernet1', 'Ethernet2', 'Ethernet3', 'Ethernet4'], nobody, more);
    const { ended } = await probed([at.lab, name, '--out', at.out]);
    t.is((ended as Problem).parts.exitCode, exitCodes.usage);
    t.regex((ended as Problem).message, words);
    t.false(existsSync(at.out));
  });
}

test('an embedded lab is refused, with what a probe is for', async (t) => {
  const { ended } = await probed([join(import.meta.dirname, '..', '..', 'labs', 'virtual.yaml'), 'sw1']);
  t.regex((ended as Problem).message, /a machine that bondproof makes itself \(linux\)[^]*whether bondproof understands a maker’s command line/);
});

test('each command of each dialect has a file of its own, on every file system', (t) => {
  for (const dialect of managedDialects) {
    const names = commandsOf(dialect).map(captureName);
    t.is(new Set(names.map((name) => name.toLowerCase())).size, names.length, dialect.name);
    for (const name of names) t.true(!name.includes('/') && !name.startsWith('.') && Buffer.byteLength(`${name}.refused`) <= 255, name);
  }
});
