// What trials of one scenario are compared by, and how far each may be apart: every tolerance follows from the timers of what was watched.

import type { Body, Event } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import { lacpduPeriodMs } from '../model/phase.ts';
import type { TrialResult } from '../model/result.ts';
import type { LacpRate, Scenario } from '../model/scenario.ts';
import { lastTokens } from './corosync.ts';
import { judgeTrial } from './judge.ts';
import { afterMs, during, timelineOf, type Timeline } from './timeline.ts';

/** A trial as it is compared: judged, and its record in order. */
export interface Sight { readonly result: TrialResult; readonly timeline: Timeline }

export const sightOf = (events: readonly Event[]): Sight => ({ result: judgeTrial(events, ''), timeline: timelineOf(events) });

export type Quantity =
  | { readonly kind: 'word'; readonly what: string; tell(sight: Sight): string }
  /** In ms after the injection, or how long it took; null: not seen. */
  | { readonly kind: 'time'; readonly what: string; readonly toleranceMs: number; readonly mayBeUnseen: boolean; tell(sight: Sight): number | null };

/** Without a LACPDU for so long a side that asked for this rate gives the other up (bond_3ad.c: AD_SHORT_TIMEOUT_TIME, AD_LONG_TIMEOUT_TIME). */
const timeoutMs: Readonly<Record<LacpRate, number>> = { fast: 3000, slow: 90_000 };
/** The state machines of both ends run ten times a second (bond_3ad.c, AD_TIMER_INTERVAL), and so does the agent. */
const steppedMs = 3 * 100;
/** corosync.conf(5): token and consensus, where a node does not tell its own. */
const usualTotem = { tokenMs: 3000, consensusMs: 3600 };
/** Messages are offered every other second (harness/observer.ts, messageEveryMs). */
const messageMs = 2000;

/** A reset ends what nothing else ends, and comes by the last refresh of an LRM, which was up to so long before (pve-ha-manager, LRM.pm: a round of 10 s, and 5 s more where it must try again). */
const refreshMs = 15_000;

/** Of trials of one scenario, at least one; its timers are read from the first. */
export const quantitiesOf = (sights: readonly [Sight, ...Sight[]]): readonly Quantity[] => {
  const word = (what: string, tell: (sight: Sight) => string): Quantity => ({ kind: 'word', what, tell });
  const time = (what: string, tell: (sight: Sight) => number | null, toleranceMs: number, { mayBeUnseen = false } = {}): Quantity => ({ kind: 'time', what, toleranceMs, mayBeUnseen, tell });
  const [{ timeline }] = sights;
  const scenario = timeline.started?.scenario ?? null;
  const lacpMs = lacpToleranceMs(scenario);
  // A switch that gives the node up says so at once or not at all (a Linux bond selects anew before its mux machine runs): then the node waits for its
  // own time-out (bond_3ad.c, ad_rx_machine, ad_port_selection_logic). Measured between two Linux bonds at fast rates: 5.7 s, and 8.1 to 9.8 s.
  const givenUpMs = lacpMs + (usesLacp(scenario) ? timeoutMs[scenario.bond.lacpRate ?? 'slow'] : 0);
  const { tokenMs, consensusMs } = totemOf(timeline);
  // The path is dark until LACP takes the slave out of use; then a membership forms, or the one that was forming does.
  const resetMs = sights.some(({ result }) => result.fenced.length > 0) ? refreshMs : 0;
  const prevented = sights.some(({ result }) => result.lacp?.preventedByReset === true);
  const settledMs = givenUpMs + tokenMs + consensusMs + resetMs;
  return [
    word('outcome', ({ result }) => result.outcome),
    word('class', ({ result }) => result.class.measured ?? 'not measured'),
    word('dark pairs', ({ result }) => [...new Set(result.darkPairs.map(({ from, to }) => `${from} → ${to}`))].sort().join(', ') || 'none'),
    time('the last dark pair heard again', ({ result }) => latest(result.darkPairs.map(({ toMs }) => toMs)), givenUpMs + resetMs),
    time('LACP: switch expired', ({ result }) => result.lacp?.switchExpiredMs ?? null, lacpMs, { mayBeUnseen: prevented }),
    time('LACP: switch defaulted', ({ result }) => result.lacp?.switchDefaultedMs ?? null, lacpMs, { mayBeUnseen: true }),
    time('LACP: NIC out of use', ({ result }) => result.lacp?.nodeStoppedMs ?? null, givenUpMs, { mayBeUnseen: prevented }),
    // The time-out begins at a pong, and pings go out twice in it (corosync.conf(5): knet_ping_interval, knet_ping_timeout, half a token).
    time('corosync: first knet link down', (sight) => firstMs(sight, 'knet-link-changed', (event) => !event.up), tokenMs / 2),
    // A token that came round once more begins its time anew.
    // A node warns before it is lost; it may have come a round before the fault.
    time('corosync: last token', lastTokenMs, tokenMs),
    time('corosync: first token lost', (sight) => firstMs(sight, 'token-lost'), tokenMs),
    time('corosync: first membership', (sight) => firstMs(sight, 'membership-formed'), tokenMs + consensusMs),
    time('longest out of quorum', ({ result }) => most(result, 'outOfQuorumMs'), settledMs),
    time('longest without delivery', ({ result }) => most(result, 'deliveryOutageMs'), settledMs + messageMs),
  ];
};

/**
 * The switch counts from the last LACPDU that it got, and the fault comes at any moment between two of them; the node hears of what the switch
 * made of that with one of the switch's own.
 */
const lacpToleranceMs = (scenario: Scenario | null): number =>
  usesLacp(scenario) ? lacpduPeriodMs[scenario.ports.rate] + lacpduPeriodMs[scenario.bond.lacpRate ?? 'slow'] + steppedMs : steppedMs;

const usesLacp = (scenario: Scenario | null): scenario is Scenario & { readonly ports: { readonly kind: 'lacp'; readonly rate: LacpRate } } =>
  scenario?.bond.mode === '802.3ad' && scenario.ports.kind === 'lacp';

const totemOf = (timeline: Timeline): { readonly tokenMs: number; readonly consensusMs: number } =>
  timeline.all('node-surveyed').findLast(({ node }) => node === timeline.victim)?.survey.totem ?? usualTotem;

/** Null: the fault was taken away, and what it touched is as it was before; else what is wrong. */
export const undone = ({ timeline }: Sight): string | null => {
  const compared = timeline.all('compared');
  if (timeline.window?.reverted === null || timeline.window === null) return 'not reverted';
  if (compared.length === 0) return 'not compared';
  return compared.every(({ before, after }) => before === after) ? null : 'not as before';
};

/** Null: dark to the end, or never. */
const latest = (times: readonly (number | null)[]): number | null => times.includes(null) || times.length === 0 ? null : Math.max(...times as readonly number[]);

const most = ({ nodes }: TrialResult, figure: 'outOfQuorumMs' | 'deliveryOutageMs'): number => Math.max(0, ...Object.values(nodes).map((node) => node[figure]));

const firstMs = <T extends Body['type']>({ timeline }: Sight, type: T, counts: (event: ReturnType<typeof timeline.all<T>>[number]) => boolean = () => true): number | null => {
  const { window } = timeline;
  const first = window === null ? undefined : timeline.all(type).find((event) => during(window, event.at) && counts(event));
  return first === undefined || window === null ? null : Math.max(0, afterMs(window, middleUs(first.at)));
};

/** When the first node that missed the token, or was about to, had it last, by its own clock. */
const lastTokenMs = ({ timeline }: Sight): number | null => {
  const { window } = timeline;
  if (window === null) return null;
  const missed = [...timeline.all('token-warned'), ...timeline.all('token-lost')].filter(({ at }) => during(window, at)).sort((a, b) => middleUs(a.at) - middleUs(b.at))[0];
  const last = missed && lastTokens(timeline, missed.by).findLast((at) => middleUs(at) < middleUs(missed.at));
  return last === undefined ? null : Math.max(0, afterMs(window, middleUs(last)));
};
