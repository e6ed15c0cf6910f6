// What a probe of a managed switch came to: each question that its dialect has, what the switch printed, and what of that was understood.

import type { Link } from './lab.ts';
import type { Aggregate, DeviceTime, Identity, LearnedMac, LldpNeighbour, PortCounters } from './switch-facts.ts';

/** What each question is answered with. `configuration` is a text; `pending`: whether a change waits to be taken back. */
export interface ProbeFacts {
  readonly identity: Identity;
  readonly configuration: string;
  readonly aggregates: readonly Aggregate[];
  readonly links: readonly { readonly port: string; readonly up: boolean | null }[];
  readonly neighbours: readonly LldpNeighbour[];
  readonly learned: readonly LearnedMac[];
  readonly counters: readonly PortCounters[];
  readonly clock: DeviceTime;
  readonly pending: boolean;
}

export type QuestionName = keyof ProbeFacts;

/** In the order in which they are asked: who it is first, then the configuration, which tells what is secret in all that follows. */
export const questionNames = ['identity', 'configuration', 'aggregates', 'links', 'neighbours', 'learned', 'counters', 'clock', 'pending'] as const satisfies readonly QuestionName[];

/** One command, and what came of it. */
export interface Shown {
  readonly command: string;
  readonly output: string;
  /** What the switch said where it did not do as told. */
  readonly refused: string | null;
}

/** Where an answer stops being understood: a line of what a command printed, counted from 1. */
export interface Misread { readonly command: string; readonly line: number; readonly text: string }

export type Finding<Fact> =
  | { readonly kind: 'understood'; readonly fact: Fact }
  | { readonly kind: 'not-understood'; readonly why: string; readonly at: Misread | null }
  | { readonly kind: 'refused'; readonly command: string; readonly said: string }
  /** The connection was lost before. */
  | { readonly kind: 'not-asked' }
  /** It was asked, and has nothing that would tell: not that there is none. */
  | { readonly kind: 'not-told'; readonly why: string }
  /** The dialect knows no way to ask. */
  | { readonly kind: 'no-question' };

export type Findings = { readonly [Name in QuestionName]: Finding<ProbeFacts[Name]> };

export interface SwitchProbe {
  readonly lab: string;
  readonly switch: string;
  readonly dialect: string;
  /** Whether the dialect had met a real device before. */
  readonly proven: boolean;
  /** How the switch takes a change back by itself, in words; null: the dialect knows no way. */
  readonly deadMan: string | null;
  /** What one must not take its answers for, a sentence. */
  readonly caution?: string;
  /** The cables of the lab file. */
  readonly links: readonly Pick<Link, 'node' | 'nic' | 'port'>[];
  /** When it was asked, ISO 8601, and by which version of bondproof. */
  readonly at: string;
  readonly bondproof: string;
  readonly shown: readonly Shown[];
  readonly findings: Findings;
  /** Why it could not be asked to the end; null: it was. */
  readonly broke: string | null;
}

/** The fact, or null where there is none. */
export const factOf = <Name extends QuestionName>({ findings }: Pick<SwitchProbe, 'findings'>, name: Name): ProbeFacts[Name] | null => {
  const finding = findings[name];
  return finding.kind === 'understood' ? finding.fact : null;
};

/** Ports of the lab file of which the switch does not say whether they are up: it has none of this name, or its answer lacks them. */
export const unknownPorts = (probe: SwitchProbe): readonly string[] => {
  const seen = factOf(probe, 'links');
  return seen === null ? [] : probe.links.map(({ port }) => port).filter((port) => !seen.some((each) => each.port === port));
};

/** Whether all was asked, all that was asked was understood, and the lab file's ports are among it. */
export const isWhole = (probe: SwitchProbe): boolean =>
  probe.broke === null && unknownPorts(probe).length === 0 && questionNames.every((name) => ['understood', 'not-told', 'no-question'].includes(probe.findings[name].kind));
