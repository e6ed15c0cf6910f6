// The controls: the procedure without the fault, and a fault that everything must survive. Both on the best of the configurations.

import type { Scenario } from '../model/scenario.ts';
import { fastFast } from './lacp.ts';

export const controls: readonly Scenario[] = [
  {
    ...fastFast,
    name: 'control/none',
    summary: 'Every step of a trial but the loss: whatever happens here is the procedure itself.',
    fault: 'none',
    detector: 'unneeded',
  },
  {
    ...fastFast,
    name: 'control/carrier-down',
    summary: 'The cable is pulled: miimon sees it, and the bond goes on with the other slave.',
    fault: 'carrier-down',
    detector: 'carrier',
  },
];
