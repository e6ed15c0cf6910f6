// What the agent on a node is told, and what it says: one JSON object a line each way.

/** The agent's first line of standard input. */
export interface AgentConfig {
  readonly node: string;
  readonly nodeId: number;
  readonly address: string;
  readonly bond: string;
  readonly slaves: readonly string[];
  readonly peers: readonly { readonly name: string; readonly id: number; readonly address: string }[];
  /** UDP port of the probes, on the bond's addresses. */
  readonly probePort: number;
  readonly tickMs: number;
  /** Each peer gets a probe on the ticks whose number this divides. */
  readonly probeEveryTicks: number;
  /** How often an ordered message is offered. */
  readonly messageEveryMs: number;
  /** How often it logs a line that must come back to it as the journal is followed, by the identifier `bondproof-echo`. */
  readonly echoEveryMs: number;
  /** Where the LRM leaves its status; a change of the timestamp in it is a refresh. */
  readonly lrmStatus: string;
}

/** Later lines of standard input. */
export type AgentOrder =
  /** Answered at once by a pong with the same number. */
  | { readonly order: 'ping'; readonly id: number }
  /** Send canary frames on this slave from now on, once a tick; null: stop. */
  | { readonly order: 'canary'; readonly nic: string | null }
  /** Send canary frames on that slave a millisecond apart, from now on for so long; a burst that goes on is made longer or shorter. */
  | { readonly order: 'burst'; readonly forMs: number }
  /** Send so many of the longest frames on this slave, some each tick, that go no further than the switch. */
  | { readonly order: 'try-cable'; readonly nic: string; readonly frames: number };

/** Every message: microseconds of CLOCK_BOOTTIME and of CLOCK_REALTIME when the thing was seen. */
interface Stamp { readonly bootUs: number; readonly realUs: number }

export type AgentMessage = Stamp & (
  | { readonly kind: 'hello'; readonly bootId: string; readonly kernel: string; readonly python: string; readonly pid: number; readonly problems: readonly string[] }
  | { readonly kind: 'pong'; readonly id: number }
  /** A raw rtnetlink datagram in base64. */
  | { readonly kind: 'netlink'; readonly data: string }
  /** A journal entry; its stamps are those of journald. */
  | { readonly kind: 'journal'; readonly identifier: string; readonly text: string; readonly priority: number }
  /** LACP bits of a slave, said when they changed. */
  | { readonly kind: 'lacp'; readonly slave: string; readonly actor: number; readonly partner: number }
  | { readonly kind: 'lacpdu'; readonly slave: string; readonly outgoing: boolean; readonly frame: string }
  /** A burst is over: [seq, microseconds before this message at which it was handed to the kernel, microseconds until that had it]. */
  | { readonly kind: 'burst'; readonly sent: readonly (readonly [number, number, number])[] }
  | { readonly kind: 'lrm'; readonly state: string; readonly timestamp: number }
  | {
      readonly kind: 'tick';
      readonly seq: number;
      /** By peer name. */
      readonly heard: Readonly<Record<string, readonly number[]>>;
      readonly canarySent: readonly number[];
      /** Canaries that the kernel did not take, with an error to their sender. */
      readonly canaryRefused: number;
      /** By the name of the peer that sent them. */
      readonly canaryHeard: Readonly<Record<string, readonly number[]>>;
      /** [seq, microseconds from send to return] */
      readonly delivered: readonly (readonly [number, number])[];
      readonly undeliveredMs: number;
      /** By slave: [tx_packets, rx_packets, drops or null, carrier or null] */
      readonly counters: Readonly<Record<string, readonly [number, number, number | null, number | null]>>;
    }
  /** Something that the agent cannot watch any more, or never could. */
  | { readonly kind: 'trouble'; readonly what: string; readonly because: string }
);
