// That it takes a cluster without another link.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { afterOutage, memberships } from './facts.ts';
import { never } from './rules.ts';

export const c02: Claim = {
  id: 'C02', source: bonds, phrase: 'there are no other Corosync links available', quantifier: 'never', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates slow, and corosync has a second link over a NIC of its own',
  ...inCells(12, '802.3ad/slow-slow/second-link-own-nic'),
  judge: never((trial) => memberships(trial) > 0, { event: 'a membership changed', figures: afterOutage, least: 12, right: 'This may happen even if there are other Corosync links.' }),
};
