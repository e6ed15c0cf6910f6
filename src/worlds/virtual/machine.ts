// The command line of a lab's machines, and the network that their management NICs hang on. The other end of this contract is guest/README.md.

import { join } from 'node:path';
import { deviceIds, type DeviceId, type Lab, type Link } from '../../model/lab.ts';
import { cablePorts, holderAddress, managementAddress, managementPair } from './addresses.ts';
import { names, type Launch } from './launch.ts';
import type { MachineLaunch } from './supervisor.ts';

/** What of a lab image a machine is started from. */
export interface BootImage {
  readonly folder: string;
  /** The kernel, a program. */
  readonly kernel: string;
  /** The root file system, never written to. */
  readonly disk: string;
}

/** Where a lab's machines are put. */
export interface Seat {
  readonly folder: string;
  /** The host's processors, in the order in which the machines take them. */
  readonly cores: readonly number[];
}

/** A board's time from reset to its kernel. */
const resetMs = 2_000;

export const launchOf = (lab: Lab, image: BootImage, { folder, cores }: Seat): Launch => {
  const memory = join(folder, names.memory);
  return {
    network: ['link set lo up', ...deviceIds(lab).flatMap((device) => managementNetwork(lab, device))],
    machines: deviceIds(lab).map((device, at) => {
      const machine = machineOf(lab, device, image, folder, memory);
      return { ...machine, argv: [...pinTo(cores[at % cores.length]!), ...nameless, ...machine.argv] };
    }),
    cables: isRelayed(lab) ? lab.links.map(({ id }) => ({ link: id, ...cablePorts(lab, id) })) : [],
    resetMs,
    memory,
  };
};

/**
 * A machine stays on one processor. Each of its system calls goes from the process that plays its user to the one that plays its kernel and
 * back, and waking the other processor for that cost 44 µs where the way on one took 26 (an EPYC without KVM).
 */
const pinTo = (core: number): readonly string[] => ['taskset', '--cpu-list', String(core)];

/**
 * A kernel that reboots executes what it was called as (arch/um/os-Linux/main.c), with the files of the one before still open: its cables'
 * sockets, too, so that they cannot be bound again and its NICs stay dead (seen with Linux 7.2.7). There is no program of this name, so it ends
 * instead, and is started as after any other reset.
 */
const nameless: readonly string[] = ['bash', '-c', 'exec -a bondproof-machine "$@"', 'bash'];

/**
 * Each machine has a wire of its own to the holder, not a common segment: what machines say to each other can only take the bond.
 * No IPv6 addresses are made up on it, for their chatter wakes machines.
 */
const managementNetwork = (lab: Lab, device: DeviceId): readonly string[] => {
  const { machineEnd, holderEnd } = managementPair(lab, device);
  return [
    `link add ${holderEnd} type veth peer name ${machineEnd}`,
    `link set ${holderEnd} addrgenmode none`,
    `link set ${machineEnd} addrgenmode none`,
    `addr add ${holderAddress} peer ${managementAddress(lab, device)} dev ${holderEnd}`,
    `link set ${machineEnd} up`,
    `link set ${holderEnd} up`,
  ];
};

const machineOf = (lab: Lab, device: DeviceId, image: BootImage, folder: string, memory: string): MachineLaunch => ({
  name: device,
  argv: [
    image.kernel, `umid=${device}`, `uml_dir=${memory}/`, `mem=${memoryMb(lab, device)}M`, 'seccomp=on', 'quiet',
    `ubd0=${join(memory, `${device}.cow`)},${image.disk}`, `ubd1r=${join(folder, names.files(device))}`, 'root=/dev/ubda', 'rw',
    'con=null', 'con0=null,fd:1', 'ssl=null', 'init=/usr/lib/bondproof/boot', ...lab.virtual?.kernel === 'own' ? builtInOptions : [],
    // gro: room for the large frames that the host leaves for a NIC to cut up; without it they are lost (arch/um/drivers/vector_kern.c, get_req_size).
    `vec0:transport=raw,gro=1,ifname=${managementPair(lab, device).machineEnd},mac=${ownMac(lab, device, 0)}`,
    ...linksOf(lab, device).map((link, at) => cable(lab, device, link, at + 1)),
  ],
  // The image's folder, where the kernel finds its loader.
  cwd: image.folder,
  scratch: join(memory, device),
  console: join(folder, names.console(device)),
  ssh: { host: managementAddress(lab, device), port: 22 },
});

/** What modprobe.d says of modules, for a kernel that has none; and bonding makes no bond of its own (drivers/net/bonding/bond_main.c, max_bonds). */
const builtInOptions = ['softdog.soft_margin=10', 'softdog.soft_panic=1', 'softdog.nowayout=0', 'bonding.max_bonds=0'];

/** The cables of a machine, in the order of its NICs: vec1 is the first. */
export const linksOf = (lab: Lab, device: DeviceId): readonly Link[] => {
  const node = lab.nodes.find((one) => one.name === device);
  if (!node) return lab.links.filter((link) => link.switch === device);
  return [...node.slaves, ...node.second?.nic ? [node.second.nic] : []].flatMap((nic) => lab.links.filter((link) => link.node === device && link.nic === nic));
};

/** One end of a cable: L2TPv3 over UDP on the lab's loopback (arch/um/drivers/vector_transports.c). */
const cable = (lab: Lab, device: DeviceId, link: Link, vec: number): string => {
  const { node, nodeSide, switch: port, switchSide } = cablePorts(lab, link.id);
  const [atNode, atSwitch] = isRelayed(lab) ? [nodeSide, switchSide] : [port, node];
  const [source, destination] = device === link.node ? [node, atNode] : [port, atSwitch];
  return `vec${vec}:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=${source},dstport=${destination},tx_session=1,rx_session=1,mac=${ownMac(lab, device, vec)}`;
};

/** Whether the cables' other ends are the holder's, which passes frames on (cables.ts). */
const isRelayed = ({ virtual }: Lab): boolean => virtual?.cables === 'relayed';

/** Of the kernel's own NIC below `ethN`; nobody sees it on a cable. */
const ownMac = (lab: Lab, device: DeviceId, vec: number): string =>
  `02:62:71:00:${hex(deviceIds(lab).indexOf(device))}:${hex(vec)}`;

export const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

const memoryMb = (lab: Lab, device: DeviceId): number => {
  const memory = lab.virtual ?? defaultMemory;
  return device === lab.switch.name ? memory.switchMemoryMb : memory.nodeMemoryMb;
};

const defaultMemory = { nodeMemoryMb: 320, switchMemoryMb: 128 };
