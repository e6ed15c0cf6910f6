// A second link, on a NIC of its own or on the same bond.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u07: Claim = {
  id: 'U07', source: null, phrase: 'What does a second corosync link change, on a NIC of its own or on the same bond?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates slow, with one link of corosync’s and with two',
  ...inCells(3, '802.3ad/slow-slow', '802.3ad/slow-slow/second-link-own-nic', '802.3ad/slow-slow/second-link-same-bond'),
  judge: how((_, trials) => told(trials)),
};
