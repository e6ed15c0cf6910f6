// broadcast: every frame goes out on every slave, so that one of them is not missed.

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

export const broadcast: Scenario = {
  name: 'broadcast',
  summary: 'Each frame is sent on both slaves: the copy of the healthy one arrives.',
  bond: { mode: 'broadcast', ...pveBond },
  ports: { kind: 'static' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'unneeded',
};
