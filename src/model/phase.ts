// When the fault comes, counted from something that the victim does again and again: the same on every machine, for the same seed.

import type { LacpRate, Scenario } from './scenario.ts';
import { seededBytes } from './seed.ts';

/** lacpdu: the last LACPDU that the victim sent on the slave that will be hit; lrm: the last refresh of the victim's LRM. */
export const anchors = ['lacpdu', 'lrm'] as const;
export type Anchor = (typeof anchors)[number];

export interface Phase {
  readonly anchor: Anchor;
  readonly afterMs: number;
}

/** What a user asks for; null: each repetition in a part of the period of its own. */
export interface PhaseWish {
  readonly anchor: Anchor;
  readonly afterMs: number | null;
}

/**
 * How often a LACPDU is sent to who asked for this rate: the timer of the sender goes by the partner's LACP_Timeout bit (drivers/net/bonding/bond_3ad.c,
 * ad_periodic_machine: AD_FAST_PERIODIC_TIME, AD_SLOW_PERIODIC_TIME; IEEE 802.1AX). It counts runs of a machine that comes back after 100 ms and
 * up to a jiffy more, so it is never shorter, and a tenth longer where HZ is 100.
 */
export const lacpduPeriodMs: Readonly<Record<LacpRate, number>> = { fast: 1000, slow: 30_000 };

/** An active LRM's round (pve-ha-manager, LRM.pm, work(); ACTIVE_S of the stand-in's worlds/virtual/ha/lrm.py). */
export const lrmPeriodMs = 10_000;

/** Null where the scenario has no such thing. */
export const periodMs = (anchor: Anchor, { bond, ports, ha }: Pick<Scenario, 'bond' | 'ports' | 'ha'>): number | null => {
  if (anchor === 'lrm') return ha === 'idle' ? null : lrmPeriodMs;
  return bond.mode === '802.3ad' && ports.kind === 'lacp' ? lacpduPeriodMs[ports.rate] : null;
};

/** Digits to the microsecond. */
const form = /^(lacpdu|lrm)(?:\+(\d{1,6}(?:\.\d{1,6})?)s)?$/;

/** `lacpdu`, `lrm`, `lacpdu+12.5s`; null for anything else. */
export const parsePhase = (text: string): PhaseWish | null => {
  const [, anchor, seconds] = form.exec(text) ?? [];
  if (anchor === undefined) return null;
  return { anchor: anchor as Anchor, afterMs: seconds === undefined ? null : Math.round(Number(seconds) * 1e6) / 1000 };
};

/** As `parsePhase` reads it. */
export const phaseWords = ({ anchor, afterMs }: PhaseWish): string => afterMs === null ? anchor : `${anchor}+${Number((afterMs / 1000).toFixed(6))}s`;

/** Which of how many repetitions, counted from 1, and whose number is drawn with. */
export interface Draw { readonly seed: number; readonly number: number; readonly repetition: number; readonly repeat: number }

/** The phase of one trial: repetition k of N gets an instant of the k-th of N equal parts of the period, in whole microseconds. */
export const phaseOfTrial = ({ anchor, afterMs }: PhaseWish, period: number, { seed, number, repetition, repeat }: Draw): Phase => {
  if (afterMs !== null) return { anchor, afterMs };
  const edgeUs = (part: number): number => Math.ceil(part * period * 1000 / repeat);
  const [fromUs, toUs] = [edgeUs(repetition - 1), edgeUs(repetition)];
  const share = seededBytes(seed, `phase of trial ${number}`)(4).readUInt32BE() / 2 ** 32;
  return { anchor, afterMs: (fromUs + Math.floor(share * (toUs - fromUs))) / 1000 };
};
