// A Linux machine as the switch: ports on the bridge br0, a bond per node where the mode wants a link aggregation.

import type { Command } from '../model/command.ts';
import { formOf, type PortsConfig } from '../model/scenario.ts';
import type { Dialect, PortGroup } from './dialect.ts';
import { formOfPorts, healthOfPorts, linuxPorts, parseLinks } from './ip-link.ts';

export const hashPolicy = 'layer2+3';

export const linux: Dialect = {
  name: 'linux',
  summary: 'Linux bridge br0, with bonding where ports are aggregated',

  configure(groups, ports) {
    const names = groups.flatMap((group, at) => [bondName(at), ...isApart(ports) ? group.ports.map((_, n) => apartName(at, n)) : [], ...group.ports]);
    return [{ argv: ['sh', '-eu', '-c', configureScript, 'configure', ...names], stdin: batch(groups, ports) }];
  },

  current: (groups) => ({ command: showLinks, parse: (stdout) => formOfPorts(groups, parseLinks(stdout), [bridge, secondBridge]) }),
  health: (groups) => ({ command: showLinks, parse: (stdout) => healthOfPorts(groups, parseLinks(stdout)) }),

  ...linuxPorts,
  rate: {
    set: (port, rate) => ({ argv: ['sh', '-euc', rateScript, 'bondproof-rate', port, rate] }),
    shown: (port) => ({ argv: ['cat', `/sys/class/net/${port}/master/bonding/lacp_rate`] }),
  },
  hashPolicy,

  version: { command: { argv: ['uname', '-r'] }, parse: (stdout) => kernelOf(stdout) },
};

/** The kernel takes a rate only while the bond is down (bond_options.c, BOND_OPT_LACP_RATE: BOND_OPTFLAG_IFDOWN); should it take one that is up, nothing is taken down. */
const rateScript = `
bond=$(readlink "/sys/class/net/$1/master")
bond=\${bond##*/}
! ip link set dev "$bond" type bond lacp_rate "$2" 2> /dev/null || exit 0
ip link set dev "$bond" down
said=0
ip link set dev "$bond" type bond lacp_rate "$2" || said=$?
ip link set dev "$bond" up
exit "$said"
`;

const kernelOf = (stdout: string): string => {
  const release = stdout.trim();
  if (!/^\S+$/.test(release)) throw new Error(`uname -r said ${JSON.stringify(stdout)}, not one word`);
  return `Linux ${release}`;
};

/** Of an engine that runs beside the kernel: both. `pattern` has the number as group 1. */
export const versionOf = (argv: readonly string[], pattern: RegExp, name: string): Dialect['version'] => ({
  command: { argv: ['sh', '-euc', 'uname -r; "$@"', 'version', ...argv] },
  parse(stdout) {
    const [release = '', ...said] = stdout.split('\n');
    const number = pattern.exec(said.join('\n'))?.[1];
    if (number === undefined) throw new Error(`${argv.join(' ')} said ${JSON.stringify(stdout.slice(0, 200))}, where a version was expected`);
    return `${name} ${number}, ${kernelOf(release)}`;
  },
});

export const bridge = 'br0';

/** What the machine plays a second switch with: another bridge, and the cable between the two. */
const secondBridge = 'br0-second';
const [nearEnd, farEnd] = ['br0-to-second', 'br0-to-first'];

/** Not `ip link show`: that begins with an empty RTM_NEWLINK, to see whether the kernel knows it (iproute2 ip/iplink.c, iplink_have_newlink). */
export const showLinks: Command = { argv: ['ip', '-d', '-j', 'addr', 'show'] };

export const bondName = (at: number): string => `po${at + 1}`;

const isApart = (ports: PortsConfig): boolean => formOf(ports) === 'lacp over two switches';

/** Of the bond of one port alone. */
const apartName = (at: number, port: number): string => `${bondName(at)}-${port + 1}`;

/** Does something with each `$bond` that holds one of the arguments, or is called so. The shell reads sysfs itself, because on a virtual switch each program costs more than all of the work. */
export const eachBond = (act: string): string => `for folder in /sys/class/net/*/bonding; do
    [ -e "$folder/slaves" ] || continue
    bond=\${folder%/bonding}
    bond=\${bond##*/}
    slaves=
    read -r slaves < "$folder/slaves" || :
    for name; do
      case " $bond $slaves " in *" $name "*) ${act}; break ;; esac
    done
  done`;

/**
 * Prints what leads from any former state to a known one: bonds that hold one of our ports, or have a name that we give, are deleted, as is a
 * second switch, and a bridge is made where there is none. The rest comes on standard input. One `ip` does it all, and ends at the first line that fails.
 */
const configureScript = `
{
  ${eachBond('echo "link del dev $bond"')}
  for name in ${secondBridge} ${nearEnd}; do
    [ ! -e "/sys/class/net/$name" ] || echo "link del dev $name"
  done
  [ -d /sys/class/net/${bridge}/bridge ] || echo "link add name ${bridge} type bridge"
  cat
} | ip -batch -
`;

/** Lines for `ip -batch`. A port is down while it changes its master: some kernels refuse to enslave one that is up. */
const batch = (groups: readonly PortGroup[], config: PortsConfig): string => {
  const ports = groups.flatMap((group) => group.ports);
  return [
    ...bridgeLines,
    ...ports.flatMap((port) => [`link set dev ${port} down`, `link set dev ${port} nomaster`]),
    ...isApart(config) ? secondLines : [],
    ...(config.kind === 'plain' ? ports.flatMap((port) => joinBridge(port)) : groups.flatMap((group, at) => bondsOf(group, at, config))),
    // What was learned about the former ports would send frames the wrong way until it ages (300 s).
    `link set dev ${bridge} type bridge fdb_flush`, ...isApart(config) ? [`link set dev ${secondBridge} type bridge fdb_flush`] : [],
    '',
  ].join('\n');
};

/** Spanning tree first: while it is on, the kernel refuses a forward delay below 2 s (net/bridge/br_stp.c br_set_forward_delay). */
export const bridgeLines = [
  `link set dev ${bridge} type bridge stp_state 0`,
  `link set dev ${bridge} type bridge forward_delay 0`,
  `link set dev ${bridge} up`,
];

export const joinBridge = (device: string, to = bridge): readonly string[] => [`link set dev ${device} master ${to}`, `link set dev ${device} up`];

const secondLines = [
  `link add name ${secondBridge} type bridge stp_state 0 forward_delay 0`, `link set dev ${secondBridge} up`,
  `link add name ${nearEnd} type veth peer name ${farEnd}`, ...joinBridge(nearEnd), ...joinBridge(farEnd, secondBridge),
];

type Aggregated = Exclude<PortsConfig, { kind: 'plain' }>;

/** A bond has its port's MAC, and by that a system of LACP of its own (drivers/net/bonding/bond_3ad.c, bond_3ad_initialize). */
const bondsOf = (group: PortGroup, at: number, config: Aggregated): readonly string[] => !isApart(config) ? bondLines(group.ports, bondName(at), config)
  : group.ports.flatMap((port, n) => bondLines([port], apartName(at, n), config, n === 0 ? bridge : secondBridge));

const bondLines = (ports: readonly string[], bond: string, config: Aggregated, to = bridge): readonly string[] => [
  `link add name ${bond} type bond mode ${config.kind === 'lacp' ? `802.3ad lacp_rate ${config.rate}` : 'balance-xor'} xmit_hash_policy ${hashPolicy} miimon 100`,
  ...ports.flatMap((port) => [`link set dev ${port} master ${bond}`, `link set dev ${port} up`]),
  ...joinBridge(bond, to),
];
