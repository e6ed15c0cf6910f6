// For the node the same as rx-silent, made at the other end of the cable: it shows that the place does not matter.

import type { Fault } from './fault.ts';
import { planNetemOn } from './netem.ts';

export const switchTxSilent: Fault = {
  name: 'switch-tx-silent',
  summary: 'The switch’s port loses every frame it sends to the NIC, LACPDUs included; carrier and the other direction stay.',
  injectors: ['netem'],
  // Nobody watches the switch: that nothing comes to the NIC any more says it.
  proof: () => ({ canary: 'kept-in-use', drops: null, tx: 'moves', carrier: 1, rx: 'still' }),
  possible: (dialect) => dialect?.netdev !== undefined,

  plan(link, { dialect }) {
    const netdev = dialect?.netdev?.(link.port);
    if (netdev === undefined) throw new Error(`a switch of dialect ${dialect?.name ?? 'passive'} cannot hold a fault`);
    return planNetemOn({ device: link.switch, nic: netdev }, 100);
  },
};
