// The lab that a short lab file stands for: one of a world that brings its machines up itself. Its shape is free.

import { ipVersionOf } from '../model/address.ts';
import { addressOns, type AddressOn, type IpVersion, type Lab, type LabShape, type Link, type Node, type SecondLink, type Switch } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { qdeviceWrong } from './qdevice.ts';
import type { TimewarpForm, VirtualForm } from './schema.ts';

/** As the schemas have it. */
export const nodesAtMost: Readonly<Record<string, number>> & { readonly virtual: number; readonly timewarp: number } = { virtual: 8, timewarp: 32 };

export const virtualLab = (form: VirtualForm | TimewarpForm): Lab => ({
  name: form.name,
  world: form.world,
  cluster: form.name,
  ...machines(form.nodes, { second: form.secondLink ?? null, addressOn: form.addressOn ?? 'bond', ipVersion: form.ipVersion ?? 'ipv4' }),
  switch: switchOf(form.switch, form.ipVersion ?? 'ipv4'),
  victim: form.victim,
  class: form.class,
  ...form.tokenCoefficientMs !== undefined && { tokenCoefficientMs: form.tokenCoefficientMs },
  ...form.linkMode !== undefined && { linkMode: form.linkMode },
  ...form.qdevice !== undefined && { qdevice: form.qdevice },
  // Its machines are nobody's but the lab's.
  fencing: true,
  injector: form.injector,
  virtual: form.world === 'virtual' ? { nodeMemoryMb: form.memoryMb.node, switchMemoryMb: form.memoryMb.switch, kernel: form.kernel, ...form.cables === 'relayed' && { cables: form.cables } } : null,
});

/**
 * Nodes pve1, pve2, ... with eth1 and eth2 in bond0, wired to the ports of one Linux switch in order: swp1, swp2, ...; behind those the ports of eth3,
 * where corosync's second link has a NIC of its own.
 */
const machines = (nodes: number, { second, addressOn, ipVersion }: { readonly second: SecondLink | null; readonly addressOn: AddressOn; readonly ipVersion: IpVersion }): Pick<Lab, 'nodes' | 'links'> => {
  const ids = Array.from({ length: nodes }, (_, at) => at + 1);
  const addressIn = networks[ipVersion];
  return {
    nodes: ids.map((id) => ({ name: `pve${id}`, id, address: addressIn.first(id), ...names[addressOn], bond: 'bond0', slaves: ['eth1', 'eth2'], login: null, ...second !== null && { second: { address: addressIn.second(id), nic: second === 'same-bond' ? null : 'eth3', ...second === 'own-nic-first' && { first: true as const } } } })),
    links: [
      ...ids.flatMap((id) => ['eth1', 'eth2'].map((nic, at) => cable(id, nic, 2 * id - 1 + at))),
      ...second !== null && second !== 'same-bond' ? ids.map((id) => cable(id, 'eth3', 2 * nodes + id)) : [],
    ],
  };
};

/** The networks of corosync's links. A node's last octet is its id in both versions: what differs is the version alone. RFC 4193 wants 40 bits by lot. */
const networks: Readonly<Record<IpVersion, Readonly<Record<'first' | 'second', (id: number) => string>>>> = {
  ipv4: { first: (id) => `10.10.10.${id}`, second: (id) => `10.10.11.${id}` },
  ipv6: { first: (id) => `fd4c:6ea9:d7b2:10::${id.toString(16)}`, second: (id) => `fd4c:6ea9:d7b2:11::${id.toString(16)}` },
};

/** Its address is for ARP, which IPv6 does without. */
const switchOf = (dialect: string, ipVersion: IpVersion): Switch => ({ name: 'sw1', dialect, ...ipVersion === 'ipv4' && { address: '10.10.10.254' }, login: null });

/**
 * What has the address. The bridge is called as Proxmox VE's installer calls it, the VLAN as ifupdown2 knows one by its name (addons/vlan.py). An odd number
 * tells whether the tag is hashed: two slaves go by its lowest bit.
 */
const names: Readonly<Record<AddressOn, Pick<Node, 'addressOn'>>> = { bond: {}, bridge: { addressOn: 'vmbr0' }, vlan: { addressOn: 'bond0.51' } };

const cable = (id: number, nic: string, port: number): Link => ({ id: `pve${id}-${nic}`, node: `pve${id}`, nic, switch: 'sw1', port: `swp${port}`, transceiver: `${nic}-phy` });

/**
 * The lab in this shape. Machines that are there are as many as there are, and whose NIC is silenced is their lab file's to say: both must be so
 * already; the rest of the shape is looked for on the machines (harness/shape.ts). Throws a Problem where the lab cannot have it.
 */
export const shapedLab = (lab: Lab, shape: LabShape, scenario?: string): Lab => {
  const nodes = shape.nodes ?? lab.nodes.length;
  const refuse = (found: string, right: string, todo?: string): never => {
    throw new Problem({ asked: `lab ${lab.name} with ${nodes} nodes${scenario === undefined ? '' : ` for scenario ${scenario}`}`, found, right, ...todo !== undefined && { todo }, exitCode: exitCodes.usage });
  };
  const most = nodesAtMost[lab.world];
  if (most === undefined) {
    const victim = shape.victim === undefined ? lab.victim : nodeOfRank(lab, shape.victim);
    if (nodes === lab.nodes.length && victim === lab.victim) return lab;
    if (nodes === lab.nodes.length) return refuse(`its victim is ${lab.victim}`, `${victim ?? 'a node more'}, which by corosync’s ids is ${shape.victim}`, `write \`victim: ${victim ?? shape.victim}\` into the lab file, or leave the scenario out`);
    return refuse(`its machines are there, and are ${lab.nodes.length}`, `a scenario for ${lab.nodes.length} nodes, or a lab of ${nodes}`, 'leave the scenario out, or take `lab` out of its file to try it all the same');
  }
  if (nodes > most) return refuse(`the ${lab.world} world takes up to ${most}`, `2 to ${most} nodes`);
  const ipVersion = shape.ipVersion ?? ipVersionOf(lab);
  const made = { ...lab, ...machines(nodes, { second: shape.secondLink ?? secondOf(lab), addressOn: shape.addressOn ?? addressOnOf(lab), ipVersion }), switch: ipVersion === ipVersionOf(lab) ? lab.switch : switchOf(lab.switch.dialect, ipVersion), victim: shape.victim ?? lab.victim, class: shape.class ?? lab.class, ...shape.tokenCoefficientMs !== undefined && { tokenCoefficientMs: shape.tokenCoefficientMs }, ...shape.linkMode !== undefined && { linkMode: shape.linkMode }, ...shape.qdevice !== undefined && { qdevice: shape.qdevice } };
  if (!made.nodes.some(({ name }) => name === made.victim)) return refuse(`the victim is ${made.victim}, which is none of them`, `a victim from pve1 to pve${nodes}`);
  if (nodes < 3 && (made.class ?? 'partial') === 'partial') return refuse('its class is partial, and a victim with one peer reaches all of them or none', '3 nodes or more, or class none or isolated');
  const wrong = made.qdevice === undefined ? null : qdeviceWrong({ nodes, ipVersion, addressOn: addressOnOf(made), engine: made.switch.dialect });
  if (wrong !== null) return refuse(wrong.found, wrong.right);
  return made;
};

const secondOf = ({ nodes }: Lab): SecondLink | null => {
  const second = nodes[0]?.second;
  return second === undefined ? null : second.nic === null ? 'same-bond' : second.first ? 'own-nic-first' : 'own-nic';
};

const addressOnOf = ({ nodes }: Lab): AddressOn => addressOns.find((each) => names[each].addressOn === nodes[0]?.addressOn) ?? 'bond';

/** The node that pve1, pve2, ... is by corosync's ids. */
const nodeOfRank = (lab: Lab, rank: string): string | undefined => lab.nodes.toSorted((a, b) => a.id - b.id)[Number(rank.slice('pve'.length)) - 1]?.name;
