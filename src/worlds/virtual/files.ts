// The files that make a machine of a lab itself: its name, its network, its cluster, its keys. The other end of this contract is guest/README.md.

import { versionOf } from '../../model/address.ts';
import { findNode, type DeviceId, type Lab, type Node, type WayToQDevice } from '../../model/lab.ts';
import { chooseMacs, hostMac } from '../../model/macs.ts';
import { markerCommand, markerPath, noEnd } from '../../model/marker.ts';
import { bridgeStanza, portsFile, portsText, stanza } from '../../model/port-stanzas.ts';
import { managementAddress } from './addresses.ts';
import { corosyncConf } from './corosync.ts';
import type { KeyPair } from './keys.ts';
import { hex, linksOf } from './machine.ts';
import type { TarFile } from './tar.ts';

/** What must be secret and of this lab alone. */
export interface Secrets {
  /** Who may log in to the machines. */
  readonly login: KeyPair;
  /** The host keys of the machines. */
  readonly hosts: Readonly<Record<DeviceId, KeyPair>>;
  /** corosync's key, 256 bytes as corosync-keygen(8) makes. */
  readonly authkey: Buffer;
}

/** The files of one machine, for its first boot. */
export const filesOf = (lab: Lab, device: DeviceId, secrets: Secrets): readonly TarFile[] => {
  const node = lab.nodes.find((one) => one.name === device);
  const host = secrets.hosts[device];
  if (!host) throw new Error(`no host key was made for ${device}`);
  return [
    { path: 'etc/hostname', content: `${device}\n`, mode: 0o644 },
    { path: 'etc/hosts', content: hostsFile(lab), mode: 0o644 },
    { path: 'etc/bondproof/machine', content: machineFile(lab, device, node), mode: 0o644 },
    { path: 'etc/ssh/ssh_host_ed25519_key', content: host.privateFile, mode: 0o600 },
    { path: 'etc/ssh/ssh_host_ed25519_key.pub', content: `${host.publicLine}\n`, mode: 0o644 },
    { path: 'root/.ssh/authorized_keys', content: `${secrets.login.publicLine}\n`, mode: 0o600 },
    ...(node ? nodeFiles(lab, node, secrets) : switchFiles(lab)),
  ];
};

const nodeFiles = (lab: Lab, node: Node, { authkey }: Secrets): readonly TarFile[] => [
  { path: 'etc/network/interfaces', content: interfacesFile(node), mode: 0o644 },
  { path: 'etc/corosync/corosync.conf', content: corosyncConf(lab), mode: 0o644 },
  { path: 'etc/corosync/authkey', content: authkey, mode: 0o400 },
  // Its presence starts corosync-qdevice.
  ...lab.qdevice === undefined ? [] : [{ path: 'etc/bondproof/qdevice', content: '', mode: 0o644 }],
];

/** The last starts corosync-qnetd, and has its options (corosync-qnetd(8)). */
const switchFiles = (lab: Lab): readonly TarFile[] => [
  ...lab.switch.dialect === 'cumulus' ? stanzaFiles(lab) : [{ path: 'etc/bondproof/links', content: switchLinks(lab), mode: 0o644 }],
  ...lab.qdevice === undefined ? [] : [{ path: 'etc/bondproof/qnetd', content: 'COROSYNC_QNETD_OPTIONS=-s off\n', mode: 0o644 }],
];

/** As Proxmox VE writes it (PVE/INotify.pm, `__write_etc_network_interfaces`), with a bond that a cluster forms on whatever the switch's ports are. */
export const interfacesFile = (node: Node): string => [
  'auto lo', 'iface lo inet loopback', '',
  ...node.slaves.flatMap((nic) => [`iface ${nic} inet manual`, '']),
  ...node.second?.nic ? [`auto ${node.second.nic}`, `iface ${node.second.nic} ${familyOf(node)} static`, addressLine(node.second.address), ''] : [],
  `auto ${node.bond}`, `iface ${node.bond} ${node.addressOn === undefined ? `${familyOf(node)} static` : 'inet manual'}`,
  ...node.addressOn === undefined ? addressLines(node) : [], `\tbond-slaves ${node.slaves.join(' ')}`, '\tbond-miimon 100', '\tbond-mode active-backup', '',
  ...node.addressOn === undefined ? [] : [
    `auto ${node.addressOn}`, `iface ${node.addressOn} ${familyOf(node)} static`, ...addressLines(node),
    ...vlanOf(node) === null ? [`\tbridge-ports ${node.bond}`, '\tbridge-stp off', '\tbridge-fd 0'] : [], '',
  ],
].join('\n');

const addressLines = ({ address, second }: Node): readonly string[] => [addressLine(address), ...second?.nic === null ? [addressLine(second.address)] : []];

/** interfaces(5). An IPv6 address is looked for on the wire before it is used (RFC 4862, 5.4), as on every node of Proxmox VE's: converge waits for more. */
const familyOf = ({ address }: Node): string => (versionOf(address) === 'ipv6' ? 'inet6' : 'inet');

const addressLine = (address: string): string => `\taddress ${address}/${versionOf(address) === 'ipv6' ? 64 : 24}`;

/** The number of the VLAN that has the address; null where that is the bond, or a bridge. */
const vlanOf = ({ addressOn }: Node): string | null => /\.(\d+)$/.exec(addressOn ?? '')?.[1] ?? null;

/** A plain switch: every port of the bonds in one bridge, which forwards at once; those of corosync's second link, where that has NICs, in another. */
const switchLinks = (lab: Lab): string => [
  `link add br0${lab.qdevice === undefined ? '' : ` address ${qdeviceMac(lab, lab.qdevice)}`} type bridge stp_state 0 forward_delay 0`,
  'link set br0 up',
  ...lab.switch.address === undefined ? [] : switchAddress(lab.switch.address, vlanOf(lab.nodes[0]!)),
  ...lab.nodes.some(({ second }) => second?.nic) ? ['link add br1 type bridge stp_state 0 forward_delay 0', 'link set br1 up'] : [],
  ...linksOf(lab, lab.switch.name).map((link) => `link set ${link.port} up master ${findNode(lab, link.node).slaves.includes(link.nic) ? 'br0' : 'br1'}`),
  '',
].join('\n');

/** In the network of the nodes' addresses. Tagged frames pass the bridge as all do: it does not filter VLANs. */
const switchAddress = (address: string, vlan: string | null): readonly string[] =>
  vlan === null ? [`address add ${address}/24 dev br0`] : [`link add br0.${vlan} up link br0 type vlan id ${vlan}`, `address add ${address}/24 dev br0.${vlan}`];

/** The same switch for ifupdown2: its administrator's file, which begins as that of Cumulus Linux does, and the one of the ports. */
const stanzaFiles = (lab: Lab): readonly TarFile[] => {
  const { address, name } = lab.switch;
  const vlan = vlanOf(lab.nodes[0]!);
  const [ports, others] = [true, false].map((isOfBond) => linksOf(lab, name).filter((link) => findNode(lab, link.node).slaves.includes(link.nic) === isOfBond).map(({ port }) => port)) as [string[], string[]];
  const interfaces = [
    `source ${portsFile.replace(/[^/]+$/, '*.intf')}\n`, stanza('lo', [], ' inet loopback'),
    ...address === undefined ? [] : [stanza(vlan === null ? 'br0' : `br0.${vlan}`, [`address ${address}/24`])],
    ...others.map((port) => stanza(port)), ...others.length === 0 ? [] : [bridgeStanza('br1', others)],
  ].join('\n');
  return [
    { path: 'etc/network/interfaces', content: interfaces, mode: 0o644 },
    { path: portsFile.slice(1), content: portsText([...ports.map((port) => stanza(port)), bridgeStanza('br0', ports)]), mode: 0o644 },
  ];
};

const hostsFile = (lab: Lab): string => ['127.0.0.1 localhost', ...lab.nodes.map((node) => `${node.address} ${node.name}`), ''].join('\n');

/** Shell variables for the boot script, which has made the machine-id when it reads them; so a node also gets its marker here, as an administrator would place it. */
const machineFile = (lab: Lab, device: DeviceId, node: Node | undefined): string => {
  const macs = macsOf(lab);
  return [
    `ROLE=${node ? 'node' : 'switch'}`,
    `MGMT_ADDRESS=${managementAddress(lab, device)}/24`,
    ...linksOf(lab, device).map((link, at) => `NIC_${at + 1}="${node ? link.nic : link.port} ${node ? macs[device]![at] ?? ownNicMac(node) : portMac(at)}"`),
    // Once: whoever placed another marker on a machine keeps it.
    ...(node ? [`[ -e ${markerPath} ] || { ${markerCommand(lab, { until: noEnd, fencing: lab.fencing })}; }`] : []),
    '',
  ].join('\n');
};

/** The addresses decide which peers the victim's first slave carries; Proxmox VE's default is to hash by MACs alone. A single peer cannot be partial. */
const macsOf = (lab: Lab) =>
  chooseMacs({ nodes: lab.nodes, victim: lab.victim, class: lab.class ?? (lab.nodes.length > 2 ? 'partial' : 'isolated'), policy: 'layer2' });

/** Of the bridge, whose VLANs have it, too. Without one a bridge has the lowest of its ports' (net/bridge/br_stp_if.c, br_stp_recalculate_bridge_id). */
const qdeviceMac = (lab: Lab, way: WayToQDevice): string => {
  const { name, address, slaves } = findNode(lab, lab.victim);
  return hostMac({ mac: macsOf(lab)[name]![0]!, address }, { first: way === 'unreached', slaves: slaves.length, address: lab.switch.address! });
};

/** Of a NIC that is in no bond: nothing hashes it. */
const ownNicMac = ({ id }: Node): string => `02:62:73:00:00:${hex(id)}`;

const portMac = (port: number): string => `02:62:72:00:00:${hex(port + 1)}`;
