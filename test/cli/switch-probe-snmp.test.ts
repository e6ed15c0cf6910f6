// `bondproof switch probe` by SNMP, whole: from a lab file to captures on the disk, against a real agent in this process.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ava from 'ava';

import { probe } from '../../src/cli/switch.ts';
import { captureName } from '../../src/harness/captures.ts';
import { shownCommand } from '../../src/harness/probe.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { snmp } from '../../src/switches/index.ts';
import { samplesOf } from '../switches/samples.ts';
import { serveAgent, synthetic, type SyntheticMib } from '../switches/snmp-agent.ts';

const test = ava.serial;

const [authKey, privacyKey] = ['hunter2-authentic', 'hunter2-private'];
const user = { user: 'bondproof', auth: 'sha256', authKey, privacy: 'aes', privacyKey };

interface Asked { readonly dialect?: string; readonly ports?: readonly string[]; readonly version?: 'v2c' | null; readonly written?: string }

/** A folder with a lab file and files of its secrets. */
const labOf = (port: number, { dialect = 'passive, ports: lacp-fast', ports = ['Eth1', 'Eth2', 'Eth3', 'Eth4'], version, written = `${authKey}\n` }: Asked = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-snmp-'));
  writeFileSync(join(folder, 'auth'), written, { mode: 0o600 });
  writeFileSync(join(folder, 'privacy'), `${privacyKey}\n`, { mode: 0o600 });
  const node = (id: number): string => `  - { name: pve${id}, id: ${id}, host: 192.0.2.${id}, hostKey: 'SHA256:${'B'.repeat(43)}', address: 10.0.0.${id}, bond: bond0,
      slaves: [{nic: eno1, port: ${ports[2 * id - 2]}}, {nic: eno2, port: ${ports[2 * id - 1]}}] }`;
  const how = version === 'v2c' ? `version: v2c, communityFile: ${folder}/auth` : `user: bondproof, auth: { protocol: sha256, keyFile: ${folder}/auth }, privacy: { protocol: aes, keyFile: ${folder}/privacy }`;
  writeFileSync(join(folder, 'lab.yaml'), `name: rack
world: ssh
cluster: rack
victim: pve1
nodes:
${node(1)}
${node(2)}
switch: { name: sw1, dialect: ${dialect}${version === null ? '' : `, snmp: { host: 127.0.0.1, port: ${port}, ${how} }`} }
`);
  return { folder, lab: join(folder, 'lab.yaml'), out: join(folder, 'out'), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};

const probed = async (args: readonly string[]) => {
  const [said, told, asIs]: [string[], string[], string[]] = [[], [], []];
  const ended = await probe(args, { say: (text) => said.push(text), complain: (text) => told.push(text), sayAsIs: (text) => asIs.push(text), signal: new AbortController().signal, columns: 80 })
    .catch((error: unknown) => { if (error instanceof Problem) return error; throw error; });
  return { ended, text: said.join('\n'), plain: said.join('\n').replaceAll(/\s+/g, ' '), told, asIs };
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

test('a passive switch: what MIBs tell is shown in 80 columns and kept, with what it is no evidence for', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  using at = labOf(agent.port);
  const { ended, text, plain } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.is(ended, exitCodes.ok, text);
  t.deepEqual(text.split('\n').filter((line) => line.length > 80), []);
  for (const words of [
    'sw1: it calls itself sw1.example, and says that it is “Synthetic switch, release 1.0”', 'dialect snmp, unproven', 'up to half a minute: it is state, and evidence, and says nothing of when anything happened',
    'pve1 eno1 at Eth1: up, in lag1, LACP, asks its partner for fast in use, receive machine current own state: activity short aggregation synchronization collecting distributing partner 52:54:00:00:00:01: activity long',
    'LACPDUs: 118 sent, 120 received, 0 illegal LLDP hears pve1.example 52:54:00:00:00:02 (eno1) the cable is the one of the lab file',
    'pve1 eno2 at Eth2: up, in lag1, LACP, asks its partner for fast not in use, receive machine defaulted own state: activity short aggregation defaulted',
    'LLDP hears sw9 swp7 (to the rack) NOT the cable of the lab file, which has pve1 here', 'pve2 eno1 at Eth3: up, in no aggregate', 'pve2 eno2 at Eth4: down',
    'its maker, but in its own words', 'its configuration: the dialect has no question for it',
  ]) t.true(plain.includes(words), `${words} in\n${text}`);
  t.false(text.includes('what was not understood'));
  const kept = readdirSync(join(at.out, 'snmp'));
  t.true(kept.includes('walk_dot3adAggPortActorOperState_1.2.840.10006.300.43.1.2.1.1.21_octets.txt'), kept.join(' '));
  t.is(readFileSync(join(at.out, 'snmp', 'walk_dot3adAggPortActorOperState_1.2.840.10006.300.43.1.2.1.1.21_octets.txt'), 'utf8').split('\n')[0], '1.2.840.10006.300.43.1.2.1.1.21.1 = Hex-STRING: fc');
  t.regex(readFileSync(join(at.out, 'README.md'), 'utf8'), /Synthetic switch, release 1\.0[^]*All was understood/);
});

test('cables that are swapped: both directions are told, in words and as JSON', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  using at = labOf(agent.port, { ports: ['Eth2', 'Eth1', 'Eth3', 'Eth4'] });
  const { plain } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.true(plain.includes('NOT the cable of the lab file, which has pve1 here pve1 eno1 is heard at Eth1'), plain);
  t.true(plain.includes('NOT the cable of the lab file, which has eno2 of pve1 here'), plain);
  const { asIs } = await probed([at.lab, 'sw1', '--out', `${at.out}2`, '--json']);
  const told = JSON.parse(asIs.join('\n')) as { cables: readonly { nic: string; heard: string; elsewhere: readonly string[] }[] };
  t.deepEqual(told.cables.map(({ heard, elsewhere }) => [heard, elsewhere]), [['other', ['Eth1']], ['other-nic', []], ['nobody', []], ['nobody', []]]);
});

test('no key and no address is in what is kept or shown, and the captures are understood', async (t) => {
  const scalars = { ...synthetic.scalars, '1.3.6.1.2.1.1.1': `Synthetic, told ${privacyKey} and ${authKey} at 192.0.2.77` };
  await using agent = await serveAgent({ ...synthetic, scalars }, { users: [user] });
  using at = labOf(agent.port);
  const { text, told, asIs } = await probed([at.lab, 'sw1', '--out', at.out, '--json']);
  for (const words of [text, ...told, ...asIs]) t.false(words.includes('hunter2'), words);
  const files = filesBelow(at.out);
  t.true(files.length > 18);
  for (const file of files) {
    const kept = readFileSync(file, 'utf8');
    t.false(kept.includes('hunter2'), `${file}: ${kept}`);
    t.notRegex(kept, /52[:. ]?54[:. ]?00[:. ]?00[:. ]?00[:. ]?0[129]|192\.0\.2\.77/i, file);
  }
  const samples = samplesOf(at.out, 'snmp');
  const read = (question: (typeof snmp.facts)['neighbours'] | (typeof snmp.facts)['aggregates']): unknown => question!.parse(question!.commands.map((command) => samples.get(captureName(shownCommand(command)))!));
  const [aggregate] = read(snmp.facts.aggregates) as readonly { members: readonly { partnerSystem: string }[] }[];
  const [neighbour] = read(snmp.facts.neighbours) as readonly { chassis: string }[];
  t.is(neighbour!.chassis, aggregate!.members[0]!.partnerSystem);
});

test('an agent that has no LAG-MIB and no LLDP-MIB: null with the words, and no mistake of the switch', async (t) => {
  const part: SyntheticMib = { ...synthetic, tables: synthetic.tables.filter(({ oid }) => oid.startsWith('1.3.6.1.2.1.')) };
  await using agent = await serveAgent(part, { users: [user] });
  using at = labOf(agent.port);
  const { ended, plain } = await probed([at.lab, 'sw1', '--out', at.out]);
  t.is(ended, exitCodes.ok);
  t.true(plain.includes('pve1 eno1 at Eth1: up, its aggregate is not known'), plain);
  t.true(plain.includes('aggregates and LACP: its agent shows nothing of dot3adAggPortTable (IEEE8023-LAG-MIB), to this user at least'), plain);
  t.true(plain.includes('LLDP neighbours: its agent shows nothing of LLDP-MIB, to this user at least'), plain);
});

test('SNMPv2c where the lab file says so; a switch with a command line is asked by SNMP where one says so', async (t) => {
  await using agent = await serveAgent(synthetic, { communities: [authKey] });
  using at = labOf(agent.port, { version: 'v2c' });
  t.is((await probed([at.lab, 'sw1', '--out', at.out])).ended, exitCodes.ok);
  using managed = labOf(agent.port, { version: 'v2c', dialect: `arista-eos, host: 127.0.0.1, port: 1, hostKey: 'SHA256:${'A'.repeat(43)}'` });
  const { ended, plain } = await probed([managed.lab, 'sw1', '--by', 'snmp', '--out', managed.out]);
  t.is(ended, exitCodes.ok, plain);
  t.true(plain.includes('dialect snmp'));
});

test('a wrong key, files that are no secret, and ways that there are not, end with what to do', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  const problemOf = async (asked: Asked, ...more: readonly string[]): Promise<string> => {
    using at = labOf(agent.port, asked);
    const { ended } = await probed([at.lab, 'sw1', '--out', at.out, ...more]);
    t.false(existsSync(at.out));
    t.true(ended instanceof Problem);
    return (ended as Problem).message;
  };
  t.regex(await problemOf({ written: 'short\n' }), /^ask sw1 by SNMP: .*\/auth, the file of the pass phrase of authentication, holds 5 letters\n {2}right would be: one line of at least 8 letters/);
  t.regex(await problemOf({ written: 'several\nlines of it\n' }), /has several lines/);
  t.regex(await problemOf({ version: null }), /it is passive: nobody logs in to it[^]*`snmp:`/);
  t.regex(await problemOf({ version: null }, '--by', 'snmp'), /the lab file does not say how to ask it by SNMP/);
  t.regex(await problemOf({}, '--by', 'telnet'), /there is no such way to ask[^]*--by ssh, or --by snmp/);
  const wrong = await problemOf({ written: 'hunter2-mistaken\n' });
  t.regex(wrong, /^ask sw1 by SNMP \(bondproof@127\.0\.0\.1:\d+, v3\): [^\n]+\n {2}right would be: [^\n]+\n {2}what to do: see `/);
  t.notRegex(wrong, /hunter2/);
});
