// corosync: when knet misses the dark path, when the token is lost, and how soon there can be a new membership.

import { eachVictim, intervalOf, isSilentTx, later, type Interval, type Range, type Situation, type Totem } from './interval.ts';
import { nodeStopped } from './lacp.ts';

/** corosync.conf(5): token; and the share of the token time-out that is the consensus time-out (exec/totemconfig.c). */
const tokenMs = 3000;
const consensusShare = 1.2;

/** exec/totemconfig.c, totem_volatile_config_read: the token time-out grows with each node beyond two. */
export const totemOf = (nodes: number, coefficientMs: number): Totem => {
  const token = tokenMs + Math.max(0, nodes - 2) * coefficientMs;
  return { tokenMs: token, consensusMs: Math.trunc(consensusShare * token) };
};

/** exec/totemconfig.c: knet_pong_count is 2, the ping time-out is the token's divided by it, the interval half of that. */
const pongCount = 2;
const pingTimeoutMs = ({ tokenMs: token }: Totem): number => token / pongCount;
const pingIntervalMs = (totem: Totem): number => pingTimeoutMs(totem) / 2;
/** libknet looks after its links so often (threads_heartbeat.c, KNET_THREADS_TIMERES). */
const heartbeatMs = 200;
/** From what a daemon says to its line in the journal, on a machine that has other things to do. */
const spokenMs = 200;
/** exec/totemconfig.c: the token is retransmitted four times in its time-out and held for 0.8 of that by the representative of an idle ring (`hold`). */
const holdMs = ({ tokenMs: token }: Totem): number => 0.8 * token / 4.2;
/** Commit and recovery, once all agree (exec/totemsrp.c): rounds of the token. */
const recoveryMs = 500;

/**
 * The first of the two ends of a dark path that takes its knet link down. Pings and pongs of both ends cross the silent slave, so that both hear no pong
 * any more; the last one came up to an interval and one look before the fault.
 */
export const firstLinkDown = (situation: Situation): Interval | null => {
  const range = linkDown(situation);
  return range && bounded(range, situation, 'libknet, threads_heartbeat.c: the ping time-out from the last pong');
};

const linkDown = (situation: Situation): Range | null => {
  if (!isSilentTx(situation) || eachVictim(situation).every(({ darkPeers }) => (darkPeers ?? []).length === 0)) return null;
  const { totem } = situation;
  return { leastMs: pingTimeoutMs(totem) - pingIntervalMs(totem) - heartbeatMs, mostMs: pingTimeoutMs(totem) + heartbeatMs + spokenMs };
};

/**
 * The first node that loses the token, which goes round in the order of node ids. To a dark successor the victim hands it in vain from the fault on; a dark
 * predecessor hands it over until knet takes the link down. With neither dark the ring goes round, and nothing is said.
 */
export const firstTokenLoss = (situation: Situation): Interval | null => {
  const range = tokenLoss(situation);
  return range && bounded(range, situation, 'corosync, exec/totemconfig.c: token + (nodes - 2) × token_coefficient from the last token');
};

const tokenLoss = (situation: Situation): Range | null => {
  const down = linkDown(situation);
  // knet sends over the next link once it took the first one down (libknet, host.c, _host_dstcache_update_sync): before a token is missed. Over the one that it has first it sends all the while.
  if (down === null || ['own-nic', 'own-nic-first'].includes(situation.scenario.lab?.secondLink ?? '')) return null;
  const { totem } = situation;
  const round = { leastMs: totem.tokenMs - holdMs(totem), mostMs: totem.tokenMs + spokenMs };
  const isDark = (side: 'before' | 'after'): boolean => eachVictim(situation).some((each) => each.darkPeers?.includes(neighbours(each)[side]) === true);
  if (isDark('after')) return round;
  return isDark('before') ? later(down, round) : null;
};

/** Of the victim in the ring. */
const neighbours = ({ nodes, victim }: Situation): { readonly before: string; readonly after: string } => {
  const ring = nodes.toSorted((a, b) => a.id - b.id).map(({ name }) => name);
  const at = ring.indexOf(victim);
  return { before: ring.at(at - 1)!, after: ring[(at + 1) % ring.length]! };
};

/**
 * Nobody agrees with a node that does not hear all others, so that a membership forms when the consensus time-out has passed, or when the path is back and
 * knet has seen three pongs (threads_rx.c). Where some hear each other and others do not, totem promises no end (corosync issue 760).
 */
export const firstMembership = (situation: Situation): Interval | null => {
  const lost = tokenLoss(situation);
  if (lost === null) return null;
  const { totem, nodes, darkPeers, also } = situation;
  const agreed = later(lost, { leastMs: totem.consensusMs, mostMs: totem.consensusMs + holdMs(totem) + recoveryMs });
  const untilMs = darkUntilMs(situation);
  const backMs = Math.max(lost.leastMs, untilMs + 2 * pingIntervalMs(totem));
  const interval = intervalOf({ ...agreed, leastMs: Math.min(agreed.leastMs, backMs) }, 'corosync, exec/totemsrp.c: consensus time-out from the loss of the token');
  // With two victims the others may not all hear each other.
  const isSure = also === undefined && agreed.mostMs < untilMs && darkPeers!.length === nodes.length - 1;
  return lost.leastMs >= untilMs ? null : isSure ? interval : { ...interval, latestMs: null };
};

/** The soonest that the path may be whole again: by LACP, because the fault ends, or by an ARP monitor, of which nothing is said here. */
const darkUntilMs = (situation: Situation): number =>
  situation.scenario.detector === 'arp' ? 0 : Math.min(situation.scenario.forMs ?? Infinity, ...eachVictim(situation).map((each) => nodeStopped(each)?.earliestMs ?? Infinity));

/** What comes only as long as the path is dark: never, where that is over before; and for sure only where it is dark all the while. */
const bounded = (range: Range, situation: Situation, source: string): Interval | null => {
  const interval = intervalOf(range, source);
  const untilMs = darkUntilMs(situation);
  if (interval.earliestMs >= untilMs) return null;
  return range.mostMs < untilMs ? interval : { ...interval, latestMs: null };
};
