// balance-tlb: peers are dealt to slaves by load, anew every ten seconds (include/net/bond_alb.h BOND_TLB_REBALANCE_INTERVAL).

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

export const balanceTlb: Scenario = {
  name: 'balance-tlb',
  summary: 'Peers are dealt to slaves by load every ten seconds: who is cut off wanders.',
  bond: { mode: 'balance-tlb', ...pveBond },
  ports: { kind: 'plain' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'none',
};

export const staticTlb: Scenario = {
  ...balanceTlb,
  name: 'balance-tlb/static',
  summary: 'Peers are dealt to slaves by hash and stay there: the peers on the silent one hear nothing more, for good.',
  bond: { ...balanceTlb.bond, options: { tlbDynamicLb: 0 } },
};
