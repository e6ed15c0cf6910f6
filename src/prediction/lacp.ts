// LACP: when the switch misses the silent port, and when the node stops to send there. T = u + 0, 3 or 3 s and the node's own time-out.

import { lacpduPeriodMs } from '../model/phase.ts';
import type { LacpRate } from '../model/scenario.ts';
import { intervalOf, isSilentTx, later, ratesOf, type Interval, type Range, type Situation } from './interval.ts';

/**
 * The machines of a port run every 100 ms (drivers/net/bonding/bond_3ad.c, AD_TIMER_INTERVAL) and up to a jiffy later
 * (bond_3ad_state_machine_handler queues itself anew), which is 10 ms where HZ is 100.
 */
const tick = { leastMs: 100, mostMs: 110 } as const;
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
const mostMsOf = (runs: number): number => runs * mostRunMs + spell.mostMs;
/** bond_3ad.c, AD_SHORT_TIMEOUT_TIME and AD_LONG_TIMEOUT_TIME (IEEE 802.1AX, Short_Timeout_Time and Long_Timeout_Time), in runs of the machines. */
const timeoutTicks: Readonly<Record<LacpRate, number>> = { fast: 30, slow: 900 };
/** An agent looks at the port's bits so often (agent/node), and with the machine's own run it is never sooner than at once. */
const lookMs = 100;
/**
 * Until the node knows: the mux machine runs, a LACPDU waits for its turn, three a second (ad_tx_machine, AD_MAX_TX_IN_SECOND: 3 runs), the
 * node's machines run, and somebody looks.
 */
const told: Range = { leastMs: 0, mostMs: 5 * tick.mostMs + lookMs };

/** A time-out that began somewhere between two runs: the first of them comes at once or a whole run later. */
const ticks = (count: number): Range => ({ leastMs: (count - 1) * tick.leastMs, mostMs: mostMsOf(count) });

const toDefaulted = ticks(timeoutTicks.fast);

/** The switch counts from the last LACPDU that it got (ad_rx_machine, by its own rate). Null where nobody speaks LACP. */
const expiry = (situation: Situation): Range | null => {
  const rates = ratesOf(situation);
  if (rates === null || !isSilentTx(situation)) return null;
  const since = situation.sinceLacpdu ?? { leastMs: 0, mostMs: mostMsOf(lacpduPeriodMs[rates.onSwitch] / tick.leastMs) };
  return later(ticks(timeoutTicks[rates.onSwitch]), { leastMs: -since.mostMs, mostMs: -since.leastMs });
};

/** Of a fault that ends before, nothing is known. */
const unlessOver = (range: Range, { scenario: { forMs = Infinity } }: Situation, source: string, { isSure = true } = {}): Interval | null => {
  const interval = intervalOf(range, source);
  if (interval.earliestMs >= forMs) return null;
  return isSure && range.mostMs < forMs ? interval : { ...interval, latestMs: null };
};

/** The node hears that the switch's machine is EXPIRED. */
export const switchExpired = (situation: Situation): Interval | null => {
  const expired = expiry(situation);
  return expired && unlessOver(later(expired, told), situation, 'bond_3ad.c, ad_rx_machine: AD_SHORT_TIMEOUT_TIME or AD_LONG_TIMEOUT_TIME from the last LACPDU');
};

/**
 * The node hears that it is DEFAULTED, 3 s later. A Linux bond selects anew before its mux machine runs (ad_port_selection_logic) and sends no LACPDU for
 * that. One goes out all the same where the node asked for slow ones: the switch began to probe fast when it expired, so one falls due then.
 */
export const switchDefaulted = (situation: Situation): Interval | null => {
  const expired = expiry(situation);
  const isSure = situation.engine !== 'linux' || ratesOf(situation)?.node === 'slow';
  return expired && unlessOver([toDefaulted, told].reduce(later, expired), situation, 'bond_3ad.c, ad_rx_machine: AD_SHORT_TIMEOUT_TIME from EXPIRED to DEFAULTED', { isSure });
};

/**
 * The node stops to distribute on the slave. Under coupled control it goes by SYNC (bond_3ad.c, ad_mux_machine), which a switch clears when it is DEFAULTED,
 * or some at EXPIRED; where no LACPDU says so it waits for its own time-out, counted from the last one of the switch. Under
 * independent control it goes by COLLECTING, which a Linux bond clears at EXPIRED; Open vSwitch does not.
 */
export const nodeStopped = (situation: Situation): Interval | null => {
  const expired = expiry(situation);
  const rates = ratesOf(situation);
  return expired && rates && unlessOver([stopsAfter(situation, rates.node), told].reduce(later, expired), situation, 'bond_3ad.c, ad_mux_machine and ad_rx_machine: SYNC of the partner, or the own time-out');
};

const stopsAfter = ({ engine, scenario: { bond } }: Situation, node: LacpRate): Range => {
  const atOnce = { leastMs: 0, mostMs: 0 };
  if (engine === 'clears-sync-at-expired') return atOnce;
  if (bond.options?.coupledControl === 'off') return engine === 'linux' ? atOnce : { ...atOnce, mostMs: toDefaulted.mostMs };
  return engine === 'linux' && node === 'fast' ? { ...toDefaulted, mostMs: toDefaulted.mostMs + ticks(timeoutTicks.fast).mostMs } : toDefaulted;
};
