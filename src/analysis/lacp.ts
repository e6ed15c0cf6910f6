// LACP as a victim sees it: when the switch gave the silent port up, and when the victim stopped using it.

import type { Hit } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import type { LacpResult } from '../model/result.ts';
import type { Timeline, Window } from './timeline.ts';
import { afterMs, awaySpans, during } from './timeline.ts';

/** Port state bits of include/uapi/linux/if_bonding.h: LACP_STATE_LACP_TIMEOUT (short ones are asked for), LACP_STATE_DISTRIBUTING, LACP_STATE_DEFAULTED, LACP_STATE_EXPIRED. */
export const lacpBits = { timeout: 0x02, distributing: 0x20, defaulted: 0x40, expired: 0x80 } as const;

/** Where the actor's state lies in a LACPDU's frame: Ethernet's 14 octets, subtype, version, TLV head, then 14 of the TLV (IEEE 802.1AX, 6.4.2.3). */
const actorStateAt = 32;

/** What its sender says of its port. Undefined: the frame is cut short. */
export const actorStateOf = (frame: string): number | undefined => Buffer.from(frame, 'base64').at(actorStateAt);

/** Null where the bond does not speak LACP, or no slave was chosen. What the victim says after a reset is of another life and does not count. */
export const lacpOf = (timeline: Timeline, window: Window, hit: Hit | null = timeline.target): LacpResult | null => {
  if (hit === null || timeline.started?.scenario.bond.mode !== '802.3ad') return null;
  const { node, nic } = hit.link;
  const resetUs = awaySpans(timeline, node).map((span) => span.fromUs).find((us) => us >= window.outer.fromUs && us <= window.watchEnd[0]) ?? Infinity;
  const changes = timeline.by(node, 'lacp-changed').filter((event) => event.slave === nic && during(window, event.at) && middleUs(event.at) <= resetUs);
  const firstMs = (is: (states: { readonly actor: number; readonly partner: number }) => boolean): number | null => {
    const change = changes.find(is);
    return change === undefined ? null : Math.max(0, afterMs(window, middleUs(change.at)));
  };
  const instants = {
    switchExpiredMs: firstMs(({ partner }) => (partner & lacpBits.expired) !== 0),
    switchDefaultedMs: firstMs(({ partner }) => (partner & lacpBits.defaulted) !== 0),
    nodeStoppedMs: firstMs(({ actor }) => (actor & lacpBits.distributing) === 0),
  };
  const widthsUs = changes.map(({ at }) => at[1] - at[0]);
  const errorMs = (window.injected[1] - window.injected[0] + Math.max(0, ...widthsUs)) / 2000;
  return { ...instants, errorMs, preventedByReset: resetUs !== Infinity && Object.values(instants).includes(null) };
};

/** How often the LACP bits of any slave changed, from what was known before. The first that an agent says of a slave is no change. */
export const lacpChanges = (timeline: Timeline, window: Window): number => {
  const known = new Map<string, string>();
  let changes = 0;
  for (const { by, slave, actor, partner, at } of timeline.all('lacp-changed')) {
    const port = `${by} ${slave}`;
    const bits = `${actor} ${partner}`;
    if (during(window, at) && known.has(port) && known.get(port) !== bits) changes++;
    known.set(port, bits);
  }
  return changes;
};
