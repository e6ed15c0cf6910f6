// Scenarios as data: a bond configuration, a fault, and what must be seen for it to count. The values live in scenarios/.

/** Kernel names of bonding modes (Documentation/networking/bonding.rst, `mode`). */
export const bondModes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'] as const;
export type BondMode = (typeof bondModes)[number];

export type LacpRate = 'slow' | 'fast';

export interface BondConfig {
  readonly mode: BondMode;
  /** 802.3ad only; the kernel's default is slow. */
  readonly lacpRate?: LacpRate;
  readonly xmitHashPolicy: 'layer2' | 'layer2+3' | 'layer3+4';
  readonly miimonMs: number;
}

/** What the switch does with the two ports of each node. */
export type PortsConfig =
  | { readonly kind: 'plain' }
  | { readonly kind: 'static' }
  | { readonly kind: 'lacp'; readonly rate: LacpRate };

/** armed: watchdogs reset nodes; idle: no HA service, no watchdog; rehearse: the watchdog logs instead of resetting. */
export type HaState = 'armed' | 'idle' | 'rehearse';

/** Which of the victim's slaves the fault hits: the first in order of enslavement, or by its role in active-backup. */
export type TargetSlave = 'first' | 'active' | 'backup';

export interface Scenario {
  /** Begins with the kernel's mode name, or `control`. */
  readonly name: string;
  readonly summary: string;
  readonly bond: BondConfig;
  readonly ports: PortsConfig;
  /** A name from faults/index.ts. */
  readonly fault: string;
  readonly target: TargetSlave;
  readonly ha: HaState;
  /** What could take the silent slave out of use; 'none' is watched for the full time. */
  readonly detector: 'lacp' | 'carrier' | 'unneeded' | 'none';
}

/**
 * How a NIC is silenced, and who takes that back when nobody says any more that it shall stay. netem: a qdisc, and the device's service manager.
 * lease: a rule of nftables that the kernel itself lets expire.
 */
export const injectors = ['netem', 'lease'] as const;
export type Injector = (typeof injectors)[number];

/** What must be seen for a fault to count; each fault declares its own, the judge reads it from the record. */
export interface Proof {
  /** The canary frames of the hit slave during the fault; before and after they must arrive in any case. */
  readonly canary: 'lost' | 'kept';
  /** The qdisc's drop counter during the fault; null where there is no such qdisc. */
  readonly drops: 'rise' | 'still' | null;
  /** The NIC's tx_packets during the fault. */
  readonly tx: 'still' | 'moves' | null;
  readonly carrier: 0 | 1;
}
