// balance-rr: every second frame goes to the silent slave, whoever it is for.

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

export const balanceRr: Scenario = {
  name: 'balance-rr',
  summary: 'Frames alternate between the slaves: half of what the victim sends is lost, and nothing notices.',
  bond: { mode: 'balance-rr', ...pveBond },
  ports: { kind: 'static' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'none',
};
