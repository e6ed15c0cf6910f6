// That corosync changes over to another network by itself.

import { inCells, network } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, isFenced, memberships } from './facts.ts';
import { will } from './rules.ts';

export const c23: Claim = {
  id: 'C23', source: network, phrase: 'it can switch between networks by itself', quantifier: 'will', basis: 'measured',
  population: 'corosync’s first link is over a bond whose NIC falls silent, the second over a NIC of its own',
  ...inCells(12, '802.3ad/slow-slow/second-link-own-nic'),
  judge: will((trial) => memberships(trial) === 0 && !isFenced(trial), { event: 'no membership changed and nobody was reset', figures: afterOutage, least: 12, right: 'It can switch between networks by itself, though not without a change of membership.' }),
};
