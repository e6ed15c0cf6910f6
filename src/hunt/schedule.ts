// One schedule: all that a hunt varies. Drawn from a seed and a number alone, so that a hunt can be made again.

import { faultClasses, type FaultClass } from '../model/lab.ts';
import { bondModes, detectorOf, forMsRange, lacpRates, portsOf, type BondMode, type LacpRate, type Scenario, type TargetSlave, type XmitHashPolicy } from '../model/scenario.ts';
import { seededBytes } from '../model/seed.ts';

/** When in the cluster's own rhythm the fault comes is to be one more field here, with a draw below, a place in `trialOf` and a simplification (simpler.ts). */
export interface Schedule {
  readonly mode: BondMode;
  /** Null: the mode has none. */
  readonly rates: { readonly node: LacpRate; readonly onSwitch: LacpRate } | null;
  readonly policy: XmitHashPolicy;
  readonly fault: 'tx-silent' | 'carrier-down';
  readonly target: TargetSlave;
  readonly nodes: number;
  /** What the lab's addresses are chosen for, which is under policy layer2 what comes of it (model/hash.ts). */
  readonly class: FaultClass;
  /** Which of the nodes, from 1. */
  readonly victim: number;
  /** How long the fault lasts; null: until every node is decided. */
  readonly forMs: number | null;
}

export const nodesRange = { least: 3, most: 5 } as const;

/** Modes that hash at all (bonding.rst, xmit_hash_policy; in 802.3ad and balance-tlb, too). */
const hashing: readonly BondMode[] = ['balance-xor', '802.3ad', 'balance-tlb'];

/** Those that a bond of Proxmox VE can have (pve-manager, PVE/API2/Network.pm). Never more of them: old seeds must draw what they drew. */
const policies: readonly XmitHashPolicy[] = ['layer2', 'layer2+3', 'layer3+4'];

/** A fault's length is drawn in steps of so much: nobody remembers odd milliseconds. */
const stepMs = 500;

/** The `number`th schedule of a seed. */
export const drawSchedule = (seed: number, number: number): Schedule => {
  const bytes = seededBytes(seed, `schedule ${number}`);
  const below = (count: number): number => bytes(4).readUInt32BE() % count;
  const one = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
  // Each is drawn whether the mode has it or not: what one mode has more must not shift the rest.
  const mode = one(bondModes);
  const rates = { node: one(lacpRates), onSwitch: one(lacpRates) };
  const policy = one(policies);
  // A pulled cable is the fault that bonds are made for: the rarer one.
  const fault = one(['tx-silent', 'tx-silent', 'tx-silent', 'carrier-down'] as const);
  const role = one(['first', 'active', 'backup'] as const);
  const nodes = nodesRange.least + below(nodesRange.most - nodesRange.least + 1);
  const labClass = one(faultClasses);
  const victim = 1 + below(nodes);
  const lasts = below(3) === 0;
  const forMs = forMsRange.least + stepMs * below((forMsRange.most - forMsRange.least) / stepMs + 1);
  return {
    mode, rates: mode === '802.3ad' ? rates : null, policy: hashing.includes(mode) ? policy : 'layer2', fault, target: mode === 'active-backup' ? role : 'first',
    nodes, class: labClass, victim, forMs: lasts ? null : forMs,
  };
};

/** What a trial of it is given. */
export const trialOf = (schedule: Schedule, summary: string): Scenario => {
  const { mode, rates, policy, fault, target, nodes, class: labClass, victim, forMs } = schedule;
  const kind = portsOf(mode);
  // miimon as PVE has it (scenarios/scenario.ts).
  const known = { bond: { mode, ...rates && { lacpRate: rates.node }, xmitHashPolicy: policy, miimonMs: 100 }, fault, target } as const;
  return {
    name: nameOf(schedule), summary, ...known, ports: kind === 'lacp' ? { kind, rate: rates?.onSwitch ?? 'slow' } : { kind },
    ha: 'armed', detector: detectorOf(known), ...forMs !== null && { forMs },
    lab: { nodes, class: labClass, victim: `pve${victim}` },
  };
};

/** The mode, and whatever is not as usual; no two schedules share one. */
export const nameOf = ({ mode, rates, policy, fault, target, nodes, class: labClass, victim, forMs }: Schedule): string => [
  mode,
  rates && `${rates.node}-${rates.onSwitch}`,
  mode === 'active-backup' && target,
  policy !== 'layer2' && policy,
  fault !== 'tx-silent' && fault,
  nodes !== nodesRange.least && `${nodes}-nodes`,
  labClass !== 'partial' && labClass,
  victim !== 1 && `pve${victim}`,
  forMs !== null && `${forMs}ms`,
].filter((part) => typeof part === 'string').join('/');
