// Scenarios as data: a bond configuration, a fault, and what must be seen for it to count. The values live in scenarios/.

import type { LabShape } from './lab.ts';

/** Kernel names of bonding modes (Documentation/networking/bonding.rst, `mode`). */
export const bondModes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'] as const;
export type BondMode = (typeof bondModes)[number];

export const lacpRates = ['slow', 'fast'] as const;
export type LacpRate = (typeof lacpRates)[number];

/** The kernel's policies (bonding.rst, xmit_hash_policy); vlan+srcmac is of 5.12. */
export const xmitHashPolicies = ['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4', 'vlan+srcmac'] as const;
export type XmitHashPolicy = (typeof xmitHashPolicies)[number];

export interface BondConfig {
  readonly mode: BondMode;
  /** 802.3ad only; the kernel's default is slow. */
  readonly lacpRate?: LacpRate;
  readonly xmitHashPolicy: XmitHashPolicy;
  /** 0: it does not look for carrier, because it has an ARP monitor. */
  readonly miimonMs: number;
  readonly options?: BondOptions;
}

/** What else a bond can be told; what is not said stays as the node has it, or at the kernel's default (bonding.rst). */
export interface BondOptions {
  /** 802.3ad only: off, a port that may not collect may not distribute either (IEEE 802.1AX, independent control). */
  readonly coupledControl?: 'on' | 'off';
  /** In place of miimon, in the modes of `arpModes`. */
  readonly arpMonitor?: ArpMonitor;
  /** 802.3ad only: with fewer slaves in use the bond has no carrier. */
  readonly minLinks?: number;
  /** balance-tlb only: 0, peers are dealt to slaves by hash and stay there. */
  readonly tlbDynamicLb?: 0 | 1;
}

export const arpTargets = ['peers', 'switch'] as const;
export const arpValidations = ['none', 'active', 'all'] as const;

export interface ArpMonitor {
  readonly intervalMs: number;
  /**
   * Whom each node asks: peers, the bond addresses of all other nodes, as many as the kernel takes; or the switch, which has to have an address there.
   * Peers that ask each other validate each other: a target's own question counts as its answer (bond_main.c, bond_validate_arp).
   */
  readonly targets: (typeof arpTargets)[number];
  /** Of which slaves only answers to the node's own questions count; on others any frame does. */
  readonly validate: (typeof arpValidations)[number];
}

/** drivers/net/bonding/bond_options.c, BOND_OPT_ARP_INTERVAL: the others are `unsuppmodes`. */
export const arpModes: readonly BondMode[] = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast'];

/** What the switch does with the two ports of each node. */
export type PortsConfig =
  | { readonly kind: 'plain' }
  | { readonly kind: 'static' }
  | {
      readonly kind: 'lacp';
      readonly rate: LacpRate;
      /** 2: each of a node's ports is on a switch of its own that knows nothing of the other, as without MLAG; one machine plays both. */
      readonly switches?: 2;
    };

/** Forms that a switch can have or not, whatever the rate. */
export const portsForms = ['plain', 'static', 'lacp', 'lacp over two switches'] as const;
export type PortsForm = (typeof portsForms)[number];

export const formOf = (ports: PortsConfig): PortsForm => (ports.kind === 'lacp' && ports.switches !== undefined ? 'lacp over two switches' : ports.kind);

/** armed: watchdogs reset nodes; idle: no HA service, no watchdog; rehearse: the watchdog logs instead of resetting. */
export const haStates = ['armed', 'idle', 'rehearse'] as const;
export type HaState = (typeof haStates)[number];

/** Which of the victim's slaves the fault hits: the first in order of enslavement, or by its role in active-backup or over two switches. */
export const targetSlaves = ['first', 'active', 'backup'] as const;
export type TargetSlave = (typeof targetSlaves)[number];

/** Of a second victim, which is hit at a place of its own. */
export const alsoSlaves = [...targetSlaves, 'second'] as const;

/** A second node, one of whose slaves the same fault hits at the same time. */
export interface AlsoHit {
  /** So many places after the victim in the order of corosync's ids, which is that of the token; after the last node comes the first. */
  readonly placesAfter: number;
  readonly target: (typeof alsoSlaves)[number];
}

export const neighbourKinds = ['permanent'] as const;

export interface Scenario {
  /** Begins with the kernel's mode name, or `control`. */
  readonly name: string;
  readonly summary: string;
  readonly bond: BondConfig;
  readonly ports: PortsConfig;
  /** permanent: each node has an entry for every peer on the bond that does not age. Without it ARP keeps them. */
  readonly neighbours?: (typeof neighbourKinds)[number];
  /** A name from faults/index.ts. */
  readonly fault: string;
  readonly target: TargetSlave;
  /** Absent: the victim is alone. */
  readonly also?: AlsoHit;
  readonly ha: HaState;
  /** What could take the silent slave out of use; 'none' is watched for the full time. */
  readonly detector: Detector;
  /** How long the fault lasts; then it is reverted, and watching goes on until every node is decided. Absent: it lasts until they are. */
  readonly forMs?: number;
  /** The lab that it is for. A lab that bondproof makes gets that shape; one that is there must have it. */
  readonly lab?: LabShape;
}

export const detectors = ['lacp', 'carrier', 'arp', 'unneeded', 'none'] as const;
export type Detector = (typeof detectors)[number];

/**
 * A fault that ends by itself: long enough to be proven (a second of the canary, two more where a pulled cable is noticed: analysis/canary.ts), and no
 * longer than one is watched that nothing takes out of use (harness/decision.ts, fullWatchMs).
 */
export const forMsRange = { least: 3000, most: 120_000 } as const;

/** What could take the slave out of use, where it follows from the rest. */
export const detectorOf = ({ bond, fault, target, also }: Pick<Scenario, 'bond' | 'fault' | 'target' | 'also'>): Detector => {
  // Nothing is silent.
  if (fault === 'none' || fault === 'switch-rate-slow') return 'unneeded';
  if (fault === 'carrier-down') return 'carrier';
  // LACP misses LACPDUs and nothing else.
  if (bond.mode === '802.3ad') return fault === 'tx-data-silent' ? 'none' : 'lacp';
  if (fault === 'tx-lacpdu-silent' || target === 'backup' && (also?.target ?? target) === 'backup') return 'unneeded';
  // A bond that broadcasts is not sent to twice: a switch picks one port of those that it aggregates.
  if (bond.mode === 'broadcast') return faultsOfReception.includes(fault) ? 'none' : 'unneeded';
  const { validate = 'none', targets } = bond.options?.arpMonitor ?? {};
  // Without validation every frame that still comes in says that the slave is well (bond_main.c, bond_rcv_validate).
  return validate === 'none' || targets === 'peers' ? 'none' : 'arp';
};

/** The victim's NIC sends, and hears nothing. */
const faultsOfReception: readonly string[] = ['rx-silent', 'switch-tx-silent'];

/** The form of the switch's ports that goes with a mode (bonding.rst, "Switch Configuration"). */
export const portsOf = (mode: BondMode): PortsConfig['kind'] =>
  mode === '802.3ad' ? 'lacp' : mode === 'balance-rr' || mode === 'balance-xor' || mode === 'broadcast' ? 'static' : 'plain';

/**
 * How a NIC is silenced, and who takes that back when nobody says any more that it shall stay. netem: a qdisc, and the device's service manager.
 * lease: a rule of nftables that the kernel itself lets expire. cable: one way of the lab's own cable, cut by whoever passes its frames on.
 */
export const injectors = ['netem', 'lease', 'cable'] as const;
export type Injector = (typeof injectors)[number];

/** What must be seen for a fault to count; each fault declares its own, the judge reads it from the record. */
export interface Proof {
  /**
   * The canary frames of the hit slave during the fault; before and after they must arrive in any case. kept-in-use: they arrive until LACP takes the
   * slave out of use, for a switch passes on nothing from a port that it gave up. Null: what becomes of them is not the fault, but what it costs.
   */
  readonly canary: 'lost' | 'kept' | 'kept-in-use' | null;
  /** The drop counter of the fault's qdisc on the NIC during the fault; null where there is no such qdisc. */
  readonly drops: 'rise' | 'still' | null;
  /** The NIC's tx_packets during the fault. */
  readonly tx: 'still' | 'moves' | null;
  readonly carrier: 0 | 1;
  /** Of a fault of reception, frames that come to the NIC: dropped: nearly all, by the drop counter; still: there are none. */
  readonly rx?: 'dropped' | 'still';
  /** What LACPDUs that come to the NIC ask for during the fault, where they asked for the other rate before. */
  readonly asksFor?: LacpRate;
  /** LACPDUs that leave by the NIC, where LACP is spoken; absent where the rest tells. */
  readonly lacpdus?: 'kept' | 'lost';
}
