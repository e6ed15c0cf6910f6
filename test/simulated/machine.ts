// A node or the switch as far as bondproof sees it: files, qdiscs, services, a bond, and a clock of its own that ends with each boot.

import { wasRefused, type Owner } from '../../src/agent/claim.ts';
import { ourBlock } from '../../src/faults/rx-silent.ts';
import type { Command } from '../../src/model/command.ts';
import type { SimulatedClock } from './clock.ts';
import { commandsOf } from './shell.ts';
import { switchLinks, type SwitchForm } from './switch.ts';
import { surveyText } from './survey.ts';

export interface Said { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

/** What a command does, in steps: a command that is cut in the middle has done some of them. */
type Steps = readonly (() => void)[];

/** A command that came over a connection, with all that was written to it. */
export interface Asked { readonly argv: readonly string[]; input: string }

interface Doing { readonly steps: Steps; readonly said: () => Said }

export interface Nic {
  /** Of its netem; null: there is none. */
  lossPercent: number | null;
  /** The band of ours that it is under; null: it is the root. */
  band: 'lacpdus' | 'data' | null;
  /** Whether the root qdisc is ours and has bands. */
  banded: boolean;
  /** What the filters of our ingress block do; null: there is no such block. */
  ingress: 'pass' | 'drop' | null;
  drops: number;
  tx: number;
  rx: number;
  up: boolean;
}

const untouched = { lossPercent: null, band: null, banded: false, ingress: null, up: true } as const;

/** What the kernel has for a holder: a table, a sink, and, once it is applied, an element that silences a NIC or, in the null control, nothing. */
export interface Lease { readonly nic: string; silences: boolean; kill(): void }

/** A transient service whose end runs the undo of its token. */
export interface Service { end(): void }

const ok = (stdout = ''): Said => ({ exitCode: 0, stdout, stderr: '' });
const refused = (stderr: string, exitCode = 2): Said => ({ exitCode, stdout: '', stderr });

/** What src/agent/claim.ts has the device say. */
export const notOurs = refused('bondproof: not the run that has this device\n', 125);
if (!wasRefused({ command: { argv: [] }, elapsedMs: 0, ...notOurs })) throw new Error('the simulated device refuses in other words than a real one');
/** What src/harness/lease-fitness.ts hears of a node that can. */
const fitForLease = 'kernel 6.8.12\nnft nftables v1.0.6\nhas setpriv\nhas tun\nmodule nft_fwd_netdev\nconfig /proc/config.gz\nCONFIG_NF_TABLES_NETDEV=y\nCONFIG_NETFILTER_EGRESS=y\nCONFIG_NFT_FWD_NETDEV=m\n';

/** From the end of a service to the end of its undo. */
const undoTakesMs = 80;
export const bootMs = 8000;

export class Machine {
  readonly name: string;
  readonly clock: SimulatedClock;
  boots = 1;
  up = true;
  bootedUs: number;
  /** Names below /run/bondproof; gone after a reset. */
  files = new Map<string, string>();
  services = new Map<string, Service>();
  lease: Lease | null = null;
  nics = new Map<string, Nic>();
  interfaces: string;
  draft: string | null = null;
  /** What ifup made of the file; null while there is no bond. */
  bond: string | null;
  form: SwitchForm = 'plain';
  faultHolder: string | null = null;
  /** The run whose claim lives, the one that had the last, and that one's number. */
  owner: Owner | null = null;
  lastOwner: Owner | null = null;
  lastNumber = 0;
  /** Its wall clock is so far ahead of the worlds' time. */
  wallAheadUs = 0;
  /** Whether its agent tells of LACPDUs that it sends on every NIC, once a second. */
  sendsLacpdus = false;
  /** What its agent says after its hello, of itself or of what was logged. */
  says: readonly { readonly kind: string; readonly [field: string]: unknown }[] = [];
  /** Whether its agent sends canaries. */
  canary = false;
  /** The kernel says no to the removal of a qdisc, with the exit code of one that is not there. */
  keepsQdiscs = false;
  readonly asked: Asked[] = [];
  readonly atReset = new Set<() => void>();
  /** Called after everything that may have changed traffic. */
  changed: () => void = () => undefined;

  constructor(name: string, clock: SimulatedClock, { nics, interfaces }: { readonly nics: readonly string[]; readonly interfaces: string }) {
    this.name = name;
    this.clock = clock;
    this.bootedUs = clock.nowUs() - 1_000_000_000;
    this.interfaces = interfaces;
    this.bond = interfaces;
    for (const nic of nics) this.nics.set(nic, { ...untouched, drops: 0, tx: 0, rx: 0 });
  }

  get bootId(): string {
    return `${this.name}-boot-${this.boots}`;
  }

  bootUs(): number {
    return this.clock.nowUs() - this.bootedUs;
  }

  /** Whether nothing of that kind leaves by this NIC though it is up. */
  isSilent(nic: string, kind: 'lacpdus' | 'data' = 'data'): boolean {
    const { lossPercent, band } = this.nics.get(nic)!;
    return (lossPercent ?? 0) > 0 && (band === null || band === kind) || this.lease?.silences === true && this.lease.nic === nic;
  }

  /** Whether LACP has something to miss on this NIC. */
  isMissed(nic: string): boolean {
    return this.isSilent(nic, 'lacpdus') || this.nics.get(nic)!.ingress === 'drop' || !this.nics.get(nic)!.up;
  }

  /** Whether traffic is touched: a NIC that is silent, deaf, or down. */
  isFaulty(): boolean {
    return [...this.nics.keys()].some((nic) => this.isSilent(nic) || this.isMissed(nic));
  }

  /** Whether a canary of this machine's is lost. */
  isMute(): boolean {
    return [...this.nics].some(([name, { up }]) => !up || this.isSilent(name));
  }

  /** Whether anything that a fault does, its preparation included, is in place. */
  isTouched(): boolean {
    return this.lease !== null || [...this.nics.values()].some(({ lossPercent, banded, ingress, up }) => lossPercent !== null || banded || ingress !== null || !up);
  }

  reset(): void {
    this.up = false;
    this.boots += 1;
    this.files = new Map();
    this.services.clear();
    this.faultHolder = null;
    this.owner = null;
    this.lastOwner = null;
    this.lastNumber = 0;
    this.lease = null;
    this.canary = false;
    for (const nic of this.nics.values()) Object.assign(nic, untouched, { drops: 0 });
    for (const tell of [...this.atReset]) tell();
    this.changed();
    this.clock.after(bootMs, () => {
      this.up = true;
      this.bootedUs = this.clock.nowUs() - 1_000_000;
      this.bond = this.interfaces;
      this.changed();
    });
  }

  run(command: Command): Said {
    const { steps, said } = this.#doing(command);
    for (const step of steps) step();
    this.changed();
    return said();
  }

  /** Half of it, as when the machine or the command dies in the middle. */
  runHalf(command: Command): void {
    const { steps } = this.#doing(command);
    for (const step of steps.slice(0, Math.ceil(steps.length / 2))) step();
    this.changed();
  }

  /** The service of a token ends without having been told to: its undo runs. */
  undo(token: string): void {
    const { boots } = this;
    const began = this.bootUs();
    this.services.delete(token);
    const script = this.files.get(`${token}.undo`);
    if (script === undefined) return;
    this.clock.after(undoTakesMs, () => {
      if (this.boots !== boots || !this.files.has(`${token}.undo`)) return;
      for (const command of commandsOf(script)) this.run(command);
      this.files.set(`${token}.fired`, `${began / 1e6} ${this.bootUs() / 1e6}`);
    });
  }

  /** The command that is to be done; null where only another run may. */
  unfenced(command: Command): Command | null {
    const [, , , name, number, ...argv] = command.argv;
    if (name !== 'bondproof-fenced') return command;
    return this.lastNumber > 0 && Number(number) === this.lastNumber ? { ...command, argv } : null;
  }

  #doing(command: Command): Doing {
    const own = this.unfenced(command);
    if (own === null) return { steps: [], said: () => notOurs };
    const { argv, stdin = '' } = own;
    const [program = ''] = argv;
    const name = program === 'sh' ? argv[3] ?? '' : program;
    const args = program === 'sh' ? argv.slice(4) : argv.slice(1);
    const script = program === 'sh' ? argv[2] ?? '' : '';
    const answer = (stdout: string): Doing => ({ steps: [], said: () => ok(stdout) });
    switch (name) {
      case 'bondproof-arm': return this.#arm(args[0]!, stdin, { capMs: Number(args[1]) * 1000, script });
      case 'bondproof-disarm': return this.#disarm(args[0]!, script);
      case 'bondproof-undo': {
        const undo = this.files.get(`${args[0]!}.undo`);
        return { steps: undo === undefined ? [] : commandsOf(undo).map((each) => () => { this.run(each); }), said: () => ok() };
      }
      case 'bondproof-traces': return answer([
        ...[...this.files.keys()].filter((file) => file.endsWith('.undo')).map((file) => `undo ${file.slice(0, -5)}`),
        ...[...this.services.keys()].map((token) => `undo ${token}`), this.#qdiscs(), this.#leaseParts(),
      ].join('\n'));
      case 'bondproof-lease': return answer(this.#leaseParts());
      case 'bondproof-lease-fitness': return answer(fitForLease);
      case 'bondproof-end-lease': return { steps: [() => { this.lease?.kill(); }], said: () => ok() };
      case 'bondproof-end-ingress': return this.#endIngress(this.nics.get(args[0]!)!);
      case 'bondproof-state': {
        const nic = this.nics.get(args[0]!)!;
        return answer(`${this.#qdisc(args[0]!)}\nmtu 1500\ncarrier ${nic.up ? 1 : 0}\n`);
      }
      case 'bondproof-interfaces': return this.#writeInterfaces(stdin);
      case 'bondproof-survey': return answer(surveyText(this));
      case 'tc': return this.#tc(args);
      case 'uname': return answer('6.8.12\n');
      case 'ip': return this.#ip(args);
      default:
        if (argv.includes('configure')) return this.#configure(stdin);
        if (argv.join(' ').includes('corosync-quorumtool')) return answer('Nodes:            3\nQuorate:          Yes\n');
        throw new Error(`the simulated ${this.name} does not know ${JSON.stringify(argv).slice(0, 200)}`);
    }
  }

  #arm(token: string, undo: string, { capMs, script }: { readonly capMs: number; readonly script: string }): Doing {
    return {
      steps: [
        () => {
          const before = this.files.get(`${token}.undo`);
          if (before !== undefined && script.includes('mv "$undo" "$was"')) this.files.set(`was-${token}.undo`, before).delete(`${token}.undo`);
        },
        () => { this.services.get(token)?.end(); },
        () => { this.files.set(`${token}.undo`, undo); },
        () => {
          if (!script.includes('systemd-run')) return;
          const cancel = this.clock.after(capMs, () => { if (script.includes('ExecStopPost=')) this.undo(token); });
          this.services.set(token, { end: () => { cancel(); this.undo(token); } });
          this.atReset.add(cancel);
        },
        () => { this.files.delete(`was-${token}.undo`); },
      ],
      said: () => ok(),
    };
  }

  #disarm(token: string, script: string): Doing {
    const fired = this.files.get(`${token}.fired`);
    return {
      steps: [
        () => { if (script.includes('rm -f "/run/bondproof/$1.undo"')) for (const name of [token, `was-${token}`]) this.files.delete(`${name}.undo`); },
        () => { if (script.includes('systemctl stop')) this.services.get(token)?.end(); },
        () => { this.files.delete(`${token}.fired`); },
      ],
      said: () => ok(fired === undefined ? '' : `fired ${fired}\n`),
    };
  }

  /** As the script does it: /etc/network/interfaces and the bond made from it. */
  #writeInterfaces(text: string): Doing {
    if (this.interfaces === text && this.bond !== null) return { steps: [], said: () => ok() };
    return { steps: [() => { this.bond = null; }, () => { this.interfaces = text; }, () => { this.bond = this.interfaces; }], said: () => ok() };
  }

  #tc(args: readonly string[]): Doing {
    const [what, verb, , dev = ''] = args;
    // A block is on the one NIC that was given it.
    const nic = dev === ourBlock ? [...this.nics.values()].find(({ ingress }) => ingress !== null) : this.nics.get(dev);
    if (!nic) return { steps: [], said: () => refused(`Cannot find device "${dev}"`, dev === ourBlock ? 2 : 1) };
    const does = (step: () => void): Doing => ({ steps: [step], said: () => ok() });
    if (what === 'filter') return does(() => { if (dev === ourBlock) nic.ingress = args.includes('drop') ? 'drop' : 'pass'; });
    if (args.includes('clsact')) return nic.ingress === null ? does(() => { nic.ingress = 'pass'; }) : { steps: [], said: () => refused('Exclusivity flag on, cannot modify.') };
    const below = args.includes('parent');
    const there = below ? nic.lossPercent !== null : nic.lossPercent !== null || nic.banded;
    if (verb === 'add' ? there : !there) return { steps: [], said: () => refused(there ? 'Exclusivity flag on, cannot modify.' : 'Cannot find specified qdisc.') };
    if (verb === 'del' && this.keepsQdiscs) return { steps: [], said: () => refused('Invalid handle.') };
    if (verb === 'del') return does(() => { Object.assign(nic, { lossPercent: null, band: null, banded: false }); });
    if (args.includes('prio')) return does(() => { nic.banded = true; });
    const percent = Number(/(\d+)%/.exec(args.join(' '))?.[1] ?? 0);
    const band = !below ? null : args.includes('b0d:1') ? 'lacpdus' : 'data';
    return does(() => { Object.assign(nic, { lossPercent: percent, band }); });
  }

  #endIngress(nic: Nic): Doing {
    if (nic.ingress !== null && this.keepsQdiscs) return { steps: [], said: () => refused('Invalid handle.') };
    return { steps: [() => { nic.ingress = null; }], said: () => ok() };
  }

  #ip(args: readonly string[]): Doing {
    if (args.includes('show')) return { steps: [], said: () => ok(switchLinks([...this.nics.keys()], this.form)) };
    const nic = this.nics.get(args[3] ?? '');
    if (!nic) return { steps: [], said: () => refused(`Cannot find device "${args[3]}"`, 1) };
    return { steps: [() => { nic.up = args[4] === 'up'; }], said: () => ok() };
  }

  #configure(batch: string): Doing {
    const form: SwitchForm = batch.includes('802.3ad lacp_rate fast') ? 'fast' : batch.includes('802.3ad lacp_rate slow') ? 'slow' : batch.includes('balance-xor') ? 'static' : 'plain';
    return { steps: [() => { this.form = 'plain'; }, () => { this.form = form; }], said: () => ok() };
  }

  #qdisc(nic: string): string {
    const { lossPercent, banded, ingress } = this.nics.get(nic)!;
    const netem = `limit 1000 loss ${lossPercent}%`;
    return [
      banded ? `qdisc prio b0d: dev ${nic} root refcnt 2 bands 2` : lossPercent === null ? `qdisc noqueue 0: dev ${nic} root refcnt 2` : `qdisc netem b0d: dev ${nic} root refcnt 2 ${netem}`,
      ...banded && lossPercent !== null ? [`qdisc netem b0e: dev ${nic} parent b0d:2 ${netem}`] : [],
      ...ingress === null ? [] : [`qdisc clsact ffff: dev ${nic} parent ffff:fff1 ingress_block ${ourBlock} `],
    ].join('\n');
  }

  #leaseParts(): string {
    return this.lease === null ? '' : 'table netdev bondproof\nsink bondproof-sink\n';
  }

  #qdiscs(): string {
    return [...this.nics.keys()].map((nic) => this.#qdisc(nic)).join('\n');
  }

  qdiscList(): readonly { readonly dev: string; readonly kind: string; readonly handle: string; readonly root: boolean }[] {
    return [...this.nics].map(([dev, { lossPercent, banded }]) => lossPercent === null && !banded ? { dev, kind: 'noqueue', handle: '0:', root: true } : { dev, kind: banded ? 'prio' : 'netem', handle: 'b0d:', root: true });
  }
}
