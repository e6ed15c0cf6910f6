// What the owner of a lab leaves for its holder, as one JSON file in the lab's folder.

import type { CablePlan } from './cables.ts';
import type { MachineEvent, MachineLaunch, MachineState } from './supervisor.ts';

export interface Launch {
  /** Lines for `ip -batch`: the management network. */
  readonly network: readonly string[];
  readonly machines: readonly MachineLaunch[];
  /** Those that go through the holder: all or none. */
  readonly cables: readonly CablePlan[];
  readonly resetMs: number;
  /** Where the machines' memory and disks are: a tmpfs that only the lab's mount namespace sees, gone with it. */
  readonly memory: string;
}

/** Names in a lab's folder. */
export const names = {
  launch: 'launch.json',
  /** What other commands need to know: see `LabRecord`. */
  lab: 'lab.json',
  control: 'control',
  cables: 'cables',
  log: 'holder.log',
  memory: 'memory',
  key: 'id_ed25519',
  knownHosts: 'known_hosts',
  ssh: (machine: string) => `${machine}.ssh`,
  console: (machine: string) => `${machine}.console`,
  files: (machine: string) => `${machine}.tar`,
} as const;

/** Requests on the control socket, one JSON object a line; each is answered by one line, `watch` by one line for each event after it. */
export type Request =
  | { readonly ask: 'status' }
  | { readonly ask: 'power-cycle'; readonly machine: string }
  | { readonly ask: 'watch' }
  /** Answered when the machines are dead, right before the holder ends. */
  | { readonly ask: 'down' };

export type Answer =
  | { readonly ok: true; readonly machines: readonly MachineState[] }
  | { readonly ok: false; readonly because: string };

export type { MachineEvent };
