// How one kind of switch is told things and asked things. Commands as data; nothing here talks to a switch.

import type { Command, Query } from '../model/command.ts';
import type { Conversation } from '../model/conversation.ts';
import type { LacpRate, PortsConfig, PortsForm, XmitHashPolicy } from '../model/scenario.ts';
import type { Aggregate, DeviceTime, Identity, LearnedMac, LldpNeighbour, PortCounters } from '../model/switch-facts.ts';

/** The ports that lead to one node, in order. */
export interface PortGroup {
  readonly name: string;
  readonly ports: readonly string[];
  /** The aggregate that they are, or would be, in, by the switch's name for it; absent where the dialect names it itself. */
  readonly aggregate?: string;
  /** The VLAN that ports and aggregate are untagged members of; absent: theirs is left alone. */
  readonly vlan?: number;
}

export interface PortHealth {
  readonly port: string;
  readonly up: boolean;
  /** False while LACP has not put the port to use; true for ports without LACP. */
  readonly inUse: boolean;
}

/** A question that may take several commands; `parse` gets their answers in order, and throws on what it does not understand. */
export interface Question<Answer> {
  readonly commands: readonly Command[];
  /** What has to be asked besides once these are answered, where a command names what another one shows: `show lacp lag 21`. `parse` gets its answers after theirs. */
  readonly further?: (answers: readonly string[]) => readonly Command[];
  parse(answers: readonly string[]): Answer;
}

/** What the device can be asked; a question that is absent it has no answer to. */
export interface Facts {
  readonly identity: Question<Identity>;
  readonly aggregates: Question<readonly Aggregate[]>;
  readonly neighbours?: Question<readonly LldpNeighbour[]>;
  readonly learned?: Question<readonly LearnedMac[]>;
  readonly counters?: Question<readonly PortCounters[]>;
  readonly clock?: Question<DeviceTime>;
  /** Of every port: administratively up and with carrier; null: that is all that it knows of the port. */
  readonly links: Question<readonly { readonly port: string; readonly up: boolean | null }[]>;
  /** The running configuration without lines that change by themselves. */
  readonly configuration: Question<string>;
}

/** The device's own way to take a change back by itself: what was in force before is in force again, and nobody has to be connected for that. */
export interface DeadMan {
  /** In words, for plans and reports: `configure session, commit timer`. */
  readonly summary: string;
  /** Times that it can be set to, in seconds: least, most, and in steps of so many. */
  readonly leastS: number;
  readonly mostS: number;
  readonly stepS: number;
  /** How much later than asked the device may take the change back. */
  readonly lateS: number;
  /** Puts `changes` in force, to be taken back after `afterS` unless `keep` or `revert` comes before. It is armed before the first of them is in force. */
  arm(changes: readonly Command[], afterS: number): readonly Command[];
  /** Takes it back now; safe to send twice, or when nothing is armed. Null: it has no way to hurry, and one waits until the time is up. */
  readonly revert: readonly Command[] | null;
  /** Makes it stay, until the device starts anew: nothing is saved. A trial never sends it. */
  readonly keep: readonly Command[];
  /** Whether a change waits to be taken back. Null: it does not say. */
  readonly pending: Question<boolean> | null;
}

/** A switch that its maker gave a command line. */
export interface ManagedDialect {
  readonly name: string;
  readonly summary: string;
  /** Whether its parsers and lines have met a real device; it is read-only until then, or until the lab file says otherwise. */
  readonly proven: boolean;
  /** Where its commands and outputs are documented, by title and, where there is one, section. */
  readonly sources: readonly string[];
  /** Null: commands are programs, as on a node. */
  readonly conversation: Conversation | null;
  readonly facts: Facts;
  /** Null: it has no way to take a change back by itself, and is not written to unless the lab file allows that by name. */
  readonly deadMan: DeadMan | null;
  /** Without a dead man, which does it else: what leads to where lines of configuration are taken, and away from there; absent where they are taken anywhere. */
  readonly writing?: { readonly begin: readonly Command[]; readonly end: readonly Command[] };
  /** Gives the groups of ports the wanted form, whatever they had before. Throws a Problem for a group without what the device needs, like the aggregate's name. */
  form(groups: readonly PortGroup[], ports: PortsConfig): readonly Command[];
  port(name: string, state: 'down' | 'up'): readonly Command[];
  /** What a change of LACP rate costs: nothing, the links for a moment, or the aggregate is made anew; null: it has no such setting. */
  readonly rateChange: 'live' | 'flap' | 'recreate' | null;
  /** Parts of a configuration that are secret, as group 1 of each match: `/^username \S+ secret (.*)$/gm`. */
  readonly secrets: readonly RegExp[];
}

/** What a probe needs of whoever is asked: a managed switch by its command line, or any by SNMP. */
export interface Asked extends Pick<ManagedDialect, 'name' | 'proven' | 'secrets'> {
  readonly facts: Partial<Facts>;
  readonly deadMan: Pick<DeadMan, 'summary' | 'pending'> | null;
  /** What one must not take its answers for. */
  readonly caution?: string;
  /** Secrets by which it is asked, as they are. */
  readonly ourSecrets?: readonly string[];
}

export interface Dialect {
  readonly name: string;
  readonly summary: string;
  /** The forms that it can give ports; absent: all. */
  readonly forms?: readonly PortsForm[];
  /** Commands that give the groups of ports the wanted form, whatever they had before. */
  configure(groups: readonly PortGroup[], ports: PortsConfig): readonly Command[];
  /** The form that the groups of ports have now, as `configure` could bring it back; throws when they have several, or one that it does not know. */
  current(groups: readonly PortGroup[]): Query<PortsConfig>;
  /** What there is as commands that bring back exactly that, where that is more than a form: a file. Absent: what `configure` gives for `current`. */
  readonly asFound?: (groups: readonly PortGroup[]) => Query<readonly Command[]>;
  /** Is each port up, and in use? */
  health(groups: readonly PortGroup[]): Query<readonly PortHealth[]>;
  /** Bytes that came to each port since some moment of its own; absent where a switch does not tell. Throws for a port that it does not have. */
  readonly counters?: (ports: readonly string[]) => Query<Readonly<Record<string, number>>>;
  portDown(port: string): Command;
  portUp(port: string): Command;
  /** The port's network device, where the switch is a Linux machine that can hold a fault as nodes do; absent elsewhere. */
  readonly netdev?: (port: string) => string;
  /** Changes the LACP rate of the aggregate that a port is in, while that is in use, and shows it; absent where it has the rate that it was made with. */
  readonly rate?: { set(port: string, rate: LacpRate): Command; shown(port: string): Command };
  /** By which it picks one of aggregated ports for a frame; absent where that is not known. */
  readonly hashPolicy?: XmitHashPolicy;
  /** Kernel or firmware, for the record. */
  readonly version: Query<string>;
}
