// Three synthetic switches whose ports are put into a form, written by hand from their makers' documentation: one that stages all and takes it back when told, one
// that is changed line by line and takes it back only by itself, one that never does.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Devices } from '../../src/harness/devices.ts';
import { undoJournal, type UndoEntry, type UndoJournal } from '../../src/harness/journal.ts';
import type { FormOrder } from '../../src/harness/switch-form.ts';
import type { Lab } from '../../src/model/lab.ts';
import type { Clock, OpenLab } from '../../src/model/session.ts';
import { aristaEos } from '../../src/switches/arista-eos.ts';
import { arubaAoscx } from '../../src/switches/aruba-aoscx.ts';
import { ciscoNxos } from '../../src/switches/cisco-nxos.ts';
import type { ManagedDialect } from '../../src/switches/dialect.ts';
import { realDisk } from '../../src/worlds/real-disk.ts';
import { configured, printed, serveScripted, type Entry, type ScriptedDevice, type ScriptedKind, type State } from '../switches/scripted.ts';
import { paperLab } from './paper-lab.ts';

export interface FormDevice {
  readonly dialect: ManagedDialect;
  readonly kind: ScriptedKind;
  readonly ports: readonly string[];
  readonly aggregates: readonly string[];
}

const done = (state: State, change: Partial<State>): string => {
  Object.assign(state, change);
  return '';
};

const before = (member: (id: number) => readonly string[], aggregate: (id: number) => string, ports: readonly string[], line: string): readonly Entry[] => [
  { where: '', line: 'hostname sw1' },
  { where: '', line },
  ...[1, 2].flatMap((id): readonly Entry[] => [
    { where: `interface ${aggregate(id)}`, line: 'description node' },
    ...ports.slice(2 * id - 2, 2 * id).flatMap((port) => member(id).map((each) => ({ where: `interface ${port}`, line: each }))),
  ]),
];

const eosPorts = [1, 2, 3, 4].map((n) => `Ethernet${n}`);
const bits = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true };
const eosLags = Object.fromEntries([1, 2].map((id) => [`Port-Channel${10 + id}`, eosPorts.slice(2 * id - 2, 2 * id)]));
const eosEnd = (state: State, change: Partial<State>): string => done(state, { mode: 'exec', candidate: null, context: '', ...change });

export const eos: FormDevice = {
  dialect: aristaEos,
  ports: eosPorts,
  aggregates: Object.keys(eosLags),
  kind: {
    prompt: ({ mode }) => `sw1${mode === 'exec' ? '' : '(config-s-bondpr)'}#`,
    noPaging: /^terminal (?:length|width) /,
    pager: { shows: ' --More-- ', every: 5 },
    refuse: () => '% Invalid input',
    before: before((id) => [`channel-group ${10 + id} mode active`, 'lacp timer normal'], (id) => `Port-Channel${10 + id}`, eosPorts, 'username admin privilege 15 secret sha512 hunter2'),
    shows: {
      'show running-config': ({ running }) => `! Command: show running-config\n! Startup-config last modified at {clock}\n${printed(running)}\nend`,
      'show configuration sessions detail | json': ({ deadMan }) => JSON.stringify({ sessions: deadMan === null ? {} : { bondproof: { state: 'pendingCommitTimer' } } }),
      'show port-channel detailed all-ports | json': JSON.stringify({ portChannels: Object.fromEntries(Object.entries(eosLags).map(([name, ports]) =>
        [name, { activePorts: Object.fromEntries(ports.map((port) => [port, { protocol: 'lacp' }])), inactivePorts: {} }])) }),
      'show lacp interface detailed | json': JSON.stringify({ portChannels: Object.fromEntries(Object.entries(eosLags).map(([name, ports]) =>
        [name, { interfaces: Object.fromEntries(ports.map((port) => [port, { actorPortStatus: 'bundled', actorPortState: bits, partnerPortState: bits }])) }])) }),
      'show lacp counters all-ports | json': '{"portChannels": {}}',
    },
    act(line, state) {
      if (line === 'configure session bondproof') return done(state, { mode: 'session', candidate: state.running });
      if (line === 'configure session bondproof abort') return eosEnd(state, { running: state.deadMan?.before ?? state.running, deadMan: null });
      if (state.candidate === null) return null;
      const timer = /^commit timer (\d\d):(\d\d):(\d\d)$/.exec(line);
      if (timer !== null) return eosEnd(state, { running: state.candidate, deadMan: { before: state.running, atS: state.nowS + Number(timer[1]) * 3600 + Number(timer[2]) * 60 + Number(timer[3]) } });
      if (line === 'end') return eosEnd(state, {});
      if (line === 'exit') return done(state, { context: '' });
      if (/^interface (?:Ethernet|Port-Channel)\d+$/.test(line)) return done(state, { context: line });
      if (!/^(?:no )?(?:channel-group|lacp timer|switchport access vlan)\b/.test(line)) return null;
      return done(state, { candidate: configured(state.candidate, state.context, line) });
    },
  },
};

const cxPorts = [1, 2, 3, 4].map((n) => `1/1/${n}`);

export const aoscx: FormDevice = {
  dialect: arubaAoscx,
  ports: cxPorts,
  aggregates: ['lag11', 'lag12'],
  kind: {
    prompt: ({ mode }) => `sw1${mode === 'exec' ? '' : '(config)'}# `,
    noPaging: /^no page$/,
    pager: { shows: '-- MORE --, next page: Space, next line: Enter, quit: q', every: 5 },
    refuse: (line) => `Invalid input: ${line.split(' ', 1)[0]!}`,
    before: before((id) => [`lag ${10 + id}`], (id) => `lag ${10 + id}`, cxPorts, 'snmp-server community hunter2'),
    shows: { 'show running-config': ({ running }) => `Current configuration:\n!\n${printed(running)}` },
    act(line, state) {
      if (state.mode === 'exec') {
        const timer = /^checkpoint auto (\d+)$/.exec(line);
        if (timer !== null) return done(state, { deadMan: { before: state.running, atS: state.nowS + Number(timer[1]) * 60 } });
        return line === 'configure terminal' ? done(state, { mode: 'config' }) : null;
      }
      if (line === 'end') return done(state, { mode: 'exec', context: '' });
      if (line === 'exit') return done(state, { context: '' });
      if (/^interface (?:1\/1\/|lag )\d+$/.test(line)) return done(state, { context: line });
      if (state.context === '' || !/^(?:no )?(?:lag|lacp (?:mode|rate)|vlan access|shutdown)\b/.test(line)) return null;
      return done(state, { running: configured(state.running, state.context, line) });
    },
  },
};

const nxPorts = [1, 2, 3, 4].map((n) => `Ethernet1/${n}`);

export const nxos: FormDevice = {
  dialect: ciscoNxos,
  ports: nxPorts,
  aggregates: ['port-channel11', 'port-channel12'],
  kind: {
    prompt: ({ mode }) => `sw1${mode === 'exec' ? '' : '(config)'}# `,
    noPaging: /^terminal (?:length|width) /,
    pager: { shows: '--More--', every: 5 },
    refuse: () => "                  ^\n% Invalid command at '^' marker.\n",
    before: before((id) => [`channel-group ${10 + id} mode active`, 'lacp rate normal'], (id) => `port-channel${10 + id}`, nxPorts, 'snmp-server community hunter2 group network-operator'),
    // In an order of its own, whatever came first.
    shows: { 'show running-config': ({ running }) => `!Command: show running-config\n${printed(running.toSorted((a, b) => `${a.where} ${a.line}`.localeCompare(`${b.where} ${b.line}`)))}` },
    act(line, state) {
      if (state.mode === 'exec') return line === 'configure terminal' ? done(state, { mode: 'config' }) : null;
      if (line === 'end') return done(state, { mode: 'exec', context: '' });
      if (line === 'exit') return done(state, { context: '' });
      if (/^interface (?:Ethernet1\/|port-channel)\d+$/.test(line)) return done(state, { context: line });
      if (/^(?:no )?shutdown$/.test(line)) return '';
      if (state.context === '' || !/^(?:no )?(?:channel-group|lacp rate)\b/.test(line)) return null;
      const running = line.startsWith('no ') ? state.running.filter((entry) => entry.where !== state.context || !/^(?:channel-group|lacp rate)/.test(entry.line)) : configured(state.running, state.context, line);
      return done(state, { running });
    },
  },
};

/** A lab of two nodes at this switch, which the lab file lets be written to. */
export const labAt = ({ dialect, ports, aggregates }: FormDevice, over: Partial<Lab['switch']> = {}): Lab => ({
  ...paperLab, world: 'ssh',
  nodes: paperLab.nodes.slice(0, 2).map((node, at) => ({ ...node, aggregate: aggregates[at]! })),
  switch: { name: 'sw1', dialect: dialect.name, allow: ['unproven'], login: null, ...over },
  links: paperLab.links.slice(0, 4).map((link, at) => ({ ...link, port: ports[at]! })),
});

export interface FormBench extends AsyncDisposable {
  readonly device: ScriptedDevice;
  readonly lab: Lab;
  readonly journal: UndoJournal;
  /** What was written down when, as the number of lines that the switch had heard by then. */
  readonly opened: { readonly entry: UndoEntry; readonly heard: number }[];
  /** Ms that somebody slept. */
  readonly slept: number[];
  readonly told: string[];
  readonly folder: string;
  order(over?: Partial<FormOrder>): FormOrder;
}

/** Time passes on the switch while somebody sleeps here, and only then. */
export const benchAt = async (at: FormDevice, { over = {}, kind = at.kind }: { readonly over?: Partial<Lab['switch']>; readonly kind?: ScriptedKind } = {}): Promise<FormBench> => {
  const device = await serveScripted(kind);
  const lab = labAt(at, over);
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-form-'));
  const kept = undoJournal(realDisk, folder);
  const [opened, slept, told, all]: [{ entry: UndoEntry; heard: number }[], number[], string[], Devices[]] = [[], [], [], []];
  const clock: Clock = {
    nowUs: () => device.state.nowS * 1_000_000,
    sleep: async (ms) => {
      slept.push(ms);
      device.pass(ms / 1000);
      return Promise.resolve();
    },
  };
  const journal: UndoJournal = { ...kept, open: async (entry) => {
    await kept.open(entry);
    opened.push({ entry, heard: device.heard.length });
  } };
  return {
    device, lab, journal, opened, slept, told, folder,
    order: (more = {}) => {
      const devices = new Devices({ lab, clock, session: async () => device.session(at.dialect.conversation!) } as unknown as OpenLab, null);
      all.push(devices);
      return { run: 'switch try 1', devices, journal, clock, wallMs: () => Date.UTC(2026, 0, 1) + device.state.nowS * 1000, signal: new AbortController().signal, tell: (text) => told.push(text), ...more };
    },
    async [Symbol.asyncDispose]() {
      for (const devices of all) await devices[Symbol.asyncDispose]();
      await device[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
};
