// What must be so in every trial, whatever the bond did. A breach voids nothing: it is a finding, and reports show it first.

import type { Hit } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import type { FaultClass, NodeId } from '../model/lab.ts';
import type { DarkPair, Finding } from '../model/result.ts';
import { ofHit } from './fault-proof.ts';
import { resetsOf } from './fencing.ts';
import { refreshesOf } from './lock-age.ts';
import { twoQuorate } from './partitions.ts';
import type { Timeline, Window } from './timeline.ts';
import { listed, secondsOf } from './words.ts';

/** `held` is null where it cannot be told. */
export interface Expectation extends Finding { readonly held: boolean | null }

interface Seen { readonly darkPairs: readonly DarkPair[]; readonly measuredOf: Readonly<Record<NodeId, FaultClass | null>> }

export const breaches = (timeline: Timeline, window: Window, seen: Seen): readonly Finding[] =>
  expectationsOf(timeline, window, seen).filter(({ held }) => held === false).map(({ what, found }) => ({ what, found }));

/** Those that apply, in the order of reading. */
export const expectationsOf = (timeline: Timeline, window: Window, seen: Seen): readonly Expectation[] => [
  twoQuorate(timeline, window),
  resetsStarved(timeline, window),
  ...resetsWhileIdle(timeline, window),
  allBack(timeline, window),
  ...timeline.hits.flatMap((hit) => hashWasRight(hit, seen).map((part) => ofHit(timeline, hit, part))),
];

/**
 * A watchdog gives up over a lock of 60 s and more (watchdog-mux.c, CLIENT_WATCHDOG_TIMEOUT). A second less is none: it counts whole seconds of time(), and
 * a refresh is seen by lrm_status, which is written up to a second after it.
 */
const starvedUs = 59_000_000;

/** What it gave up stays given up, so a refresh between that and the reset ten seconds later changes nothing. Where that was not seen, the reset itself. */
const decidedAt = (timeline: Timeline, node: NodeId, resetUs: number): number => {
  const before = resetsOf(timeline).findLast((reset) => reset.node === node && reset.at[1] < resetUs);
  const expired = timeline.by(node, 'watchdog-expired').findLast(({ at }) => at[1] < resetUs && at[0] > (before?.at[1] ?? -Infinity));
  return expired?.at[1] ?? resetUs;
};

const resetsStarved = (timeline: Timeline, { outer }: Window): Expectation => {
  const ages = resetsOf(timeline).filter(({ at }) => at[1] >= outer.fromUs).map(({ node, at }) => {
    const decidedUs = decidedAt(timeline, node, at[1]);
    const last = refreshesOf(timeline, node).findLast((event) => middleUs(event.at) <= decidedUs);
    return { node, us: last === undefined ? null : decidedUs - last.at[0] };
  });
  const early = ages.filter((age): age is typeof age & { readonly us: number } => age.us !== null && age.us < starvedUs);
  const unknown = ages.filter(({ us }) => us === null);
  const what = 'no node was reset over a lock that was less than 60 s old';
  if (early.length > 0) return { what, held: false, found: listed(early.map(({ node, us }) => `${node} was, ${secondsOf(us / 1000)} after a refresh`)) };
  if (unknown.length > 0) return { what, held: null, found: `no refresh of ${listed(unknown.map(({ node }) => node))} was seen` };
  return { what, held: true, found: ages.length === 0 ? 'no reset' : `all of ${ages.length} resets` };
};

const resetsWhileIdle = (timeline: Timeline, { outer }: Window): readonly Expectation[] => {
  if (timeline.started?.scenario.ha !== 'idle') return [];
  const names = [...new Set(resetsOf(timeline).filter(({ at }) => at[1] >= outer.fromUs).map(({ node }) => node))];
  return [{ what: 'no node was reset while HA was idle', held: names.length === 0, found: names.length === 0 ? 'no reset' : `${listed(names)} was` }];
};

const allBack = (timeline: Timeline, { reverted }: Window): Expectation => {
  const what = 'everything came back after the fault';
  const failed = timeline.all('trial-broken').find(({ step, interrupted }) => step === 'recover' && !interrupted);
  if (timeline.all('lab-whole').length > 0) return { what, held: true, found: 'the lab was whole again' };
  if (failed !== undefined) return { what, held: false, found: failed.because };
  return { what, held: null, found: reverted === null ? 'the fault was never reverted' : 'nobody looked to the end' };
};

/**
 * Later a peer that the hash keeps may fall silent as well: ARP has a hash of its own, and an entry that is asked for in vain fails after three questions, one
 * a second (net/ipv4/arp.c, arp_tbl: UCAST_PROBES 3, RETRANS_TIME 1 s).
 */
const byHashMs = 2000;

/** Only where the mode fixes who is cut off. */
const hashWasRight = ({ link: { node }, predicted }: Hit, { darkPairs, measuredOf }: Seen): readonly Expectation[] => {
  const what = 'the peers went dark that the hash foretold';
  if (!predicted) return [];
  if ((measuredOf[node] ?? null) === null) return [{ what, held: null, found: 'who went dark was not seen' }];
  const dark = new Set(darkPairs.filter(({ from, fromMs }) => from === node && fromMs <= byHashMs).map(({ to }) => to));
  const missing = predicted.darkPeers.filter((peer) => !dark.has(peer));
  const surplus = [...dark].filter((peer) => !predicted.darkPeers.includes(peer));
  const found = [...missing.length > 0 ? [`${listed(missing)} went on hearing`] : [], ...surplus.length > 0 ? [`${listed(surplus)} went dark, too`] : []];
  return [{ what, held: found.length === 0, found: found.length === 0 ? `${listed([...dark])} went dark` : found.join('; ') }];
};
