// LACPDUs alone are lost: what LACP does about a silent NIC, without anything that the cluster could miss before.

import type { Fault } from './fault.ts';
import { planNetemFor } from './netem.ts';

export const txLacpduSilent: Fault = {
  name: 'tx-lacpdu-silent',
  summary: 'The NIC loses the LACPDUs that it sends and nothing else; carrier and reception stay.',
  // A lease silences a NIC as a whole (agent/node/nft.py).
  injectors: ['netem'],
  proof: () => ({ canary: 'kept-in-use', drops: 'rise', tx: 'moves', carrier: 1, lacpdus: 'lost' }),
  plan: (link) => planNetemFor('lacpdus', link),
};
