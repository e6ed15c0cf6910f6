// How one kind of switch is told things. Commands as data; nothing here talks to a switch.

import type { Command, Query } from '../model/command.ts';
import type { PortsConfig, XmitHashPolicy } from '../model/scenario.ts';

/** The ports that lead to one node, in order. */
export interface PortGroup { readonly name: string; readonly ports: readonly string[] }

export interface PortHealth {
  readonly port: string;
  readonly up: boolean;
  /** False while LACP has not put the port to use; true for ports without LACP. */
  readonly inUse: boolean;
}

export interface Dialect {
  readonly name: string;
  readonly summary: string;
  /** Commands that give the groups of ports the wanted form, whatever they had before. */
  configure(groups: readonly PortGroup[], ports: PortsConfig): readonly Command[];
  /** The form that the groups of ports have now, as `configure` could bring it back; throws when they have several, or one that it does not know. */
  current(groups: readonly PortGroup[]): Query<PortsConfig>;
  /** Is each port up, and in use? */
  health(groups: readonly PortGroup[]): Query<readonly PortHealth[]>;
  /** Bytes that came to each port since some moment of its own; absent where a switch does not tell. Throws for a port that it does not have. */
  readonly counters?: (ports: readonly string[]) => Query<Readonly<Record<string, number>>>;
  portDown(port: string): Command;
  portUp(port: string): Command;
  /** The port's network device, where the switch is a Linux machine that can hold a fault as nodes do; absent elsewhere. */
  readonly netdev?: (port: string) => string;
  /** By which it picks one of aggregated ports for a frame; absent where that is not known. */
  readonly hashPolicy?: XmitHashPolicy;
  /** Kernel or firmware, for the record. */
  readonly version: Query<string>;
}
