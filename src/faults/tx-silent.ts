// The fault that bondproof is about: a NIC that sends nothing, while its carrier and its receiving side stay well.

import { injectors } from '../model/scenario.ts';
import type { Fault } from './fault.ts';
import { planSilence } from './silence.ts';

export const txSilent: Fault = {
  name: 'tx-silent',
  summary: 'The NIC loses every frame it sends, LACPDUs included; carrier and reception stay.',
  injectors,
  // Only netem has a qdisc whose drops can be counted.
  proof: (injector) => ({ canary: 'lost', drops: injector === 'netem' ? 'rise' : null, tx: 'still', carrier: 1 }),
  plan: (link, { injector }) => planSilence[injector](link, 100),
};
