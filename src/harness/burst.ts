// Around the commands that make the fault and take it away, each victim sends a canary each millisecond (agent/node/burst.py): the last that passed and
// the first that did not bracket the instant closer than a command and its answer do (analysis/bracket.ts).

import type { Bench } from './bench.ts';
import type { Observer } from './observer.ts';

/** From the order until canaries surely go out: the way to the agent, which may be at its tick. It is short, for a phase has to be foreseen by so long. */
export const burstLeadMs = 50;
/** A command whose answer comes later is bracketed by its own sending and answer. */
const mostMs = 500;
/** The answer comes after the change, so little is left to be seen. */
const afterMs = 100;

export const duringBurst = async ({ open: { clock } }: Bench, senders: readonly Observer[], command: () => Promise<void>): Promise<void> => {
  for (const sender of senders) sender.burst(mostMs);
  await clock.sleep(burstLeadMs);
  await command();
  for (const sender of senders) sender.burst(afterMs);
};
