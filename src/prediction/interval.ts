// When something must come after the fault, and by what right that is said.

import type { LacpEngineName, NodeId } from '../model/lab.ts';
import { lacpRates, type LacpRate, type Scenario } from '../model/scenario.ts';

/** Milliseconds after the fault. */
export interface Interval {
  readonly earliestMs: number;
  /** Null: it may come at any time after `earliestMs`, or never. */
  readonly latestMs: number | null;
  /** Of the sources of what is predicted: file and function. */
  readonly source: string;
}

/** From so much to so much, in ms. */
export interface Range { readonly leastMs: number; readonly mostMs: number }

/** What the switch does with a port whose LACPDUs stay away (engines.ts): by what speaks LACP there, or of one that is not known, by the bit and the state that say it. */
export type SwitchEngine = LacpEngineName | 'at-defaulted' | 'clears-sync-at-expired';

/** Time-outs as corosync has them at run time. */
export interface Totem { readonly tokenMs: number; readonly consensusMs: number }

/** What is silenced. */
export interface Silenced {
  readonly victim: NodeId;
  /** Whom the victim does not reach (model/hash.ts); null: the mode fixes nobody. */
  readonly darkPeers: readonly NodeId[] | null;
  /** Since the last LACPDU that the victim sent on the silent slave; null: not known. */
  readonly sinceLacpdu: Range | null;
  /** From the last LACPDU of the switch before that one to that one; null or absent: not known. */
  readonly afterSwitchs?: Range | null;
}

/** All that is known when the fault comes. */
export interface Situation extends Silenced {
  readonly scenario: Pick<Scenario, 'bond' | 'ports' | 'fault' | 'ha' | 'forMs' | 'lab' | 'detector'>;
  readonly engine: SwitchEngine;
  readonly nodes: readonly { readonly name: NodeId; readonly id: number }[];
  /** The same of a second victim. What LACP does is said of the first alone. */
  readonly also?: Silenced;
  readonly totem: Totem;
  /** Since the last refresh of each node's LRM that was seen. */
  readonly sinceRefresh: Readonly<Record<NodeId, Range>>;
}

/** The situation as each victim is in it. */
export const eachVictim = (situation: Situation): readonly Situation[] => situation.also === undefined ? [situation] : [situation, { ...situation, ...situation.also }];

export const later = ({ leastMs, mostMs }: Range, by: Range): Range => ({ leastMs: leastMs + by.leastMs, mostMs: mostMs + by.mostMs });

export const intervalOf = ({ leastMs, mostMs }: Range, source: string): Interval => ({ earliestMs: Math.max(0, Math.round(leastMs)), latestMs: Math.round(mostMs), source });

/** Null where the bond or the ports do not speak LACP, or at rates that nobody here knows, as in the record of another version. */
export const ratesOf = ({ scenario: { bond, ports } }: Pick<Situation, 'scenario'>): { readonly node: LacpRate; readonly onSwitch: LacpRate } | null => {
  if (bond.mode !== '802.3ad' || ports.kind !== 'lacp') return null;
  const rates = { node: bond.lacpRate ?? 'slow', onSwitch: ports.rate };
  return lacpRates.includes(rates.node) && lacpRates.includes(rates.onSwitch) ? rates : null;
};

/** Everything here is of the one fault whose way is known to the end. */
export const isSilentTx = ({ scenario }: Pick<Situation, 'scenario'>): boolean => scenario.fault === 'tx-silent';
