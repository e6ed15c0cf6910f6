// Everything a record holds: one event for each thing seen, with when, how sure, and by whom. Append-only and
// self-contained: metrics, verdicts and reports are pure functions of a list of these.

import type { Neighbour, SetBy } from './bond-hooks.ts';
import type { Instant } from './instant.ts';
import type { FaultClass, Lab, Link, NodeId } from './lab.ts';
import type { Phase } from './phase.ts';
import type { Injector, LacpRate, PortsConfig, Proof, Scenario } from './scenario.ts';

export type Event = Body & {
  readonly at: Instant;
  /** The node that saw it, or `harness`. */
  readonly by: string;
};

export type Body = Harness | Bond | Traffic | Corosync | Fencing | Text;

/** An event's body as somebody saw it, before the harness stamps it. */
export type EventOf<T extends Body['type']> = Extract<Event, { readonly type: T }>;

// The trial itself, seen by the harness.

export type Step =
  | 'reconcile' | 'preflight' | 'configure' | 'converge' | 'baseline' | 'arm' | 'phase' | 'inject' | 'prove' | 'observe' | 'revert' | 'prove-gone' | 'recover' | 'judge';

export type Harness =
  | TrialStarted
  | { readonly type: 'step-started'; readonly step: Step }
  | { readonly type: 'action-done'; readonly device: string; readonly argv: readonly string[]; readonly exitCode: number | null; readonly stderr: string }
  /** A managed switch's ports were put into the scenario's form for the trial, with its dead man armed where it has one. */
  | { readonly type: 'ports-formed'; readonly device: string; readonly dialect: string; readonly proven: boolean; readonly ports: PortsConfig }
  /** What it said of them when the lab was whole; null: it does not say, or there is no aggregate. */
  | { readonly type: 'ports-seen'; readonly device: string; readonly ports: readonly PortSeen[] }
  /** They were taken back, and the switch's configuration was the same as before. */
  | { readonly type: 'ports-as-before'; readonly device: string }
  | { readonly type: 'node-surveyed'; readonly node: NodeId; readonly survey: NodeSurvey }
  /** The device undoes the fault by itself when it hears nothing from us for `leaseMs`, and after `capMs` in any case. */
  | { readonly type: 'undo-armed'; readonly device: string; readonly token: string; readonly leaseMs: number; readonly capMs: number }
  | { readonly type: 'lease-set'; readonly device: string; readonly leaseMs: number }
  /** What the fault touches is as it was before, byte for byte, or not. */
  | { readonly type: 'compared'; readonly device: string; readonly before: string; readonly after: string }
  | { readonly type: 'undo-disarmed'; readonly device: string; readonly token: string }
  /** Staged: the fault's tools are in place and have no effect. */
  | { readonly type: 'fault-staged' }
  /** `at` reaches from the sending of the command to its answer. */
  | { readonly type: 'fault-applied' }
  | { readonly type: 'fault-reverted' }
  /** The agent's clock against the harness's: node time + offset = trial time, known to +-error. */
  | { readonly type: 'clock-fitted'; readonly node: NodeId; readonly offsetUs: number; readonly errorUs: number; readonly roundTripUs: number }
  | { readonly type: 'agent-started'; readonly node: NodeId; readonly bootId: string }
  | { readonly type: 'agent-lost'; readonly node: NodeId; readonly because: string }
  /** `at` reaches from the last thing heard of the old boot to the start of the new one. */
  | { readonly type: 'node-reset'; readonly node: NodeId; readonly oldBootId: string; readonly bootId: string }
  /** After a reset: the node answers, is quorate and its bond is whole as far as the fault lets it. */
  | { readonly type: 'node-back'; readonly node: NodeId }
  /** Why watching stopped, per node: `stable`, `reset-and-back`, `watched-out` or `time-limit`. */
  | { readonly type: 'node-decided'; readonly node: NodeId; readonly how: string }
  /** Frames of `bytes` in all were sent on the hit slave; so many bytes came to each port of the switch meanwhile. */
  | { readonly type: 'cable-tried'; readonly link: Link; readonly bytes: number; readonly came: Readonly<Record<string, number>> }
  | { readonly type: 'lab-whole' }
  /** Something that the trial could not do; it is judged by what is there. */
  | { readonly type: 'trial-broken'; readonly step: Step; readonly because: string; readonly interrupted: boolean }
  | { readonly type: 'trial-ended' };

export interface PortSeen {
  readonly node: NodeId;
  readonly port: string;
  readonly aggregate: string | null;
  readonly mode: 'static' | 'lacp' | null;
  readonly rate: LacpRate | null;
  readonly inUse: boolean | null;
}

export interface TrialStarted {
  readonly type: 'trial-started';
  /** Of the record. */
  readonly format: 2;
  readonly run: string;
  /** Wall clock of the trial's zero, ISO 8601 in UTC, for people. */
  readonly startedAt: string;
  readonly campaign: string;
  readonly seed: number;
  /** Of the lab, where all that is random in it follows from one; the trial had the lab for itself then. */
  readonly labSeed?: number;
  /** Position in the campaign, from 1. */
  readonly number: number;
  /** How many trials the campaign plans, repeats of invalid ones not counted. */
  readonly planned: number;
  /** 1, or 2 when an invalid trial is repeated. */
  readonly attempt: 1 | 2;
  /** Of a scenario that a campaign runs several times, which one this is, from 1. */
  readonly repetition: number;
  readonly scenario: Scenario;
  /** How each of the scenario's further bond options, and its neighbours, are set; without it there are none. */
  readonly bondOptionsBy?: Readonly<Record<string, SetBy>>;
  /** When the fault is to come; without one it comes as soon as everything is well. */
  readonly phase?: Phase;
  /** Null for a fault that has a way of its own. */
  readonly injector: Injector | null;
  /** How often each agent has its node's journal echo a line. Older records have none of it. */
  readonly echoEveryMs?: number;
  /** Each peer gets a probe on the ticks whose number this divides; without it on every one. */
  readonly probeEveryTicks?: number;
  readonly proof: Proof;
  /** The lab without its logins. */
  readonly lab: Lab;
  /** What ran: bondproof, kernels, corosync, packages, host. */
  readonly about: Readonly<Record<string, string>>;
  /** What is not the real thing, in words; printed in every report. */
  readonly simulated: readonly string[];
}

/** A node as it is right before the fault. */
export interface NodeSurvey {
  readonly bootId: string;
  readonly kernel: string;
  readonly corosync: string;
  readonly bond: {
    readonly mode: string;
    readonly mac: string;
    readonly xmitHashPolicy: string | null;
    readonly lacpRate: string | null;
    readonly activeSlave: string | null;
    /** 802.3ad: slaves of the aggregator that is used; without it all are. */
    readonly inUse?: readonly string[];
    /** Null, or empty: the kernel does not tell, as of an option that it does not have. Older records have none of it. */
    readonly options?: {
      readonly miimonMs: number | null;
      readonly arpIntervalMs: number | null;
      readonly arpValidate: string | null;
      readonly arpTargets: readonly string[];
      readonly minLinks: number | null;
      readonly coupledControl: string | null;
      readonly tlbDynamicLb: number | null;
    };
    /** In order of enslavement. */
    readonly slaves: readonly { readonly nic: string; readonly mac: string }[];
  };
  /** The interface that has the node's address, where that is not the bond: its kind (`ip -d link`), and the VLAN tag of what it sends by the bond, null for none. */
  readonly addressOn?: { readonly device: string; readonly kind: string; readonly mac: string; readonly vlan: number | null };
  /** Neighbour entries on the bond that do not age. Older records have none of it. */
  readonly permanentNeighbours?: readonly Neighbour[];
  /** Of runtime.config.totem., in milliseconds. */
  readonly totem: {
    readonly tokenMs: number;
    readonly consensusMs: number;
    /** What corosync.conf says, or corosync's own: the token of two nodes, and what each further node adds. Older records have none of it. */
    readonly twoNodesTokenMs?: number;
    readonly tokenCoefficientMs?: number;
    /** Without it passive, which is corosync's own. */
    readonly linkMode?: string;
  } | null;
  /** corosync's links: the device that has its address, what that lies on, and to how many nodes it is connected. Older records have none of it. */
  readonly corosyncLinks?: readonly { readonly id: number; readonly device: string | null; readonly below: string | null; readonly connected: number }[];
  readonly ha: 'stand-in' | 'pve' | 'none';
  /** Whether the cluster's QDevice votes on this node; absent: none is registered there. */
  readonly qdevice?: 'votes' | 'silent';
}

/** A hit cable, chosen when the trial knows which slave has which role. */
export interface Hit {
  readonly link: Link;
  /** From the hash, the addresses and the order of slaves; null where the mode has no fixed mapping. */
  readonly predicted: { readonly class: FaultClass; readonly darkPeers: readonly NodeId[] } | null;
}

/** The victim's; `also`: the second victim's, where there is one. */
export interface Target extends Hit {
  readonly type: 'target-chosen';
  readonly also?: Hit;
}

// The kernel's view of the bond.

export interface PortStates { readonly actor: number; readonly partner: number }

export type Bond =
  | Target
  | { readonly type: 'link-changed'; readonly nic: string; readonly up: boolean; readonly carrier: boolean; readonly master: string | null }
  | { readonly type: 'active-slave-changed'; readonly bond: string; readonly slave: string | null }
  | { readonly type: 'slave-changed'; readonly slave: string; readonly state: 'active' | 'backup'; readonly miiUp: boolean; readonly aggregator: number | null }
  | ({ readonly type: 'lacp-changed'; readonly slave: string } & PortStates)
  | { readonly type: 'qdisc-changed'; readonly nic: string; readonly gone: boolean; readonly kind: string; readonly handle: string; readonly lossRatio: number | null }
  | { readonly type: 'neighbour-changed'; readonly address: string; readonly mac: string | null; readonly state: string }
  /** A LACPDU on a slave; `frame` is the whole Ethernet frame in base64. */
  | { readonly type: 'lacpdu'; readonly slave: string; readonly direction: 'in' | 'out'; readonly frame: string };

// Who hears whom, ten times a second.

export type Traffic =
  /** A burst of canaries on the hit slave: [seq, microseconds before `at` at which it was handed to the kernel, microseconds until that had it]. */
  | { readonly type: 'burst-sent'; readonly sent: readonly (readonly [seq: number, agoUs: number, tookUs: number])[] }
  | {
      readonly type: 'tick';
      /** The agent's own sequence number of this tick; one probe with it went to every peer. */
      readonly seq: number;
      /** Sequence numbers of peers' probes that arrived since the last tick, by peer. */
      readonly heard: Readonly<Record<NodeId, readonly number[]>>;
      /** Canaries sent since the last tick on the hit slave (victims only). */
      readonly canarySent: readonly number[];
      /** Canaries that the kernel refused to their sender since the last tick. Older records have none of it. */
      readonly canaryRefused?: number;
      /** Canaries of the victim that arrived since the last tick, duplicates included. */
      readonly canaryHeard: readonly number[];
      /** The same of a second victim's, by its name; absent: none. */
      readonly canaryHeardOf?: Readonly<Record<NodeId, readonly number[]>>;
      /** Own ordered messages that came back since the last tick, and how long each took. */
      readonly delivered: readonly { readonly seq: number; readonly tookMs: number }[];
      /** Age of the oldest own ordered message that is under way or cannot be sent; 0: none. */
      readonly undeliveredMs: number;
      /** By slave: NIC counters since boot, and the drops of its netem or of our ingress block (null: none of them there). */
      readonly counters: Readonly<Record<string, { readonly tx: number; readonly rx: number; readonly drops: number | null; readonly carrier: 0 | 1 | null }>>;
    };

// corosync, from its journal lines.

export type Corosync =
  | { readonly type: 'knet-link-changed'; readonly peer: NodeId; readonly link: number; readonly up: boolean }
  | { readonly type: 'token-warned'; readonly ms: number }
  | { readonly type: 'token-lost'; readonly timeoutMs: number }
  | { readonly type: 'membership-formed'; readonly ring: string; readonly joined: readonly NodeId[]; readonly left: readonly NodeId[] }
  | { readonly type: 'members-listed'; readonly members: readonly NodeId[] }
  | { readonly type: 'quorum-changed'; readonly quorate: boolean }
  | { readonly type: 'services-synchronized' }
  | { readonly type: 'gather-stuck'; readonly text: string }
  /** corosync was not scheduled: the host was overloaded, the trial cannot count. */
  | { readonly type: 'corosync-paused'; readonly ms: number };

// HA and the watchdog, from their journal lines and files.

export type Fencing =
  /** The LRM refreshed its lock; `at` is when lrm_status changed. */
  | { readonly type: 'lrm-refreshed'; readonly state: string }
  | { readonly type: 'lrm-status-changed'; readonly from: string; readonly to: string }
  | { readonly type: 'lock-lost' }
  | { readonly type: 'crm-status-changed'; readonly from: string; readonly to: string }
  | { readonly type: 'crm-node-changed'; readonly node: NodeId; readonly from: string; readonly to: string }
  | { readonly type: 'fencing-acknowledged'; readonly node: NodeId }
  /** The LRM found the verdict of the CRM: it stops refreshing, the node is doomed. */
  | { readonly type: 'fence-ordered' }
  | { readonly type: 'watchdog-warned' }
  | { readonly type: 'watchdog-saved' }
  /** watchdog-mux stopped feeding the kernel's watchdog: the point of no return. */
  | { readonly type: 'watchdog-expired' }
  /** softdog would have reset the node (`soft_noboot`). */
  | { readonly type: 'reset-rehearsed' };

/** A journal line, kept as evidence; what is understood of it is an event of its own as well. */
export type Text =
  | { readonly type: 'logged'; readonly identifier: string; readonly text: string }
  /** A line that the agent itself had logged came back to it: all that was logged before it came, too. `at` is when it was logged. */
  | { readonly type: 'journal-echoed' };
