// The lab that a short lab file stands for: one of a world that brings its machines up itself.

import type { Lab } from '../model/lab.ts';
import type { TimewarpForm, VirtualForm } from './schema.ts';

/** Nodes pve1, pve2, ... with eth1 and eth2 in bond0, wired to the ports of one Linux switch in order: swp1, swp2, ... */
export const virtualLab = (form: VirtualForm | TimewarpForm): Lab => {
  const ids = Array.from({ length: form.nodes }, (_, at) => at + 1);
  return {
    name: form.name,
    world: form.world,
    cluster: form.name,
    nodes: ids.map((id) => ({ name: `pve${id}`, id, address: `10.10.10.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
    switch: { name: 'sw1', dialect: 'linux', login: null },
    links: ids.flatMap((id) => ['eth1', 'eth2'].map((nic, at) => ({
      id: `pve${id}-${nic}`,
      node: `pve${id}`,
      nic,
      switch: 'sw1',
      port: `swp${2 * id - 1 + at}`,
      transceiver: `${nic}-phy`,
    }))),
    victim: form.victim,
    class: form.class,
    // Its machines are nobody's but the lab's.
    fencing: true,
    injector: form.injector,
    virtual: form.world === 'virtual' ? { nodeMemoryMb: form.memoryMb.node, switchMemoryMb: form.memoryMb.switch, kernel: form.kernel } : null,
  };
};
