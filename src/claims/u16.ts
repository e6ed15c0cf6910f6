// How corosync uses two links.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

const links = ['802.3ad/slow-slow/second-link-own-nic', '802.3ad/slow-slow/second-link-same-bond'];

/** Without a name of its own a scenario has passive. */
export const u16: Claim = {
  id: 'U16', source: null, phrase: 'What do link_mode active and rr change?', quantifier: 'how', basis: 'measured',
  population: 'a NIC of an 802.3ad bond falls silent, rates slow; corosync has two links, of which the second is over a NIC of its own or over the same bond',
  ...inCells(3, ...links.flatMap((link) => [link, `${link}/active`, `${link}/rr`])),
  judge: how((_, trials) => told(trials)),
};
