// balance-alb: balance-tlb that also deals out, by ARP, on which slave each peer answers.

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

export const balanceAlb: Scenario = {
  name: 'balance-alb',
  summary: 'Like balance-tlb, and ARP replies that leave by the silent slave are lost as well.',
  bond: { mode: 'balance-alb', ...pveBond },
  ports: { kind: 'plain' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'none',
};
