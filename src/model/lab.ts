// A lab: what is wired to what.

import type { Injector, PortsConfig } from './scenario.ts';

export type DeviceId = string;
export type NodeId = DeviceId;
export type LinkId = string;

/** What the transmit hash does to the victim's peers: all keep their path, some lose it, all lose it. */
export const faultClasses = ['partial', 'none', 'isolated'] as const;
export type FaultClass = (typeof faultClasses)[number];

/** What speaks LACP on the switch of a lab that bondproof makes. */
export const lacpEngines = ['linux', 'openvswitch', 'teamd'] as const;
export type LacpEngineName = (typeof lacpEngines)[number];

/** The dialects that such a switch may have: an engine each, and Linux bonding once more, as Cumulus Linux has it configured. */
export const switchEngines = [...lacpEngines, 'cumulus'] as const;

/** What speaks LACP on a switch of this dialect, where that is known. */
export const lacpEngineOf = (dialect: string): LacpEngineName | undefined => (dialect === 'cumulus' ? 'linux' : lacpEngines.find((each) => each === dialect));

/** What a lab's cables are as a device, where they can be told anything: no node or switch is called so (labs/virtual-lab.ts). */
export const cables: DeviceId = 'cables';

/** How a device is reached. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The user is a plain one: each command goes through sudo and the gate (gate/). */
  readonly sudo: boolean;
  /** Path of the private key; null: the agent at SSH_AUTH_SOCK. */
  readonly keyFile: string | null;
  /** The host key's fingerprint as `ssh-keygen -l` prints it: `SHA256:` and 43 base64 characters. */
  readonly hostKey: string;
}

/** By the names that net-snmp's tools have for them: RFC 3414 (md5, sha), RFC 7860 (the others). */
export const snmpAuths = ['sha512', 'sha384', 'sha256', 'sha224', 'sha', 'md5'] as const;
export type SnmpAuth = (typeof snmpAuths)[number];

/** RFC 3826 (aes, of 128 bits). 256 bits are no standard, and keys are made in two ways: as most do (b, Blumenthal), or as Cisco does (r, Reeder). DES is not spoken: OpenSSL 3 has it no more. */
export const snmpPrivacies = ['aes', 'aes256b', 'aes256r'] as const;
export type SnmpPrivacy = (typeof snmpPrivacies)[number];

/** How a switch is asked by SNMP. Pass phrases and the community are in files of these names. */
export type SnmpLogin = { readonly host: string; readonly port: number } & (
  | {
    readonly version: 'v3';
    readonly user: string;
    readonly auth: { readonly protocol: SnmpAuth; readonly keyFile: string };
    readonly privacy: { readonly protocol: SnmpPrivacy; readonly keyFile: string };
  }
  | { readonly version: 'v2c'; readonly communityFile: string }
);

export interface Node {
  readonly name: NodeId;
  /** corosync's nodeid. */
  readonly id: number;
  /** The address on the bond, the one that corosync uses: IPv4, or IPv6 as inet_ntop(3) writes it. All nodes have the same of the two. */
  readonly address: string;
  /** The interface that has it, where that is not the bond itself: a bridge or a VLAN above it, like vmbr0 or bond0.51. */
  readonly addressOn?: string;
  /** corosync's other link: the address, and the NIC where that has one of its own. `first`: it is link 0, and what is over the bond link 1. */
  readonly second?: { readonly address: string; readonly nic: string | null; readonly first?: true };
  /** The bond's interface name. */
  readonly bond: string;
  /** The bond's NICs in order of enslavement: the kernel numbers them by it when it hashes. */
  readonly slaves: readonly string[];
  /** On a managed switch, by its own name for it: the aggregate that the node's ports are in, or would be. */
  readonly aggregate?: string;
  /** On a managed switch: the VLAN that its ports are untagged members of; absent: theirs is left alone. */
  readonly vlan?: number;
  /** Null where the world brings the node up itself and knows how to reach it. */
  readonly login: Login | null;
}

/** What the user of a managed switch answers for: lines that have met no real device are sent; it is changed though nothing there takes a change back by itself. */
export const allowances = ['unproven', 'no-dead-man'] as const;
export type Allowance = (typeof allowances)[number];

export interface Switch {
  readonly name: DeviceId;
  /** A name from switches/index.ts, or `passive`: nobody logs in to it, nothing there is asked or changed. */
  readonly dialect: string;
  /** The dialect of a managed switch in a trial's lab, beside which the trial is; `dialect` is passive then. */
  readonly managed?: string;
  /** What the ports are, by the lab file: of a passive switch, and of a managed one that has no dead man. */
  readonly ports?: PortsConfig;
  readonly allow?: readonly Allowance[];
  /** IPv4 address in the network of the nodes' bonds, which answers ARP there; without it nobody knows one. */
  readonly address?: string;
  readonly login: Login | null;
  /** Absent where it is not asked by SNMP; null in records, as logins are. */
  readonly snmp?: SnmpLogin | null;
}

/** One cable: node NIC to switch port. */
export interface Link {
  /** `<node>-<nic>`, like `pve1-eth1`. */
  readonly id: LinkId;
  readonly node: NodeId;
  readonly nic: string;
  readonly switch: DeviceId;
  readonly port: string;
  /** Virtual labs: the interface on the node that stands for the NIC's transceiver; to take it down is to pull the cable. */
  readonly transceiver: string | null;
}

export interface Lab {
  readonly name: string;
  readonly world: string;
  /** corosync's cluster_name. */
  readonly cluster: string;
  readonly nodes: readonly Node[];
  readonly switch: Switch;
  readonly links: readonly Link[];
  /** The node whose NIC is silenced. */
  readonly victim: NodeId;
  /** Which class the lab's addresses are chosen for; null: whatever the hardware's addresses give. */
  readonly class: FaultClass | null;
  /** corosync's token_coefficient where bondproof makes the lab; without it what `pvecm create` writes today (worlds/virtual/corosync.ts). */
  readonly tokenCoefficientMs?: number;
  /** corosync's link_mode where bondproof makes the lab; without it passive, as Proxmox VE sets it up. */
  readonly linkMode?: LinkMode;
  /** The cluster has a QDevice, whose host is the switch's machine; where bondproof makes the lab. */
  readonly qdevice?: WayToQDevice;
  /** Whether nodes of this lab may be reset by their watchdogs. */
  readonly fencing: boolean;
  /** How NICs are silenced, where a command does not say otherwise. */
  readonly injector: Injector;
  /** What only the virtual world reads. */
  readonly virtual: { readonly nodeMemoryMb: number; readonly switchMemoryMb: number; readonly kernel: 'debian' | 'own'; /** Through the holder of the lab, which can cut them; absent: from machine to machine. */ readonly cables?: 'relayed' } | null;
}

/** What of a lab a scenario may ask for, for it was found on such a one or is about it. */
export interface LabShape {
  readonly nodes?: number;
  /** Of the hash policy layer2: what that makes of the addresses. */
  readonly class?: FaultClass;
  /** pve1 is the node of the lowest corosync id, and so on. */
  readonly victim?: NodeId;
  readonly tokenCoefficientMs?: number;
  readonly secondLink?: SecondLink;
  readonly linkMode?: LinkMode;
  readonly qdevice?: WayToQDevice;
  readonly addressOn?: AddressOn;
  readonly ipVersion?: IpVersion;
}

/** Of corosync's addresses, by the names that corosync.conf(5) has for them (ip_version). */
export const ipVersions = ['ipv4', 'ipv6'] as const;
export type IpVersion = (typeof ipVersions)[number];

/** What has corosync's address: the bond itself, a bridge whose port the bond is (as Proxmox VE's installer makes vmbr0), or a VLAN of the bond. */
export const addressOns = ['bond', 'bridge', 'vlan'] as const;
export type AddressOn = (typeof addressOns)[number];

/** Two links of corosync's: link 1 over a NIC and a network of its own, or with a second address on the same bond; or link 0 over a NIC of its own, and link 1 over the bond. */
export const secondLinks = ['own-nic', 'same-bond', 'own-nic-first'] as const;
export type SecondLink = (typeof secondLinks)[number];

/** corosync.conf(5), link_mode: by which of its links corosync sends: the first that is up, all of them, or each in turn. */
export const linkModes = ['passive', 'active', 'rr'] as const;
export type LinkMode = (typeof linkModes)[number];

/**
 * Of what the victim sends to the QDevice's host, under layer2, whose hash decides it by that host's MAC (macs.ts): it goes by the other slave than the
 * first, which falls silent (reached), or by that one (unreached).
 */
export const waysToQDevice = ['reached', 'unreached'] as const;
export type WayToQDevice = (typeof waysToQDevice)[number];

/** corosync.conf(5): up to which the token's time-out grows with each node beyond two by so much. */
export const tokenCoefficientRange = { least: 1, most: 60_000 } as const;

/** In the order of corosync's links. */
export const corosyncAddresses = ({ address, second }: Node): readonly string[] =>
  second === undefined ? [address] : second.first ? [second.address, address] : [address, second.address];

export const findNode = (lab: Lab, name: NodeId): Node =>
  lab.nodes.find((node) => node.name === name) ?? missing(lab, 'node', name, lab.nodes.map((node) => node.name));

export const findLink = (lab: Lab, node: NodeId, nic: string): Link =>
  lab.links.find((link) => link.node === node && link.nic === nic) ?? missing(lab, 'link', `${node}-${nic}`, lab.links.map((link) => link.id));

export const nodeById = (lab: Lab, id: number): Node =>
  lab.nodes.find((node) => node.id === id) ?? missing(lab, 'node with id', String(id), lab.nodes.map((node) => String(node.id)));

/** A switch that only its effects are seen of. */
export const passive = 'passive';
export const isPassive = (lab: Lab): boolean => lab.switch.dialect === passive;

/** Devices that can be asked, in the order in which a lab is taken: the switch, which no trial resets, before the nodes. */
export const deviceIds = (lab: Lab): readonly DeviceId[] => [...isPassive(lab) ? [] : [lab.switch.name], ...lab.nodes.map((node) => node.name)];

const missing = (lab: Lab, kind: string, name: string, there: readonly string[]): never => {
  throw new Error(`lab ${lab.name} has no ${kind} "${name}"; it has ${there.join(', ')}`);
};
