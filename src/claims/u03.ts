// ARP monitoring, the one detector that bonds without LACP have.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u03: Claim = {
  id: 'U03', source: null, phrase: 'Does ARP monitoring help active-backup?', quantifier: 'how', basis: 'measured',
  population: 'the active slave of an active-backup bond with ARP monitoring falls silent',
  ...inCells(3, 'active-backup/active/arp', 'active-backup/active/arp-validate', 'active-backup/active/arp-validate-peers'),
  judge: how((_, trials) => told(trials)),
};
