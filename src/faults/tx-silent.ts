// The fault that bondproof is about: a NIC that sends nothing, while its carrier and its receiving side stay well.

import { injectors } from '../model/scenario.ts';
import type { Fault } from './fault.ts';
import { planSilence } from './silence.ts';

export const txSilent: Fault = {
  name: 'tx-silent',
  summary: 'Every frame that the NIC sends is lost, LACPDUs included; carrier and reception stay.',
  injectors,
  // Only netem has a qdisc whose drops can be counted; what a cable loses the NIC has sent.
  proof: (injector) => ({ canary: 'lost', drops: injector === 'netem' ? 'rise' : null, tx: injector === 'cable' ? 'moves' : 'still', carrier: 1 }),
  plan: (link, { injector }) => planSilence[injector](link, 100),
};
