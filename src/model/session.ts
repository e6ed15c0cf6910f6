// What a world gives: sessions to devices, a clock, and power.

import type { Command, Completed } from './command.ts';
import type { DeviceId, Lab, NodeId } from './lab.ts';

/** A long-lived command whose input and output stay open. */
export interface Channel extends AsyncDisposable {
  /** Lines of standard output, without their newline; ends when the command or the connection does. */
  readonly lines: AsyncIterable<string>;
  write(text: string): void;
  /** Closes the command's standard input. */
  end(): void;
  /** Settles, never rejects, when the command or the connection has ended. */
  readonly ended: Promise<Completed>;
}

/** A connection to one device. Commands on it run side by side, at most four at once. */
export interface Session extends AsyncDisposable {
  readonly device: DeviceId;
  /** Rejects with a SessionError when the command could not be sent, or the connection or the deadline ended it. */
  run(command: Command, limit: { readonly timeoutMs: number }): Promise<Completed>;
  open(command: Command): Promise<Channel>;
  /** Settles when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
}

/** The connection failed, not the command. `sent` says whether the command may have reached the device. */
export class SessionError extends Error {
  readonly device: DeviceId;
  readonly sent: boolean;

  constructor(message: string, where: { readonly device: DeviceId; readonly sent: boolean }, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionError';
    this.device = where.device;
    this.sent = where.sent;
  }
}

/** The clock that everything waits on and is stamped with. */
export interface Clock {
  /** Microseconds on a monotonic scale of the orchestrator's own. */
  nowUs(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Power {
  /** Cuts the power and gives it back after the machine's reset time. */
  cycle(): Promise<void>;
}

export interface OpenLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly clock: Clock;
  /** Whether the lab outlives this program: then it is left as it was found. */
  readonly lasting: boolean;
  /** Words on what ran, for the record: kernels, packages, host. */
  readonly about: Readonly<Record<string, string>>;
  /** Whether the clock runs with this machine's own: then that one's steps are looked for. */
  readonly realTime: boolean;
  /** So much earlier than the nodes' bonds the switch's ports are set up for fast LACPDUs, where nothing else would part both ends' in time. */
  readonly switchAheadMs?: number;
  /** Sessions reach the nodes past their networks, whatever becomes of those. */
  readonly pastNetworks?: true;
  /** The date in the lab, where it is not that of this machine. */
  readonly date?: () => Date;
  /** All that is random in the lab follows from it; null: from nothing that is known. A lab with a seed is for one trial, for what was done before is part of what comes after. */
  readonly seed: number | null;
  /** What in this world is not the real thing, a sentence each, for every report. */
  readonly simulated: readonly string[];
  /** Connects, trying again while the device does not answer; rejects with a Problem after `timeoutMs`. */
  session(device: DeviceId, limit: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<Session>;
  /** Null where the world cannot switch a node's power. */
  power(node: NodeId): Power | null;
  /** A file that grows with what the machine's console prints; null where there is none. */
  console(device: DeviceId): string | null;
}

export interface World {
  readonly name: string;
  /** `seed`, 32 bits: for a world whose labs have one, which takes one of its own otherwise. */
  open(lab: Lab, options: { readonly signal: AbortSignal; readonly seed?: number; notice(text: string): void }): Promise<OpenLab>;
}
