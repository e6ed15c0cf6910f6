// The control of tx-silent: every step of it but the loss, so that what the procedure itself does to a cluster is seen alone.

import { injectors } from '../model/scenario.ts';
import type { Fault } from './fault.ts';
import { planSilence } from './silence.ts';

export const none: Fault = {
  name: 'none',
  summary: 'The same procedure as tx-silent, with a loss of nothing.',
  injectors,
  // The canary alone makes the NIC's tx counter move.
  proof: (injector) => ({ canary: 'kept', drops: injector === 'netem' ? 'still' : null, tx: 'moves', carrier: 1 }),
  plan: (link, { injector }) => planSilence[injector](link, 0),
};
