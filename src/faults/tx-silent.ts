// The fault that bondproof is about: a NIC that sends nothing, while its carrier and its receiving side stay well.

import type { Fault } from './fault.ts';
import { planNetem } from './netem.ts';

export const txSilent: Fault = {
  name: 'tx-silent',
  summary: 'The NIC loses every frame it sends, LACPDUs included; carrier and reception stay.',
  proof: { canary: 'lost', drops: 'rise', tx: 'still', carrier: 1 },
  plan: (link) => planNetem(link, 100),
};
