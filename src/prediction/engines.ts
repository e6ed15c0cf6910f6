// What the LACP of a switch does with a port whose LACPDUs stay away, and what the node hears of it: one object an engine, from its own source.

import type { LacpRate } from '../model/scenario.ts';
import { later, type Range, type SwitchEngine } from './interval.ts';

/** From EXPIRED or DEFAULTED at the switch until the node sees it. */
export interface Told extends Range {
  /** Whether a LACPDU says so whatever comes next; false: only one that is due anyhow, if it is in time. */
  readonly isSure: boolean;
}

/** By the rate that the node asked for, at which the switch sends. */
type ByNode<T> = Readonly<Record<LacpRate, T>>;

export interface LacpEngine {
  /** File and function. */
  readonly source: string;
  /** From the last LACPDU that the switch got to EXPIRED, by the rate that it asked for itself. */
  readonly timeout: Readonly<Record<LacpRate, Range>>;
  readonly fromExpiredToDefaulted: Range;
  readonly expiredIsTold: ByNode<Told>;
  readonly defaultedIsTold: ByNode<Told>;
  /**
   * From EXPIRED to what makes the node stop. Under coupled control it goes by SYNC (bond_3ad.c, ad_mux_machine), which a switch clears when it is DEFAULTED, or
   * some at EXPIRED; where no LACPDU says so the node waits for its own time-out, counted from the last one of the switch. Under independent control it goes by
   * COLLECTING as well. Until the node saw it passes what `defaultedIsTold` allows.
   */
  readonly stops: Readonly<Record<'coupled' | 'independent', ByNode<Range>>>;
  /** Where nothing tells a node that asked for fast LACPDUs of DEFAULTED but one that falls due in the same run of the switch's machines: what is known of that. */
  readonly inStep?: InStep;
}

export interface InStep {
  /** Of a node that asked for slow ones: by this it may hear of DEFAULTED so much after EXPIRED only, with the next slow one. */
  readonly slow: { readonly mayMiss: Range; readonly missed: Range };
  /** The last LACPDU of the victim after one of the switch's by which one falls due in that run: surely, and surely not. */
  readonly due: Range;
  readonly notDue: Range;
  /** From that LACPDU of the switch to the node's own time-out, where none is due. */
  readonly toOwnTimeout: Readonly<Record<LacpRate, Range>>;
}

/**
 * The machines of a port of a Linux bond run every 100 ms (drivers/net/bonding/bond_3ad.c, AD_TIMER_INTERVAL) and up to a jiffy later
 * (bond_3ad_state_machine_handler queues itself anew), which is 10 ms where HZ is 100.
 */
export const tick = { leastMs: 100, mostMs: 110 } as const;
/**
 * Every 2 s all nodes offer a message at the same instant (harness/observer.ts, messageEveryMs), and then the token goes round without rest
 * (corosync.conf(5), seqno_unchanged_const). Where the switch shares its processor with them, as in a timewarp lab, nothing else runs for so long
 * (docs/timewarp.md: 13 to 52 ms, with a membership 100).
 */
const spell = { everyMs: 2000, mostMs: 100 } as const;
/**
 * A run that falls due in such a spell comes at its end, and the next is counted from there (bond_3ad_state_machine_handler, queue_delayed_work). From then
 * on the last run that fits between two spells waits for the end of the second, each time: 18 runs take 2000 ms, and not 1980.
 */
const mostRunMs = spell.everyMs / Math.floor(spell.everyMs / tick.mostMs);
export const mostMsOf = (runs: number): number => runs * mostRunMs + spell.mostMs;
/** A time-out that began somewhere between two runs: the first of them comes at once or a whole run later. */
const ticks = (count: number): Range => ({ leastMs: (count - 1) * tick.leastMs, mostMs: mostMsOf(count) });
/** bond_3ad.c, AD_SHORT_TIMEOUT_TIME and AD_LONG_TIMEOUT_TIME (IEEE 802.1AX, Short_Timeout_Time and Long_Timeout_Time), in runs of the machines. */
const timeoutTicks: Readonly<Record<LacpRate, number>> = { fast: 30, slow: 900 };
/** An agent looks at the port's bits so often (agent/node), and with the machine's own run it is never sooner than at once. */
const lookMs = 100;
/**
 * Until the node knows what a Linux bond has to say: the mux machine runs, a LACPDU waits for its turn, three a second (ad_tx_machine, AD_MAX_TX_IN_SECOND:
 * 3 runs), the node's machines run, and somebody looks.
 */
const inTurn: Told = { leastMs: 0, mostMs: 5 * tick.mostMs + lookMs, isSure: true };

const atOnce: Range = { leastMs: 0, mostMs: 0 };
const both = <T>(value: T): ByNode<T> => ({ fast: value, slow: value });

const linuxDefaulted = ticks(timeoutTicks.fast);

/** bond_3ad.c, AD_FAST_PERIODIC_TIME and AD_SLOW_PERIODIC_TIME, in runs. */
const [fastPeriodTicks, slowPeriodTicks] = [10, 300];
/** A LACPDU that the node saw come was sent before, and one that it sent comes later. */
const onTheWayMs = 30;
const toLastLacpdu = (rate: LacpRate): Range => ({ leastMs: (timeoutTicks[rate] + timeoutTicks.fast) * tick.leastMs, mostMs: mostMsOf(timeoutTicks[rate] + timeoutTicks.fast) });

/**
 * In the run of DEFAULTED a Linux bond forgets that its partner wanted fast LACPDUs, and sends none for 30 s, unless the timer of the next is over in this very run
 * (ad_periodic_machine, which runs after ad_rx_machine). Timers are whole runs, and both time-outs whole periods: it is over then where the last LACPDU
 * that came did so in the run after one that went out. One in ten, where the two ends do not go in step.
 *
 * Where its partner wanted slow ones it begins with fast ones when it is EXPIRED, by sending one; but for the run after one that it sent anyway, from which on the next comes
 * in nine runs, and DEFAULTED in 30: then that is told with the next slow one, 300 runs after the last fast one. One in 300.
 */
const linuxInStep: InStep = {
  slow: {
    mayMiss: { leastMs: tick.leastMs - onTheWayMs, mostMs: mostMsOf(2) + onTheWayMs },
    missed: { leastMs: linuxDefaulted.leastMs, mostMs: mostMsOf(timeoutTicks.fast + slowPeriodTicks) },
  },
  due: { leastMs: 0, mostMs: tick.leastMs - onTheWayMs },
  notDue: { leastMs: mostMsOf(1), mostMs: fastPeriodTicks * tick.leastMs - onTheWayMs },
  toOwnTimeout: { fast: later(toLastLacpdu('fast'), linuxDefaulted), slow: later(toLastLacpdu('slow'), linuxDefaulted) },
};

/**
 * A Linux bond selects anew at DEFAULTED before its mux machine runs (ad_port_selection_logic) and sends no LACPDU for that. One goes out all the same where the
 * node asked for slow ones: the switch began to probe fast when it expired, so one falls due then. It clears COLLECTING at EXPIRED.
 */
const bonding: LacpEngine = {
  source: 'bond_3ad.c, ad_rx_machine: AD_SHORT_TIMEOUT_TIME or AD_LONG_TIMEOUT_TIME',
  timeout: { fast: ticks(timeoutTicks.fast), slow: ticks(timeoutTicks.slow) },
  fromExpiredToDefaulted: linuxDefaulted,
  expiredIsTold: both(inTurn),
  defaultedIsTold: { slow: inTurn, fast: { ...inTurn, isSure: false } },
  stops: { coupled: { slow: linuxDefaulted, fast: { ...linuxDefaulted, mostMs: linuxDefaulted.mostMs + ticks(timeoutTicks.fast).mostMs } }, independent: both(atOnce) },
};
const linux: LacpEngine = { ...bonding, inStep: linuxInStep };

/** Of a switch that nobody knows: it tells what the standard wants told, and clears COLLECTING at the one or the other. */
const standard: LacpEngine = {
  ...bonding,
  source: 'IEEE 802.1AX, Receive machine: Short_Timeout_Time or Long_Timeout_Time',
  defaultedIsTold: both(inTurn),
  stops: { coupled: both(linuxDefaulted), independent: both({ ...atOnce, mostMs: linuxDefaulted.mostMs }) },
};

/** A timer of a process, which is up to a spell late. */
const timer = (ms: number): Range => ({ leastMs: ms, mostMs: ms + spell.mostMs });
/** What such a process sends at once the node's machines see at their next run, and the agent at its next look. */
const sentAtOnce: Told = { leastMs: 0, mostMs: mostMsOf(1) + lookMs, isSure: true };

/** lib/lacp.c, LACP_FAST_TIME_TX, LACP_SLOW_TIME_TX and LACP_RX_MULTIPLIER; lib/timer.c, timer_set_duration counts from a whole millisecond. */
const openvswitchTimer = (ms: number): Range => ({ ...timer(ms), leastMs: ms - 1 });
const openvswitchDefaulted = openvswitchTimer(3 * 1000);

/**
 * Open vSwitch sends out of turn where a bit of info_tx_equal changed, and EXPIRED is none of them: member_set_expired keeps SYNC, COLLECTING and DISTRIBUTING, and
 * the timer of the next LACPDU as well, which goes by the rate that the node had asked for (lacp_run). So a node with slow LACPDUs hears of EXPIRED in 3 of 30 s.
 * At DEFAULTED the member is detached (lacp_update_attached): SYNC and, while another member is attached, COLLECTING change, and a LACPDU goes out in the same run.
 */
const openvswitch: LacpEngine = {
  source: 'Open vSwitch, lib/lacp.c, lacp_run: LACP_RX_MULTIPLIER times LACP_FAST_TIME_TX or LACP_SLOW_TIME_TX',
  timeout: { fast: openvswitchTimer(3 * 1000), slow: openvswitchTimer(3 * 30_000) },
  fromExpiredToDefaulted: openvswitchDefaulted,
  expiredIsTold: { fast: { ...sentAtOnce, mostMs: timer(1000).mostMs + sentAtOnce.mostMs }, slow: { leastMs: 0, mostMs: openvswitchDefaulted.mostMs, isSure: false } },
  defaultedIsTold: both(sentAtOnce),
  stops: { coupled: both(openvswitchDefaulted), independent: both(openvswitchDefaulted) },
};

const teamdDefaulted = timer(3 * 1000);

/**
 * teamd sends at each change of its port's state (lacp_port_set_state). At EXPIRED it takes the partner for out of SYNC, so that it clears COLLECTING and
 * DISTRIBUTING, and keeps its own SYNC (lacp_port_actor_update); that goes at DEFAULTED, when the port is selected no more (lacp_port_unselectable_state).
 */
const teamd: LacpEngine = {
  source: 'libteam, teamd_runner_lacp.c, lacp_port_timeout_set: LACP_PERIODIC_MUL times LACP_PERIODIC_SHORT or LACP_PERIODIC_LONG',
  timeout: { fast: timer(3 * 1000), slow: timer(3 * 30_000) },
  fromExpiredToDefaulted: teamdDefaulted,
  expiredIsTold: both(sentAtOnce),
  defaultedIsTold: both(sentAtOnce),
  stops: { coupled: both(teamdDefaulted), independent: both(atOnce) },
};

export const engines: Readonly<Record<SwitchEngine, LacpEngine>> = {
  linux, openvswitch, teamd,
  'at-defaulted': standard,
  'clears-sync-at-expired': { ...standard, stops: { coupled: both(atOnce), independent: both(atOnce) } },
};
