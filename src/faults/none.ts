// The control of tx-silent: every step of it but the loss, so that what the procedure itself does to a cluster is seen alone.

import type { Fault } from './fault.ts';
import { planNetem } from './netem.ts';

export const none: Fault = {
  name: 'none',
  summary: 'The same procedure as tx-silent, with a loss of nothing.',
  // The canary alone makes the NIC's tx counter move.
  proof: { canary: 'kept', drops: 'still', tx: 'moves', carrier: 1 },
  plan: (link) => planNetem(link, 0),
};
