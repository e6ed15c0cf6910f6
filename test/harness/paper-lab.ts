// A lab that exists on paper only.

import type { Lab } from '../../src/model/lab.ts';
import type { Scenario } from '../../src/model/scenario.ts';

export const paperLab: Lab = {
  name: 'paper', world: 'virtual', cluster: 'paper', victim: 'pve1', class: 'partial', fencing: true, injector: 'netem',
  nodes: [1, 2, 3].map((id) => ({ name: `pve${id}`, id, address: `10.10.10.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
  switch: { name: 'sw1', dialect: 'linux', address: '10.10.10.254', login: null },
  links: [1, 2, 3].flatMap((id) => [1, 2].map((n) => ({
    id: `pve${id}-eth${n}`, node: `pve${id}`, nic: `eth${n}`, switch: 'sw1', port: `swp${2 * id - 2 + n}`, transceiver: `eth${n}-phy`,
  }))),
  virtual: { nodeMemoryMb: 256, switchMemoryMb: 128, kernel: 'debian' },
};

export const paperScenario = (over: Partial<Scenario> = {}): Scenario => ({
  name: '802.3ad/fast-fast', summary: 'on paper', bond: { mode: '802.3ad', lacpRate: 'fast', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'lacp', rate: 'fast' },
  fault: 'tx-silent', target: 'first', ha: 'armed', detector: 'lacp', ...over,
});
