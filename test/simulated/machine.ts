// A node or the switch as far as bondproof sees it: files, qdiscs, services, a bond, and a clock of its own that ends with each boot.

import { wasRefused, type Owner } from '../../src/agent/reservation.ts';
import type { Command } from '../../src/model/command.ts';
import type { SimulatedClock } from './clock.ts';
import { ok, refused, type Doing, type Said } from './doing.ts';
import type { Cables } from '../../src/worlds/virtual/cables.ts';
import { endIngress, qdiscsOf, tc, untouched, type Nic } from './qdiscs.ts';
import { commandsOf } from './shell.ts';
import { bondName, switchCounters, switchLinks, type SwitchForm } from './switch.ts';
import { surveyText } from './survey.ts';

/** A command that came over a connection, with all that was written to it. */
export interface Asked { readonly argv: readonly string[]; input: string }

/** What the kernel has for a holder: a table, a sink, and, once it is applied, an element that silences a NIC or, in the null control, nothing. */
export interface Lease { readonly nic: string; silences: boolean; kill(): void }

/**
 * What a trial must not count with. `journal-stops`: its followers say nothing more from then on, the echo included.
 * `passes`: what silences a NIC has no effect. `refuses`: what is silenced is answered with an error. `reinjects`: the sink of a lease gives back what it took.
 */
export type Defect = 'journal-stops' | 'passes' | 'refuses' | 'reinjects';

/** A transient service whose end runs the undo of its token. */
export interface Service { end(): void }

/** What src/agent/reservation.ts has the device say. */
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
  /** Of a switch: bonds whose rate is slow though their form is fast. */
  slowed = new Set<string>();
  faultHolder: string | null = null;
  /** The run whose reservation lives, the one that had the last, and that one's number. */
  owner: Owner | null = null;
  lastOwner: Owner | null = null;
  lastNumber = 0;
  /** Its wall clock is so far ahead of the worlds' time. */
  wallAheadUs = 0;
  /** Whether its agent tells of LACPDUs that it sends and hears on every NIC, once a second. */
  sendsLacpdus = false;
  /** What its agent says after its hello, of itself or of what was logged. */
  says: readonly { readonly kind: string; readonly [field: string]: unknown }[] = [];
  /** What is wrong with it, for the tests that bondproof must notice. */
  defect: Defect | null = null;
  /** Canaries that came since its agent last told of them, by their sender. */
  canariesHeard: Record<string, number[]> = {};
  /** Ends its agent, which its node outlives. */
  killAgent: () => void = () => undefined;
  /** Where long frames of a NIC come to. */
  sendsBytes: (nic: string, bytes: number) => void = () => undefined;
  /** Whether its agent sends canaries. */
  canary = false;
  /** The kernel says no to the removal of a qdisc, with the exit code of one that is not there. */
  keepsQdiscs = false;
  readonly asked: Asked[] = [];
  readonly atReset = new Set<() => void>();
  /** Whether what is sent to this NIC comes to it. */
  isSentTo: (nic: string) => boolean = () => true;
  /** Whether what this NIC sends is lost on its cable. */
  isCut: (nic: string) => boolean = () => false;
  /** Whether the other end of its cable asks for LACPDUs more rarely than its form says. */
  hearsSlow: (nic: string) => boolean = () => false;
  /** Of the one machine that stands for the cables. */
  cables: Cables | null = null;
  /** Called after everything that may have changed traffic. */
  changed: () => void = () => undefined;

  constructor(name: string, clock: SimulatedClock, { nics, interfaces }: { readonly nics: readonly string[]; readonly interfaces: string }) {
    this.name = name;
    this.clock = clock;
    this.bootedUs = clock.nowUs() - 1_000_000_000;
    this.interfaces = interfaces;
    this.bond = interfaces;
    for (const nic of nics) this.nics.set(nic, { ...untouched, drops: 0, tx: 0, rx: 0, rxBytes: 0 });
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
    const held = (lossPercent ?? 0) > 0 && (band === null || band === kind) && this.defect !== 'passes';
    return held || this.lease?.silences === true && this.lease.nic === nic && this.defect !== 'reinjects';
  }

  /** Whether LACP has something to miss on this NIC. */
  isMissed(nic: string): boolean {
    const { ingress, up } = this.nics.get(nic)!;
    return this.isSilent(nic, 'lacpdus') || ingress === 'drop' || !up || !this.isSentTo(nic) || this.isCut(nic);
  }

  /** Whether traffic is touched: a NIC that is silent, deaf, or down. */
  isFaulty(): boolean {
    return this.slowed.size > 0 || [...this.nics].some(([nic, { ingress, up }]) => this.isSilent(nic) || this.isSilent(nic, 'lacpdus') || ingress === 'drop' || !up || this.isCut(nic));
  }

  /** Whether a canary of this machine's is lost. */
  isMute(): boolean {
    return [...this.nics].some(([name, { up }]) => !up || this.isSilent(name) || this.isCut(name));
  }

  /** Whether anything that a fault does, its preparation included, is in place. */
  isTouched(): boolean {
    return this.slowed.size > 0 || this.lease !== null || [...this.nics].some(([nic, { lossPercent, banded, ingress, up }]) => lossPercent !== null || banded || ingress !== null || !up || this.isCut(nic));
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
    this.slowed.clear();
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
        ...[...this.services.keys()].map((token) => `undo ${token}`), ...[...this.nics].map(([each, nic]) => qdiscsOf(each, nic)), this.#leaseParts(),
      ].join('\n'));
      case 'bondproof-lease': return answer(this.#leaseParts());
      case 'bondproof-lease-fitness': return answer(fitForLease);
      case 'bondproof-end-lease': return { steps: [() => { this.lease?.kill(); }], said: () => ok() };
      case 'bondproof-end-ingress': return endIngress(this, args[0]!);
      case 'bondproof-state': {
        const nic = this.nics.get(args[0]!)!;
        return answer(`${qdiscsOf(args[0]!, nic)}\nmtu 1500\ncarrier ${nic.up ? 1 : 0}\n`);
      }
      case 'bondproof-rate': return this.#setRate(args[0]!, args[1]!);
      case 'cat': return answer(`${this.slowed.has(this.bondOf(args[0]!.split('/')[4]!)) ? 'slow 0' : 'fast 1'}\n`);
      case 'bondproof-interfaces': return this.#writeInterfaces(stdin);
      case 'bondproof-survey': return answer(surveyText(this));
      case 'tc': return tc(this, args);
      case 'cable': {
        const said: { is: Said } = { is: ok() };
        return { steps: [() => { said.is = this.cables!.run(argv); }], said: () => said.is };
      }
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

  #ip(args: readonly string[]): Doing {
    if (args.includes('-s')) return { steps: [], said: () => ok(switchCounters(this.nics)) };
    if (args.includes('show')) return { steps: [], said: () => ok(switchLinks([...this.nics.keys()], this.form)) };
    const nic = this.nics.get(args[3] ?? '');
    if (!nic) return { steps: [], said: () => refused(`Cannot find device "${args[3]}"`, 1) };
    return { steps: [() => { nic.up = args[4] === 'up'; }], said: () => ok() };
  }

  #configure(batch: string): Doing {
    const form: SwitchForm = batch.includes('802.3ad lacp_rate fast') ? 'fast' : batch.includes('802.3ad lacp_rate slow') ? 'slow' : batch.includes('balance-xor') ? 'static' : 'plain';
    return { steps: [() => { this.form = 'plain'; this.slowed.clear(); }, () => { this.form = form; }], said: () => ok() };
  }

  bondOf(port: string): string {
    return bondName([...this.nics.keys()].indexOf(port));
  }

  /** Of a port in no bond the script finds no master, and nothing to change. */
  #setRate(port: string, rate: string): Doing {
    if (this.form !== 'fast') return { steps: [], said: () => refused('Cannot find device', 1) };
    return { steps: [() => { if (rate === 'slow') this.slowed.add(this.bondOf(port)); else this.slowed.delete(this.bondOf(port)); }], said: () => ok() };
  }

  #leaseParts(): string {
    return this.lease === null ? '' : 'table netdev bondproof\nsink bondproof-sink\n';
  }
}
