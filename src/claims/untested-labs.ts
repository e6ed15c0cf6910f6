// What no lab of ours can have yet: a claim each.

import { network, untestable } from './cells.ts';
import type { Claim } from './claim.ts';

const question = (id: string, phrase: string, why: string): Claim => ({ id, source: null, phrase, quantifier: 'how', population: phrase, ...untestable(why) });

export const untestedLabs: readonly Claim[] = [
  {
    id: 'C24', source: network, phrase: 'at least one dedicated physical NIC for the primary Corosync link', quantifier: 'will', population: 'the first link has a NIC of its own, the second is over a bond',
    ...untestable('Untested: in the labs that have two links the first one is over the bond. What a NIC of its own does for the second one is said with C02.'),
  },
  question('U11', 'What does LACP do over two switches without MLAG?', 'Untested: the labs have one switch.'),
  question('U16', 'What do link_mode active and rr change?', 'Untested: corosync has link_mode passive in the labs, as Proxmox VE sets it up.'),
];
