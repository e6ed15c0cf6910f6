// A whole lab in virtual time: three nodes, a switch, and the machine that bondproof runs on; and one run on it.

import { judgeTrial } from '../../src/analysis/index.ts';
import { runCampaign, planTrials, type Campaign } from '../../src/harness/campaign.ts';
import { reserveLab, reserveOurLab } from '../../src/harness/reservations.ts';
import { Devices } from '../../src/harness/devices.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { parseRecord } from '../../src/harness/record-text.ts';
import { clearTraces, isClean, traces } from '../../src/harness/recovery.ts';
import { reconcile } from '../../src/harness/reconciliation.ts';
import { seeHolderEnds, type Lifted } from '../../src/harness/selftest.ts';
import type { Event } from '../../src/model/event.ts';
import { cables as cablesName, type Lab } from '../../src/model/lab.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import type { TrialResult } from '../../src/model/result.ts';
import type { Phase } from '../../src/model/phase.ts';
import type { Injector, Scenario } from '../../src/model/scenario.ts';
import type { Clock, OpenLab } from '../../src/model/session.ts';
import { createCables } from '../../src/worlds/virtual/cables.ts';
import { paperLab, paperScenario } from '../harness/paper-lab.ts';
import { SimulatedClock } from './clock.ts';
import { connectTo, type Way } from './connection.ts';
import { diskOf, SimulatedDisk } from './disk.ts';
import { Effects, never, type Accident, type Effect, type Fate } from './effects.ts';
import { Machine } from './machine.ts';

export const simulatedLab: Lab = {
  ...paperLab, world: 'ssh', virtual: { nodeMemoryMb: 0, switchMemoryMb: 0, kernel: 'debian', cables: 'relayed' }, class: null, links: paperLab.links.map((link) => ({ ...link, transceiver: null })),
};

/** The shortest trial with every step: HA idle, and a bond that gives the slave up by itself. */
export const shortScenario: Scenario = paperScenario({ ha: 'idle' });

/** The same with a loss of nothing: what only the devices' own words can tell. */
export const nullScenario: Scenario = { ...shortScenario, name: 'control/none', fault: 'none' };

const shortOf = (fault: string, more: Partial<Scenario> = {}): Scenario => ({ ...shortScenario, name: `802.3ad/${fault}`, fault, ...more });

/** What is held in other ways: under a band, at ingress, and by the switch, which is also told another rate. What LACP does not miss has an end of its own, for it would be watched for minutes. */
export const otherFaults: readonly Scenario[] = [shortOf('tx-data-silent', { forMs: 4000 }), shortOf('rx-silent'), shortOf('switch-tx-silent'), shortOf('switch-rate-slow', { detector: 'unneeded', forMs: 8000 })];

/** The same of two nodes at once, of slaves at different places. */
export const twoVictims: Scenario = { ...shortScenario, name: '802.3ad/fast-fast/two-victims/opposite', also: { placesAfter: 1, target: 'second' } };

const interfacesOf = (n: number): string =>
  `auto bond0\niface bond0 inet static\n\taddress 10.10.10.${n}/24\n\tbond-slaves eth1 eth2\n\tbond-miimon 100\n\tbond-mode active-backup\n`;

export interface Ended {
  /** How the run ended: nothing thrown, a Problem, any other error, or never. */
  readonly how: 'done' | 'problem' | 'defect' | 'dead' | 'hung';
  readonly error: unknown;
  readonly accidentUs: number | null;
}

const reserver = { run: 'run', by: 'the simulated program', since: '2026-01-01T00:00:00.000Z' };

const journalFolder = 'state/undo/paper';
const runFolder = 'reports/run';
/** Longer than a trial with everything that may hold it up: a link that is cut for long, and every repair. */
const patienceMs = 40 * 60_000;
const refusesMs = 300_000;
const cutMs = { 'link-cut': 20_000, 'link-cut-for-long': 300_000 } as const;

interface Span { readonly fromUs: number; toUs: number | null }

const follow = (spans: Span[], is: boolean, nowUs: number): void => {
  const last = spans.at(-1);
  if (is && (last === undefined || last.toUs !== null)) spans.push({ fromUs: nowUs, toUs: null });
  if (!is && last?.toUs === null) last.toUs = nowUs;
};

export class SimulatedWorld {
  readonly clock = new SimulatedClock();
  readonly disk = new SimulatedDisk();
  readonly effects: Effects;
  readonly machines: readonly Machine[];
  /** What has no NICs, no files and no resets: the cables between the others. */
  readonly cables = new Machine(cablesName, this.clock, { nics: [], interfaces: '' });
  readonly #ways = new Map<string, Way>();
  readonly #connections = new Set<{ closedByUs(): void }>();
  readonly #read = new Map<string, ReturnType<typeof parseRecord> & { readonly text: string }>();
  accidentUs: number | null = null;
  /** This machine's wall clock is so far ahead of the worlds' time. */
  wallMs = Date.UTC(2026, 0, 1);
  /** A device was out of reach for longer than the program waits. */
  gaveUp = false;
  /** A NIC was touched while nothing on the disk here said how to undo that. */
  unwritten = false;
  /** Spans in which a fault had its effect, and in which at least its qdisc was there. */
  readonly faulty: Span[] = [];
  readonly touched: Span[] = [];
  /** The former, of each machine. */
  readonly faultyOn: ReadonlyMap<string, Span[]>;

  constructor(accidents: readonly Accident[] = []) {
    const fate: Fate = { strike: (misfortune, effect) => { this.#strike(misfortune, effect); } };
    this.effects = new Effects(this.clock, accidents, fate);
    const { nodes, links, switch: sw } = simulatedLab;
    this.machines = [
      ...nodes.map(({ name, id, slaves }) => new Machine(name, this.clock, { nics: slaves, interfaces: interfacesOf(id) })),
      new Machine(sw.name, this.clock, { nics: links.map(({ port }) => port), interfaces: '' }),
    ];
    this.faultyOn = new Map(this.machines.map(({ name }) => [name, []]));
    const { clock, cables } = this;
    cables.cables = createCables(links.map(({ id }) => id), { nowMs: () => clock.nowUs() / 1000, after: (ms, due) => clock.after(ms, due) });
    for (const { name } of nodes) this.#plug(name, new Map(links.filter(({ node }) => node === name).map(({ nic, port }) => [nic, port])));
    for (const machine of [...this.machines, cables]) {
      this.#ways.set(machine.name, { cut: false, atCut: new Set() });
      machine.changed = () => { this.#look(); };
    }
  }

  machine(name: string): Machine {
    return [...this.machines, this.cables].find((each) => each.name === name)!;
  }

  /** The first two cables of a node, each in the other's port: the lab file is wrong. */
  swapCables(node: string): void {
    const [first, second] = simulatedLab.links.filter((link) => link.node === node);
    this.#plug(node, new Map([[first!.nic, second!.port], [second!.nic, first!.port]]));
  }

  #plug(node: string, portOf: ReadonlyMap<string, string>): void {
    const [machine, sw] = [this.machine(node), this.machine(simulatedLab.switch.name)];
    const { cables } = this.cables;
    machine.isSentTo = (nic) => !sw.isSilent(portOf.get(nic)!) && cables!.passes(`${node}-${nic}`, 'to-node');
    machine.isCut = (nic) => !cables!.passes(`${node}-${nic}`, 'to-switch');
    machine.hearsSlow = (nic) => sw.slowed.has(sw.bondOf(portOf.get(nic)!));
    machine.sendsBytes = (nic, bytes) => { sw.nics.get(portOf.get(nic)!)!.rxBytes += bytes; };
  }

  /** The run with its accidents, until it ends, dies, or never ends. */
  async run(scenario: Scenario = shortScenario, injector: Injector = 'netem', phase: Phase | null = null): Promise<Ended> {
    if (phase !== null || scenario.fault === 'tx-data-silent' || scenario.fault === 'switch-rate-slow') for (const machine of this.machines) machine.sendsLacpdus = true;
    const state: { how: Ended['how'] | null; error: unknown } = { how: null, error: null };
    const signal = new AbortController().signal;
    const disk = diskOf(this.disk, this.effects);
    const campaign: Omit<Campaign, 'reservations' | 'open'> = {
      run: 'run', name: 'simulated', folder: runFolder, seed: 1, trials: planTrials([scenario], 1, injector, () => phase), labsAtOnce: 1, oneByOne: true, more: null, disk, signal,
      journal: () => undoJournal(disk, journalFolder), about: {}, startedAt: () => new Date(this.wallMs + this.clock.nowUs() / 1000).toISOString(), progress: () => undefined,
    };
    const work = async (): Promise<void> => {
      await using open = this.openLab(this.effects);
      await using reservations = await reserveOurLab(open, reserver);
      await runCampaign({ ...campaign, reservations, open: () => Promise.resolve(open) });
    };
    work().then(() => { state.how ??= 'done'; }, (error: unknown) => {
      state.error = error;
      state.how ??= error instanceof Problem ? 'problem' : 'defect';
    });
    const how = await this.clock.drive({ done: () => state.how !== null || this.effects.isDead(), forMs: patienceMs });
    return { how: state.how ?? (this.effects.isDead() ? 'dead' : how === 'done' ? 'dead' : 'hung'), error: state.error, accidentUs: this.accidentUs };
  }

  /** Entries that are open, as a loss of power would leave them. */
  openEntries(): readonly string[] {
    return [...this.disk.durable()].filter(([path]) => path.startsWith(journalFolder) && path.endsWith('.json')).map(([path]) => path);
  }

  /** Nothing comes through to any device, for so long. */
  cutOff(ms: number): void {
    for (const way of this.#ways.values()) {
      way.cut = true;
      for (const tell of [...way.atCut]) tell();
      this.clock.after(ms, () => { way.cut = false; });
    }
  }

  #isWritten(kind: string): boolean {
    return [...this.disk.durable()].some(([path, text]) => path.startsWith(journalFolder) && path.endsWith('.json') && text.includes(`"kind": "${kind}"`));
  }

  /**
   * What `bondproof recover LAB` does, by a program that nothing happens to; or, on another machine, which has no journal, `--scan`.
   * Gives what is still there.
   */
  async recover({ scan }: { readonly scan: boolean } = { scan: false }): Promise<readonly string[]> {
    this.disk.failure = null;
    if (scan) for (const path of [...this.disk.seen.keys()]) if (path.startsWith(journalFolder)) this.disk.seen.delete(path);
    const untroubled = new Effects(this.clock, [], { strike: () => undefined });
    const work = async (): Promise<readonly string[]> => {
      await using open = this.openLab(untroubled);
      await using reservations = await reserveLab(open, { ...reserver, run: 'recover' });
      await using devices = new Devices(open, reservations);
      const journal = undoJournal(diskOf(this.disk, null), journalFolder);
      await reconcile(devices, journal);
      if (scan) await clearTraces(await traces(open.lab, devices), devices);
      const found = await traces(open.lab, devices);
      const { entries, unreadable } = await journal.read();
      return [
        ...[...found].flatMap(([device, each]) => isClean(each) ? [] : [`${device} has ${JSON.stringify(each)}`]),
        ...entries.map(({ what }) => `the entry of ${what} is open`), ...unreadable.map((path) => `${path} cannot be read`),
      ];
    };
    const left: string[][] = [];
    work().then((found) => { left.push([...found]); }, (error: unknown) => { left.push([`recovery failed: ${error instanceof Error ? error.message : 'no reason given'}`]); });
    const how = await this.clock.drive({ done: () => left.length > 0, forMs: patienceMs });
    return left[0] ?? [`recovery never ended (${how})`];
  }

  /** What holders do that nobody tells to go. */
  async holderEnds(injectors: readonly Injector[]): Promise<readonly Lifted[]> {
    const open = this.openLab(new Effects(this.clock, [], { strike: () => undefined }));
    const disk = diskOf(this.disk, null);
    const ends: (readonly Lifted[])[] = [];
    const failures: unknown[] = [];
    seeHolderEnds({
      run: 'run', folder: runFolder, disk, open, reservations: null, journal: undoJournal(disk, journalFolder), scenario: shortScenario, injectors, signal: new AbortController().signal, tell: () => undefined,
    }).then((lifted) => { ends.push(lifted); }, (error: unknown) => { failures.push(error); });
    await this.clock.drive({ done: () => ends.length + failures.length > 0, forMs: patienceMs });
    if (ends[0] === undefined) throw new Error(`no end: ${String(failures[0])}`);
    return ends[0];
  }

  /** The events of each trial, as far as they can be read. */
  records(): readonly (readonly Event[])[] {
    return this.#recordFiles().map(({ events }) => events);
  }

  /** The trials that have a record, judged by it alone; a record that cannot be judged is told in words. */
  results(): readonly (TrialResult | string)[] {
    return this.#recordFiles().map(({ path, events, damage }) => {
      if (damage.brokenLines + damage.doubledLines + damage.missingLines > 0) return `${path} is damaged: ${JSON.stringify(damage)}`;
      try {
        return judgeTrial(events, path, damage);
      } catch (error) {
        return `${path} cannot be judged: ${String(error)}`;
      }
    });
  }

  /** What the first trial recorded. */
  record(): readonly Event[] {
    return this.#recordFiles()[0]?.events ?? [];
  }

  /** Each text is read once. */
  #recordFiles(): readonly (ReturnType<typeof parseRecord> & { readonly path: string })[] {
    return [...this.disk.seen].filter(([path]) => path.endsWith('events.ndjson')).map(([path, { text }]) => {
      if (this.#read.get(path)?.text !== text) this.#read.set(path, { text, ...parseRecord(text) });
      return { path, ...this.#read.get(path)! };
    });
  }

  openLab(effects: Effects): OpenLab {
    const { clock } = this;
    // Whoever is dead does not wake up.
    const own: Clock = { nowUs: () => clock.nowUs(), sleep: (ms, signal) => effects.alive(clock.sleep(ms, signal)) };
    return {
      lab: simulatedLab, clock: own, lasting: true, about: {}, realTime: true, seed: null, simulated: [], power: () => null, console: () => null,
      session: async (device, { timeoutMs, signal }) => {
        const effect: Effect = { kind: 'session', device, what: 'connect' };
        const accidents = effects.next(effect);
        for (const each of accidents) effects.strike(each, effect);
        if (effects.isDead()) return never();
        const [machine, way] = [this.machine(device), this.#ways.get(device)!];
        const untilUs = clock.nowUs() + timeoutMs * 1000;
        while (!machine.up || way.cut || accidents.some(({ misfortune }) => misfortune === 'peer-stalls')) {
          if (clock.nowUs() >= untilUs) {
            this.gaveUp = true;
            throw new Problem({ asked: `connect to ${device}`, found: `no session within ${timeoutMs} ms`, exitCode: exitCodes.device });
          }
          await own.sleep(1000, signal);
        }
        await own.sleep(30, signal);
        const connection = connectTo({ machine, way, effects, machines: this.machines.filter(({ name }) => name !== simulatedLab.switch.name) });
        this.#connections.add(connection);
        void connection.session.closed.then(() => this.#connections.delete(connection));
        return connection.session;
      },
      async [Symbol.asyncDispose]() { return Promise.resolve(); },
    };
  }

  #strike(misfortune: Accident['misfortune'], { device }: Effect): void {
    this.accidentUs ??= this.clock.nowUs();
    // Cables are never reset.
    const hit = device === null || device === cablesName && misfortune === 'node-resets' ? simulatedLab.victim : device;
    switch (misfortune) {
      case 'dies': case 'power':
        this.effects.kill();
        if (misfortune === 'power') this.disk.lose((unsynced) => unsynced.slice(0, unsynced.length >> 1));
        else for (const connection of this.#connections) connection.closedByUs();
        return;
      case 'link-cut': case 'link-cut-for-long': {
        const way = this.#ways.get(hit)!;
        way.cut = true;
        for (const tell of [...way.atCut]) tell();
        this.clock.after(cutMs[misfortune], () => { way.cut = false; });
        return;
      }
      case 'node-resets': this.machine(hit).reset(); return;
      case 'kernel-refuses': {
        const machine = this.machine(hit);
        machine.keepsQdiscs = true;
        this.clock.after(refusesMs, () => { machine.keepsQdiscs = false; });
        return;
      }
      case 'disk-full': this.disk.failure = 'ENOSPC'; return;
      case 'peer-stalls': case 'delivered-twice': // They are the connection's own affair.
    }
  }

  #look(): void {
    if (!this.effects.isDead() && this.machines.some((machine) => machine.isTouched()) && !this.#isWritten('fault')) this.unwritten = true;
    follow(this.faulty, this.machines.some((machine) => machine.isFaulty()), this.clock.nowUs());
    for (const machine of this.machines) follow(this.faultyOn.get(machine.name)!, machine.isFaulty(), this.clock.nowUs());
    follow(this.touched, this.machines.some((machine) => machine.isTouched()), this.clock.nowUs());
  }
}
