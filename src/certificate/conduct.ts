// How the switch and the node conduct themselves in one trial, from its record: what an LACP bond tells that a NIC is dead, and what it does then.

import { actorStateOf, afterMs, lacpBits, timelineOf, type Timeline, type Window } from '../analysis/index.ts';
import type { Event, EventOf, PortStates } from '../model/event.ts';
import { middleUs, msOf, type Instant } from '../model/instant.ts';

/** Times in ms. Null: it did not come, or was not seen. */
export interface Conduct {
  /** From the last LACPDU that the victim sent on the hit slave before the fault to the first of the switch with EXPIRED. */
  readonly expiredAfter: number | null;
  /** The switch's own state in that LACPDU, as a byte (IEEE 802.1AX, 6.4.2.3). */
  readonly stateAtExpired: number | null;
  /** From that one to the first LACPDU of the switch with DEFAULTED, and the state in it. */
  readonly defaultedAfter: number | null;
  readonly stateAtDefaulted: number | null;
  /** Whether the switch sent data to the node on the hit slave while that was EXPIRED. Null: it sent none there before, or it was never EXPIRED. */
  readonly forwardsWhileExpired: boolean | null;
  /** The longest time between two LACPDUs of the switch on a slave while all was well. */
  readonly longestGap: number | null;
  /** From the revert until the victim distributed on the hit slave again and the switch said that it did. */
  readonly rejoinedAfter: number | null;
  /** Whether everything that was compared is as before; null: nothing was compared. */
  readonly restored: boolean | null;
}

/** Bits of a LACPDU's state octet; include/uapi/linux/if_bonding.h, LACP_STATE_*. */
export const stateBits = { synchronization: 0x08, collecting: 0x10, distributing: 0x20 } as const;

/** Whether a state says that the port neither collects nor distributes. */
export const isMuxClear = (state: number): boolean => (state & (stateBits.collecting | stateBits.distributing)) === 0;

interface Heard { readonly us: number; readonly state: number }

export const conductOf = (events: readonly Event[]): Conduct => {
  const timeline = timelineOf(events);
  const { window, target, victim } = timeline;
  const compared = timeline.all('compared');
  const restored = compared.length === 0 ? null : compared.every(({ before, after }) => before === after);
  if (window === null || target === null) return { ...unseen, restored };
  const { nic } = target.link;
  const pdus = timeline.by(victim, 'lacpdu');
  const lastSentUs = pdus.filter(({ slave, direction, at }) => slave === nic && direction === 'out' && middleUs(at) < window.zeroUs).map(({ at }) => middleUs(at)).at(-1);
  const isOfFault = ({ at }: { readonly at: Instant }): boolean => middleUs(at) >= window.zeroUs && middleUs(at) <= window.sure.toUs;
  const heard = pdus.filter((pdu) => pdu.slave === nic && pdu.direction === 'in' && isOfFault(pdu)).flatMap(stateOf);
  const expired = heard.find(({ state }) => (state & lacpBits.expired) !== 0);
  const defaulted = expired && heard.find(({ us, state }) => us >= expired.us && (state & lacpBits.defaulted) !== 0);
  return {
    expiredAfter: expired === undefined || lastSentUs === undefined ? null : msOf(expired.us - lastSentUs),
    stateAtExpired: expired?.state ?? null,
    defaultedAfter: defaulted === undefined ? null : msOf(defaulted.us - expired!.us),
    stateAtDefaulted: defaulted?.state ?? null,
    forwardsWhileExpired: forwards(timeline, { nic, window, fromUs: expired?.us ?? null }),
    longestGap: longestGapMs(timeline, pdus, { window, hit: nic }),
    rejoinedAfter: rejoinedMs(timeline, window, nic),
    restored,
  };
};

const unseen = {
  expiredAfter: null, stateAtExpired: null, defaultedAfter: null, stateAtDefaulted: null, forwardsWhileExpired: null, longestGap: null, rejoinedAfter: null,
} as const;

const stateOf = ({ at, frame }: EventOf<'lacpdu'>): readonly Heard[] => {
  const state = actorStateOf(frame);
  return state === undefined ? [] : [{ us: middleUs(at), state }];
};

/** Fewer packets a second than these are LACPDUs, ARP and the like, and say nothing of where data goes. Probes and corosync send more than ten. */
const dataPerS = 5;

const forwards = (timeline: Timeline, { nic, window, fromUs }: { readonly nic: string; readonly window: Window; readonly fromUs: number | null }): boolean | null => {
  if (fromUs === null) return null;
  const changes = timeline.by(timeline.victim, 'lacp-changed').filter(({ slave, at }) => slave === nic && middleUs(at) >= fromUs);
  const stopped = changes.find(({ actor }) => (actor & lacpBits.distributing) === 0);
  const stoppedUs = stopped?.at[0] ?? window.sure.toUs;
  const before = receivedPerS(timeline, nic, { fromUs: window.zeroUs - 5e6, toUs: window.zeroUs });
  const during = receivedPerS(timeline, nic, { fromUs, toUs: stoppedUs });
  return before === null || during === null || before < dataPerS ? null : during >= dataPerS;
};

const receivedPerS = (timeline: Timeline, nic: string, { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number }): number | null => {
  const samples = timeline.by(timeline.victim, 'tick').filter(({ at, counters }) => at[0] >= fromUs && at[1] <= toUs && counters[nic] !== undefined);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || middleUs(last.at) - middleUs(first.at) < 500_000) return null;
  return (last.counters[nic]!.rx - first.counters[nic]!.rx) / ((middleUs(last.at) - middleUs(first.at)) / 1e6);
};

/** On every slave of the victim from the baseline on; on the one that is hit to the fault only. */
const longestGapMs = (timeline: Timeline, pdus: readonly EventOf<'lacpdu'>[], { window, hit }: { readonly window: Window; readonly hit: string }): number | null => {
  const wellUs = timeline.all('step-started').find(({ step }) => step === 'baseline')?.at[0] ?? window.outer.fromUs;
  const untilUs = (slave: string): number => slave === hit ? window.outer.fromUs : window.sure.toUs;
  const usual = pdus.filter(({ at, slave, direction }) => direction === 'in' && middleUs(at) >= wellUs && middleUs(at) <= untilUs(slave));
  const gaps = [...Map.groupBy(usual, ({ slave }) => slave).values()]
    .flatMap((those) => those.slice(1).map((each, at) => msOf(middleUs(each.at) - middleUs(those[at]!.at))));
  return gaps.length === 0 ? null : Math.max(...gaps);
};

/** Zero where it never left. */
const rejoinedMs = (timeline: Timeline, window: Window, nic: string): number | null => {
  const { reverted } = window;
  if (reverted === null) return null;
  const changes = timeline.by(timeline.victim, 'lacp-changed').filter(({ slave }) => slave === nic);
  const isIn = ({ actor, partner }: PortStates): boolean =>
    (actor & partner & lacpBits.distributing) !== 0 && ((actor | partner) & (lacpBits.expired | lacpBits.defaulted)) === 0;
  const atRevert = changes.findLast(({ at }) => middleUs(at) <= reverted[0]);
  if (atRevert !== undefined && isIn(atRevert)) return 0;
  const back = changes.find((change) => middleUs(change.at) > reverted[0] && isIn(change));
  return back === undefined ? null : afterMs(window, middleUs(back.at)) - msOf(middleUs(reverted) - window.zeroUs);
};
