// The power supply of one machine: starts its process, starts it again after it ended, and cuts its power when told.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';

/** How a machine is started; the holder knows nothing else about it. */
export interface MachineLaunch {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The folder that the process keeps state of its own in, which must be gone when it starts. */
  readonly scratch: string;
  /** A file that its console is appended to. */
  readonly console: string;
  /** Where its sshd listens, in the lab's namespace. */
  readonly ssh: { readonly host: string; readonly port: number };
}

export interface MachineEvent {
  readonly event: 'started' | 'died';
  readonly machine: string;
  /** CLOCK_MONOTONIC of the host in microseconds, as in process.hrtime. */
  readonly atUs: number;
  /** How many times it was started. */
  readonly starts: number;
  /** What ended it: `exit 1`, `SIGKILL`; null for a start. */
  readonly how: string | null;
}

export interface MachineState {
  readonly name: string;
  /** In the lab's PID namespace; null while the machine is off. */
  readonly pid: number | null;
  readonly starts: number;
}

export interface SupervisorOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Time from the end of a machine to its next start, as a board needs it to reset. */
  readonly resetMs: number;
  seen(event: MachineEvent): void;
}

export class Supervisor {
  readonly #launch: MachineLaunch;
  readonly #options: SupervisorOptions;
  readonly #waiting: (() => void)[] = [];
  #process: ChildProcess | null = null;
  #starts = 0;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(launch: MachineLaunch, options: SupervisorOptions) {
    this.#launch = launch;
    this.#options = options;
  }

  get state(): MachineState {
    return { name: this.#launch.name, pid: this.#process?.pid ?? null, starts: this.#starts };
  }

  start(): void {
    const { argv, cwd, console, scratch } = this.#launch;
    rmSync(scratch, { recursive: true, force: true });
    const output = openSync(console, 'a', 0o600);
    // A process group of its own, so that the helper processes of a machine go with it.
    const process = spawn(argv[0]!, argv.slice(1), { cwd, stdio: ['ignore', output, output], detached: true, env: this.#options.env });
    closeSync(output);
    this.#process = process;
    this.#starts += 1;
    process.once('error', (error) => { if (process.pid === undefined) this.#died(error.message); });
    process.once('exit', (code, signal) => this.#died(signal ?? `exit ${code ?? 'unknown'}`));
    if (process.pid === undefined) return;
    this.#say('started', null);
    for (const started of this.#waiting.splice(0)) started();
  }

  /** Cuts the power; resolves when it is back. */
  async cycle(): Promise<void> {
    const back = new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    this.#kill();
    await back;
  }

  /** Ends the machine for good. */
  end(): void {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#kill();
  }

  #died(how: string): void {
    this.#kill();
    this.#process = null;
    this.#say('died', how);
    if (!this.#ended) this.#timer = setTimeout(() => this.start(), this.#options.resetMs);
  }

  #kill(): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  #say(event: MachineEvent['event'], how: string | null): void {
    this.#options.seen({ event, machine: this.#launch.name, atUs: Number(process.hrtime.bigint() / 1000n), starts: this.#starts, how });
  }
}
