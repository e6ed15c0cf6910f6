// That the primary link wants a NIC of its own: with one, a bond that fails under another link is of no matter.

import { inCells, network } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, isFenced, memberships } from './facts.ts';
import { will } from './rules.ts';

/** The bond of one of them gives up the silent NIC by LACP, that of the other never does. */
export const c24: Claim = {
  id: 'C24', source: network, phrase: 'at least one dedicated physical NIC for the primary Corosync link', quantifier: 'will', basis: 'measured',
  population: 'corosync’s first link has a NIC of its own, the second is over a bond whose NIC falls silent, of 802.3ad with slow rates or balance-xor',
  ...inCells(6, '802.3ad/slow-slow/second-link-own-nic-first', 'balance-xor/second-link-own-nic-first'),
  judge: will((trial) => memberships(trial) === 0 && !isFenced(trial), {
    event: 'no membership changed and nobody was reset', figures: afterOutage, least: 12,
    right: 'Even with a dedicated physical NIC for the primary Corosync link, a bond under another link may disturb the cluster.',
  }),
};
