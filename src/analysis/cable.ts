// Whether the hit cable leads where the lab file says: frames that were sent on the NIC have to come to its port.

import type { EventOf } from '../model/event.ts';
import type { Timeline } from './timeline.ts';
import type { ProofPart } from './validity.ts';

/** Some may be lost on the way, and counters need not count an Ethernet frame's head. */
const cameRatio = 0.8;

/** None where no cable was tried: by the trial itself, of a switch that does not count, or before there were such trials. */
export const cableParts = (timeline: Pick<Timeline, 'all'>): readonly ProofPart[] => lastOfEach(timeline.all('cable-tried')).map(({ link, bytes, came }) => {
  const enough = Object.keys(came).filter((port) => came[port]! >= cameRatio * bytes);
  const of = `${came[link.port] ?? 0} of ${bytes} bytes came to ${link.port}`;
  return { what: `${link.id} leads to ${link.port}`, held: enough.includes(link.port), found: enough.length === 0 || enough.includes(link.port) ? of : `${of}, and ${came[enough[0]!]!} to ${enough[0]!}` };
});

/** The last try of each victim's cable. */
const lastOfEach = (tried: readonly EventOf<'cable-tried'>[]): readonly EventOf<'cable-tried'>[] => [...Map.groupBy(tried, ({ link }) => link.node).values()].map((those) => those.at(-1)!);

/** Null, or what is wrong with the cable: then the trial does not count, whatever became of it. */
export const cableWrong = (timeline: Pick<Timeline, 'all'>): string | null => cableParts(timeline).filter(({ held }) => !held).map(({ what, found }) => `${what} (${found})`)[0] ?? null;
