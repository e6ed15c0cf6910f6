// What no lab of ours can have yet: a claim each.

import { untestable } from './cells.ts';
import type { Claim } from './claim.ts';

const question = (id: string, phrase: string, why: string): Claim => ({ id, source: null, phrase, quantifier: 'how', population: phrase, ...untestable(why) });

export const untestedLabs: readonly Claim[] = [
  question('U11', 'What does LACP do over two switches without MLAG?', 'Untested: the labs have one switch.'),
];
