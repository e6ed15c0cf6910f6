// A card whose data are lost while its LACPDUs are sent.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { told } from './facts.ts';
import { how } from './rules.ts';

export const u08: Claim = {
  id: 'U08', source: null, phrase: 'What if only data are lost?', quantifier: 'how', basis: 'measured',
  population: 'data of a NIC of an 802.3ad bond are lost, LACPDUs are not, rates fast',
  ...inCells(3, '802.3ad/fast-fast/data-only', '802.3ad/fast-fast/lacpdu-only'),
  judge: how((_, trials) => told(trials)),
};
