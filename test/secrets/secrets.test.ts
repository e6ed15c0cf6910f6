// No secret of a device, of a file here or of the environment is in anything that a run leaves or shows.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import test from 'ava';
import { stringify } from 'yaml';

import { configurationUndo } from '../../src/harness/configuration.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import { localSession } from '../agent/local-session.ts';
import { paperLab } from '../harness/paper-lab.ts';
import { sectionsOf, surveysOf, textOf } from '../harness/paper-survey.ts';
import { simulatedLab } from '../simulated/world.ts';
import { switchLinks } from '../simulated/switch.ts';
import { serveSsh, type ServedSsh } from '../transport/served-ssh.ts';
import { canaries, canariesIn, everySecret, userKey } from './canaries.ts';

const leaking = async (...args: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'leaking.ts'), ...args], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Record<string, readonly string[]>;
};

test('of everything that devices say, no secret is in a record, a report, or on a terminal', async (t) => {
  const found = await leaking();
  const places = Object.keys(found);
  for (const name of ['events.ndjson', 'report.html', 'junit.xml', 'summary.md', 'run.json', 'pve1.journal.txt', 'terminal', 'error']) t.true(places.some((place) => place.endsWith(name)), name);
  t.deepEqual(Object.entries(found).filter(([, hits]) => hits.length > 0), []);
  t.log(`${places.length} artefacts, ${canaries.length} secrets in 6 forms each, none found`);
});

test('where nothing is taken out, every secret is there to be found', async (t) => {
  const hits = Object.entries(await leaking('without'));
  const everywhere = new Set(hits.flatMap(([, found]) => found));
  t.deepEqual(canaries.filter(({ name }) => !everywhere.has(`${name} (raw)`)).map(({ name }) => name), []);
  for (const name of ['events.ndjson', 'pve1.journal.txt', 'error']) t.true(hits.some(([place, found]) => place.endsWith(name) && found.length >= canaries.length), name);
});

test('a secret is found in every form that it is looked for in', (t) => {
  const [{ secret }] = canaries as [(typeof canaries)[number]];
  const bytes = Buffer.from(`"name": "x", "value": ${secret}.`);
  for (const [form, text] of [['raw', bytes.toString()], ['hex', bytes.toString('hex')], ['base64\\+\\d', bytes.toString('base64')]] as const) {
    t.true(canariesIn(text).some((hit) => new RegExp(`^private key \\(${form}\\)`).test(hit)), form);
  }
});

const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What moves a cursor, fills a clipboard, opens a link, or turns the direction of reading. */
const steering = '\u001b[2J\u001b]52;c;eA==\u0007\u001b]8;;http://x\u0007\u009b31m\u202e\u2066<script>';

/** A device that answers as a lab's would, with secrets in everything that it may say, and on standard error. */
const gossip = async (answers: Readonly<Record<string, string>>): Promise<ServedSsh> => serveSsh({
  keys: { host: userKey, user: userKey },
  shell: (line) => {
    const [, answer] = Object.entries(answers).find(([part]) => line.includes(part)) ?? ['', everySecret];
    return ['/bin/sh', '-c', `printf %s ${shellWord(answer)}; printf %s ${shellWord(everySecret + steering)} >&2`];
  },
});

const below = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());

test('the command line shows and keeps no secret of devices, key files or environment', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-secrets-'));
  const links = switchLinks(paperLab.links.map(({ port }) => port), 'plain');
  const survey = (name: string, hostname: string): string => textOf({ ...sectionsOf(paperLab, paperLab.nodes.find((node) => node.name === name)!), hostname, conf: everySecret, marker: JSON.stringify({ lab: everySecret, [steering]: 1 }) });
  const sound = { 'uname': '6.8\n', 'ip -d -j': links };
  await using sw = await gossip(sound);
  await using brokenSw = await gossip({ 'uname': '6.8\n' });
  await using one = await gossip({ 'bondproof-survey': survey('pve1', everySecret.replace('\n', `${steering}\n`)) });
  await using two = await gossip({ 'bondproof-survey': survey('pve2', 'pve2') });
  await using three = await gossip({ 'bondproof-survey': survey('pve3', 'pve3') });
  writeFileSync(join(folder, 'canary-hunter2'), userKey, { mode: 0o600 });
  const labFile = (device: ServedSsh): string => {
    const reach = ({ port, hostKey }: ServedSsh): object => ({ host: '127.0.0.1', port, hostKey });
    const file = join(folder, 'lab.yaml');
    const nodes = [one, two, three].map((served, n) => ({ served, node: simulatedLab.nodes[n]! }));
    writeFileSync(file, stringify({
      name: 'paper', world: 'ssh', cluster: 'paper', victim: 'pve1', keyFile: join(folder, 'canary-hunter2'),
      nodes: nodes.map(({ served, node: { name, id, address, bond, slaves } }) => ({ name, id, ...reach(served), address, bond, slaves: slaves.map((nic) => ({ nic, port: simulatedLab.links.find((link) => link.node === name && link.nic === nic)!.port })) })),
      switch: { name: 'sw1', dialect: 'linux', ...reach(device) },
    }));
    return file;
  };
  const environment = { HOME: folder, XDG_STATE_HOME: join(folder, 'state'), PATH: process.env['PATH'], PVE_PASSWORD: 'password=canary-hunter2', SSH_AUTH_SOCK: '', ...Object.fromEntries(canaries.map(({ told }, n) => [`CANARY_${n}`, told])) };
  const run = async (...args: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/cli/main.ts'), ...args], { env: environment }).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      (error: unknown) => ({ code: (error as { code: unknown }).code, said: (error as { stdout: string }).stdout + (error as { stderr: string }).stderr }),
    );
  try {
    const outputs = [
      await run('check', labFile(sw)), await run('run', labFile(sw), '--reports', join(folder, 'reports'), '--scenario', 'control/none'), await run('recover', labFile(sw)),
      await run('check', labFile(brokenSw)),
    ];
    t.deepEqual(outputs.map(({ code }) => code), [4, 4, 4, 4], outputs.map(({ said }) => said).join('\n'));
    for (const { said } of outputs) {
      t.deepEqual(canariesIn(said), [], said);
      t.true(said.includes('[secret removed]'), said);
      t.notRegex(said, /[^\n\P{Cc}]|\p{Cf}/u);
    }
    const files = below(folder).filter((path) => !path.endsWith('canary-hunter2') && !path.endsWith('lab.yaml'));
    for (const path of files) t.deepEqual(canariesIn(readFileSync(path)), [], path);
    t.deepEqual([sw, one, two, three, brokenSw].flatMap(({ seen }) => seen.lines).flatMap(canariesIn), [], 'nor is any sent to a device');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what has to hold secrets, to bring them back, is for its owner alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-secrets-'));
  try {
    const revert = configurationUndo(paperLab, surveysOf(paperLab, { pve1: { interfaces: `iface bond0\n# ${everySecret}` } }), []);
    const journal = undoJournal(realDisk, join(folder, 'state', 'undo'));
    await journal.open({ format: 1, token: 'a', lab: 'paper', kind: 'configuration', what: 'x', run: 'r', openedAt: '2026-01-01', revert });
    const file = join(folder, 'state', 'undo', 'a.json');
    t.deepEqual([folder, join(folder, 'state'), join(folder, 'state', 'undo'), file].map((path) => (statSync(path).mode & 0o777).toString(8)), ['700', '700', '700', '600']);
    await journal.close('a');
    t.deepEqual(below(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a device’s file that not everybody may read stays so when it is written anew', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-secrets-'));
  const session = localSession(['unshare', '-Urm', 'sh', '-euc', 'mkdir -p "$1"; mount --bind "$1" /etc; shift; exec "$@"', 'sh', folder]);
  try {
    const [action] = configurationUndo(paperLab, surveysOf(paperLab, { pve1: { interfaces: 'new\n' } }), []);
    mkdirSync(join(folder, 'network'));
    writeFileSync(join(folder, 'network', 'interfaces'), 'old\n', { mode: 0o640 });
    const channel = await session.open(action!.command);
    channel.write('new\n');
    channel.end();
    // Without the bond's machine there may be no ifup; the file is in place by then.
    const { stderr } = await channel.ended;
    if (/unshare|mount/.test(stderr)) {
      t.log(`LEFT OUT, no namespaces can be made here: ${stderr}`);
      t.pass();
      return;
    }
    t.is(readFileSync(join(folder, 'network', 'interfaces'), 'utf8'), 'new\n');
    t.is((statSync(join(folder, 'network', 'interfaces')).mode & 0o777).toString(8), '640');
    t.deepEqual(readdirSync(join(folder, 'network')), ['interfaces']);
  } finally {
    await session[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
});
