// What no lab of ours can have yet: a claim each.

import { bonds, network, untestable } from './cells.ts';
import type { Claim } from './claim.ts';

const secondLink = 'Untested: the labs’ nodes have two NICs, both in the bond, and so no second link of corosync’s that is not over it.';
const twoSwitches = 'Untested: the labs have one switch.';

const sentence = (id: string, source: NonNullable<Claim['source']>, phrase: string, quantifier: Claim['quantifier'], population: string): Claim => ({ id, source, phrase, quantifier, population, ...untestable(secondLink) });
const question = (id: string, phrase: string, why: string): Claim => ({ id, source: null, phrase, quantifier: 'how', population: phrase, ...untestable(why) });

export const untestedLabs: readonly Claim[] = [
  sentence('C02', bonds, 'there are no other Corosync links available', 'never', 'the same faults, with a second link of corosync’s that is healthy'),
  sentence('C22', bonds, 'The following caveats apply whenever a bond is used for Corosync traffic', 'can', 'a bond that carries a second link'),
  sentence('C23', network, 'Corosync does not need a bond … it can switch between networks by itself', 'will', 'the first of two links is lost'),
  sentence('C24', network, 'at least one dedicated physical NIC for the primary Corosync link', 'will', 'the first link has a NIC of its own, the second is over a bond'),
  question('U07', 'What does a second corosync link change, on a NIC of its own or on the same bond?', secondLink),
  question('U11', 'What does LACP do over two switches without MLAG?', twoSwitches),
  question('U16', 'What do link_mode active and rr change?', secondLink),
];
