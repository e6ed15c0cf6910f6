// What every fault keeps, whatever it does.

import type { ExecutionContext } from 'ava';
import type { Fault } from '../../src/faults/fault.ts';
import { ourBlock } from '../../src/faults/rx-silent.ts';
import type { Change } from '../../src/model/command.ts';
import { cables, type Lab, type Link } from '../../src/model/lab.ts';
import { injectors, type Injector } from '../../src/model/scenario.ts';
import type { Dialect } from '../../src/switches/dialect.ts';

/** Three nodes with the same NIC names; one link has no transceiver, as on hardware. */
export const paperLab: Lab = {
  name: 'paper', world: 'virtual', cluster: 'paper', victim: 'pve1', class: null, fencing: true, injector: 'netem', virtual: null,
  nodes: [1, 2, 3].map((id) => ({ name: `pve${id}`, id, address: `10.10.10.${id}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
  switch: { name: 'sw1', dialect: 'paper', login: null },
  links: [1, 2, 3].flatMap((id) => [1, 2].map((nic): Link => ({
    id: `pve${id}-eth${nic}`, node: `pve${id}`, nic: `eth${nic}`, switch: 'sw1', port: `swp${2 * id - 2 + nic}`, transceiver: id === 3 ? null : `eth${nic}-phy`,
  }))),
};

/** Talks to no switch that exists, so that no fault can lean on a vendor's words. */
export const paperDialect: Dialect = {
  name: 'paper',
  summary: 'on paper',
  configure: () => [],
  current: () => ({ command: { argv: ['current'] }, parse: () => ({ kind: 'plain' }) }),
  health: () => ({ command: { argv: ['health'] }, parse: () => [] }),
  portDown: (port) => ({ argv: ['port', port, 'down'] }),
  portUp: (port) => ({ argv: ['port', port, 'up'] }),
  netdev: (port) => port,
  rate: { set: (port, rate) => ({ argv: ['rate', port, rate] }), shown: (port) => ({ argv: ['rate', port] }) },
  version: { command: { argv: ['version'] }, parse: (stdout) => stdout },
};

export const planOn = (fault: Fault, link: Link, injector: Injector = 'netem'): Change => fault.plan(link, { lab: paperLab, dialect: paperDialect, injector });

export const testFault = (t: ExecutionContext, fault: Fault): void => {
  t.regex(fault.name, /^[a-z]+(-[a-z]+)*$/);
  for (const link of paperLab.links) for (const injector of injectors) {
    const change = planOn(fault, link, injector);
    const actions = [...change.stage, ...change.apply, ...change.revert];
    t.true(change.apply.length > 0, 'it does something');
    t.true(change.revert.length > 0, 'it can be undone');
    t.deepEqual(JSON.parse(JSON.stringify(change)), change, 'it is plain data');
    t.deepEqual(planOn(fault, link, injector), change, 'planning leaves nothing behind');
    const places = fault.injectors.includes(injector) && injector === 'cable' ? [cables] : [link.node, link.switch];
    t.deepEqual(actions.filter(({ device }) => !places.includes(device)), [], 'it touches only the ends of its link, or what is between them');
    t.deepEqual(actions.filter(({ device, command }) => command.argv.some((word) => foreignTo(link, device).includes(word))), [], 'it names no other link');
    // A block is the NIC's that the staging gave it to.
    const own = (device: string) => (device === cables ? [link.id] : device === link.switch ? [link.port] : [link.nic, link.transceiver, ourBlock]);
    t.deepEqual(actions.filter(({ device, command }) => !command.argv.some((word) => own(device).includes(word))), [], 'every action names its link');
    if (!fault.injectors.includes(injector)) t.deepEqual(change, planOn(fault, link, 'netem'), 'what it is not made by changes nothing');
  }
};

/** Names of other links' ends on the same device. */
const foreignTo = (link: Link, device: string): readonly string[] =>
  paperLab.links.filter((other) => other !== link).flatMap((other) => [
    ...(other.node === device ? [other.nic, other.transceiver ?? ''] : []),
    ...(other.switch === device ? [other.port] : []),
    ...(device === cables ? [other.id] : []),
  ]);
