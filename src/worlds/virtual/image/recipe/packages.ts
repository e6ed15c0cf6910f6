// What a lab machine is made of: Debian packages, and modules of its kernel.

/** Debian 13: what Proxmox VE 9 is built on. The suite is asked for by this name, whatever it is called by then (stable, oldstable). */
export const nodeSuite = 'trixie';

/** Why each is there. mmdebstrap adds Debian's essential packages and what these depend on. */
export const packages: Readonly<Record<string, string>> = {
  'systemd-sysv': 'units, journal, systemd-run: faults revert themselves by it',
  'openssh-server': 'how the harness gets in',
  'corosync': 'the cluster, with its C libraries for CPG and quorum',
  'corosync-qdevice': 'a vote from outside, where the lab has one: its part on the nodes',
  'corosync-qnetd': 'and the host’s, which the lab’s switch is',
  'python3': 'agent and HA stand-in; the full one, for its ctypes',
  'ifupdown2': 'what Proxmox VE configures bonds with',
  'iproute2': 'ip, tc, bridge',
  'kmod': 'modprobe',
  'nftables': 'what the injector lease holds a fault with',
  'openvswitch-switch': 'a LACP engine of the lab’s switch',
  'libteam-utils': 'another: teamd',
  'procps': 'for people: ps, top',
  'ethtool': 'for people, and for ifupdown2',
};

/** Modules of the kernel, by their file names; what they need comes along. */
export const modules: readonly string[] = [
  'bonding', 'veth', 'softdog',
  // Faults, and the patch between a NIC and its cable.
  'sch_netem', 'sch_ingress', 'sch_prio', 'act_mirred', 'act_gact', 'cls_matchall', 'cls_u32', 'cls_flower',
  // The lab's switch.
  'bridge', '8021q', 'openvswitch', 'team', 'team_mode_loadbalance',
];

/** Options of the kernel that a machine cannot do without; `m` where the module is one of the above. */
export const kernelOptions: readonly { readonly name: string; readonly builtIn: boolean }[] = [
  { name: 'BLK_DEV_UBD', builtIn: true },
  { name: 'EXT4_FS', builtIn: true },
  { name: 'DEVTMPFS', builtIn: true },
  { name: 'UML_NET_VECTOR', builtIn: true },
  { name: 'PACKET', builtIn: true },
  { name: 'UNIX', builtIn: true },
  { name: 'CGROUPS', builtIn: true },
  { name: 'INOTIFY_USER', builtIn: true },
  { name: 'BONDING', builtIn: false },
  { name: 'VETH', builtIn: false },
  { name: 'BRIDGE', builtIn: false },
  { name: 'SOFT_WATCHDOG', builtIn: false },
  { name: 'NET_SCH_NETEM', builtIn: false },
  { name: 'NET_SCH_INGRESS', builtIn: false },
  { name: 'NET_CLS_MATCHALL', builtIn: false },
  { name: 'NET_ACT_MIRRED', builtIn: false },
];

export const sizes = {
  /** The machine's disk as it sees it; sparse, so the host stores only what is used. */
  diskMb: 1024,
  /** What building takes at its peak: the root, its packages, the unpacked kernel and the disk are about 650 MB; and some room. */
  buildMb: 1000,
} as const;
