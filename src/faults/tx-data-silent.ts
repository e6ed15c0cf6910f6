// A gray failure: all that the NIC sends is lost but LACPDUs, as where one queue of several is stuck. LACP has nothing to miss.

import type { Fault } from './fault.ts';
import { planNetemFor } from './netem.ts';

export const txDataSilent: Fault = {
  name: 'tx-data-silent',
  summary: 'The NIC loses every frame it sends but LACPDUs; carrier and reception stay.',
  // A lease silences a NIC as a whole (agent/node/nft.py).
  injectors: ['netem'],
  // The NIC's tx counter goes on with LACPDUs, and stands still where LACP is not spoken.
  proof: () => ({ canary: 'lost', drops: 'rise', tx: null, carrier: 1, lacpdus: 'kept' }),
  plan: (link) => planNetemFor('data', link),
};
