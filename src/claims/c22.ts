// That a bond under any of corosync's links is enough.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { can } from './rules.ts';

export const c22: Claim = {
  id: 'C22', source: bonds, phrase: 'The following caveats apply whenever a bond is used for Corosync traffic', quantifier: 'can', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates slow, and corosync has two links over that bond',
  ...inCells(3, '802.3ad/slow-slow/second-link-same-bond'),
  judge: can(({ result }) => result.darkPairs.length > 0 && Object.values(result.nodes).some(({ memberships, fenced }) => memberships > 0 || fenced), { event: 'memberships changed although there was a second link' }),
};
