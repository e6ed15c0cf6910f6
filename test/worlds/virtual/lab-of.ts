// A virtual lab as its lab file would give it, for the tests of this folder.

import type { Lab } from '../../../src/model/lab.ts';

export const labOf = (count: number, more: Partial<Lab> = {}): Lab => ({
  name: 'virtual',
  world: 'virtual',
  cluster: 'virtual',
  nodes: Array.from({ length: count }, (_, at) => ({ name: `pve${at + 1}`, id: at + 1, address: `10.10.10.${at + 1}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
  switch: { name: 'sw1', dialect: 'linux', address: '10.10.10.254', login: null },
  links: Array.from({ length: 2 * count }, (_, at) => {
    const node = `pve${Math.floor(at / 2) + 1}`;
    const nic = `eth${(at % 2) + 1}`;
    return { id: `${node}-${nic}`, node, nic, switch: 'sw1', port: `swp${at + 1}`, transceiver: `${nic}-phy` };
  }),
  victim: 'pve1',
  class: 'partial',
  fencing: true,
  injector: 'netem',
  virtual: { nodeMemoryMb: 256, switchMemoryMb: 128, kernel: 'debian' },
  ...more,
});

/** Not random: 0, 1, 2... going on from call to call. */
export const countingBytes = (): ((size: number) => Buffer) => {
  let next = 0;
  return (size) => Buffer.from(Array.from({ length: size }, () => next++ % 256));
};
