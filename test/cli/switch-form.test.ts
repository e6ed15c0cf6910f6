// `bondproof switch plan` and `try`, whole: from a lab file to a synthetic switch behind a real ssh server of ours, and back. The nodes are played.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ava from 'ava';

import { planSwitch, trySwitch, type TakenNodes } from '../../src/cli/switch-form.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import type { LacpRate } from '../../src/model/scenario.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import { eos } from '../harness/form-devices.ts';
import { serveScripted, type ScriptedDevice } from '../switches/scripted.ts';

// One after the other: devices share this process and its machine.
const test = ava.serial;

interface At { readonly lab: string; readonly folder: string; readonly device: ScriptedDevice }

const onEos = async (work: (at: At) => Promise<void>, more = ', allow: [unproven]'): Promise<void> => {
  await using device = await serveScripted(eos.kind);
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-try-'));
  const lab = join(folder, 'lab.yaml');
  const node = (id: number): string => `  - { name: pve${id}, id: ${id}, host: 192.0.2.${id}, hostKey: 'SHA256:${'B'.repeat(43)}', address: 10.0.0.${id}, bond: bond0, aggregate: Port-Channel1${id}, vlan: 20,
      slaves: [{ nic: eno1, port: Ethernet${2 * id - 1} }, { nic: eno2, port: Ethernet${2 * id} }] }`;
  const { host, port, hostKey } = device.login;
  writeFileSync(join(folder, 'key'), device.userKey, { mode: 0o600 });
  writeFileSync(lab, `name: rack\nworld: ssh\ncluster: rack\nvictim: pve1\nkeyFile: ${join(folder, 'key')}\nnodes:\n${node(1)}\n${node(2)}
switch: { name: sw1, dialect: arista-eos, host: ${host}, port: ${port}, hostKey: '${hostKey}'${more} }\n`);
  try {
    await work({ lab, folder, device });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Nodes that hear one rate before the switch is changed, and another then. */
const hearing = (device: ScriptedDevice, rates: { readonly before: LacpRate; readonly then: LacpRate | null }): (() => Promise<TakenNodes>) => async () => Promise.resolve({
  heard: async () => Promise.resolve([1, 2, 3, 4].map((n) => ({
    link: { node: `pve${(n + 1) >> 1}`, nic: `eno${2 - n % 2}`, port: `Ethernet${n}` }, rate: device.state.deadMan === null ? rates.before : rates.then,
  }))),
  async [Symbol.asyncDispose]() { await Promise.resolve(); },
});

/** What it said, by where it went; never rejects with a Problem. */
const run = async (command: typeof planSwitch, args: readonly string[], controller = new AbortController(), hear: (text: string) => void = () => undefined) => {
  const [said, told]: [string[], string[]] = [[], []];
  const terminal = { say: (text: string) => said.push(text), complain: (text: string) => { told.push(text); hear(text); }, sayAsIs: () => undefined, signal: controller.signal, columns: 80 };
  const ended = await command(args, terminal).catch((error: unknown) => { if (error instanceof Problem) return error; throw error; });
  return { ended, said, told };
};

const tried = async ({ lab, folder, device }: At, { rates = { before: 'slow', then: 'fast' } as const, forS = '1s', controller, hear }: {
  readonly rates?: { readonly before: LacpRate; readonly then: LacpRate | null }; readonly forS?: string; readonly controller?: AbortController; readonly hear?: (text: string) => void;
} = {}) => {
  const journal = undoJournal(realDisk, join(folder, 'undo'));
  const result = await run((args, terminal) => trySwitch(args, terminal, { takeNodes: hearing(device, rates), journalOf: () => journal }), [lab, 'sw1', '--ports', 'lacp fast', '--for', forS], controller, hear);
  return { ...result, open: (await journal.read()).entries.length };
};

const plan = `sw1: form lacp fast for 60 s, dialect arista-eos, unproven: these lines are from
  manuals and have met no real device

ports
  pve1: Ethernet1 Ethernet2, aggregate Port-Channel11, VLAN 20
  pve2: Ethernet3 Ethernet4, aggregate Port-Channel12, VLAN 20
  a change of LACP rate alone costs nothing, as its maker has it

sent, in this order
  configure session bondproof
  interface Port-Channel11
  switchport access vlan 20
  exit
  interface Ethernet1
  no channel-group
  channel-group 11 mode active
  lacp timer fast
  exit
  interface Ethernet2
  no channel-group
  channel-group 11 mode active
  lacp timer fast
  exit
  interface Port-Channel12
  switchport access vlan 20
  exit
  interface Ethernet3
  no channel-group
  channel-group 12 mode active
  lacp timer fast
  exit
  interface Ethernet4
  no channel-group
  channel-group 12 mode active
  lacp timer fast
  exit
  commit timer 00:04:00

what takes it back
  sw1 itself, whatever becomes of bondproof: configure session, commit timer;
    240 s after it was armed, at most 2 s late
  bondproof, after 60 s, and at once when it is interrupted, by
    configure session bondproof abort
  proof: its configuration, read before and after, has the same lines
  never sent: what would make it stay, or save it for the next start`;

test('the plan, in 80 columns: every line and what takes it back; nobody logs in', async (t) => {
  await onEos(async ({ lab, device }) => {
    const { ended, said } = await run(planSwitch, [lab, 'sw1', '--ports', 'lacp fast']);
    t.is(ended, exitCodes.ok);
    t.is(said.join('\n'), `${plan}\n\nnothing was sent`);
    t.deepEqual(device.heard, []);
  });
});

test('the plan says what the lab file does not allow, and the try is refused before anybody logs in', async (t) => {
  await onEos(async (at) => {
    const { said } = await run(planSwitch, [at.lab, 'sw1', '--ports', 'lacp fast']);
    t.is(said.join('\n'), `${plan}

refused, for the lab file does not allow it
  its dialect has met no real device: whether these lines do what its manuals
    say, nobody has seen

nothing was sent`);
    const { ended } = await tried(at);
    t.regex((ended as Problem).message, /`allow: \[unproven\]`/);
    t.is((ended as Problem).parts.exitCode, exitCodes.usage);
    t.deepEqual(at.device.heard, []);
  }, '');
});

test('tried: the form as the switch and the wire tell it, and then as before', async (t) => {
  await onEos(async (at) => {
    const { ended, said, open } = await tried(at);
    t.is(ended, exitCodes.ok, said.join('\n'));
    const [, after = ''] = said.join('\n').split('next start\n\n');
    t.is(after, `with form lacp fast in force, the switch says
  ok    pve1 Ethernet1: in Port-Channel11, LACP, asks its partner for fast, in
        use
  ok    pve1 Ethernet2: in Port-Channel11, LACP, asks its partner for fast, in
        use
  ok    pve2 Ethernet3: in Port-Channel12, LACP, asks its partner for fast, in
        use
  ok    pve2 Ethernet4: in Port-Channel12, LACP, asks its partner for fast, in
        use
on the wire, its LACPDUs ask for
  ok    pve1 eno1: fast (before: slow)
  ok    pve1 eno2: fast (before: slow)
  ok    pve2 eno1: fast (before: slow)
  ok    pve2 eno2: fast (before: slow)
taken back: the configuration of sw1 has the same lines as before`);
    t.deepEqual(at.device.state.running, eos.kind.before);
    t.is(open, 0);
  });
});

test('a rate that does not come to the wire does not count, whatever the switch says', async (t) => {
  await onEos(async (at) => {
    const { ended, said } = await tried(at, { rates: { before: 'slow', then: 'slow' } });
    t.is(ended, exitCodes.notAllValid);
    t.true(said.includes('  WRONG pve2 eno2: slow (before: slow)'), said.join('\n'));
    t.deepEqual(at.device.state.running, eos.kind.before);
  });
});

test('interrupted while it is in force: taken back at once', async (t) => {
  await onEos(async (at) => {
    const controller = new AbortController();
    const { ended, said, open } = await tried(at, { forS: '2h', controller, hear: (text) => { if (text.startsWith('in force')) setTimeout(() => { controller.abort(new Error('interrupted by SIGINT')); }, 50); } });
    t.is(ended, exitCodes.interrupted, String(ended));
    t.is(said.at(-1), 'taken back: the configuration of sw1 has the same lines as before');
    t.deepEqual(at.device.state.running, eos.kind.before);
    t.is(open, 0);
  });
});

test('a form that there is not, and no form, are mistakes', async (t) => {
  await onEos(async ({ lab }) => {
    for (const args of [['--ports', 'lacp quick'], []]) {
      const { ended } = await run(planSwitch, [lab, 'sw1', ...args]);
      t.regex((ended as Problem).message, /not a form of ports[^]*one of plain, static, lacp slow, lacp fast/);
    }
  });
});
