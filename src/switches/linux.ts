// A Linux machine as the switch: ports on the bridge br0, a bond per node where the mode wants a link aggregation.

import type { Command } from '../model/command.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { Dialect, PortGroup } from './dialect.ts';
import { bytesOfPorts, formOfPorts, healthOfPorts, parseLinks } from './ip-link.ts';

const hashPolicy = 'layer2+3';

export const linux: Dialect = {
  name: 'linux',
  summary: 'Linux bridge br0, with bonding where ports are aggregated',

  configure(groups, ports) {
    const names = groups.flatMap((group, at) => [bondName(at), ...group.ports]);
    return [{ argv: ['sh', '-eu', '-c', configureScript, 'configure', ...names], stdin: batch(groups, ports) }];
  },

  current: (groups) => ({ command: showLinks, parse: (stdout) => formOfPorts(groups, parseLinks(stdout), bridge) }),
  health: (groups) => ({ command: showLinks, parse: (stdout) => healthOfPorts(groups, parseLinks(stdout)) }),

  counters: (ports) => ({ command: showCounters, parse: (stdout) => bytesOfPorts(ports, stdout) }),

  portDown: (port) => ({ argv: ['ip', 'link', 'set', 'dev', port, 'down'] }),
  portUp: (port) => ({ argv: ['ip', 'link', 'set', 'dev', port, 'up'] }),

  netdev: (port) => port,
  hashPolicy,

  version: {
    command: { argv: ['uname', '-r'] },
    parse(stdout) {
      const release = stdout.trim();
      if (!/^\S+$/.test(release)) throw new Error(`uname -r said ${JSON.stringify(stdout)}, not one word`);
      return `Linux ${release}`;
    },
  },
};

const bridge = 'br0';

/** Not `ip link show`: that begins with an empty RTM_NEWLINK, to see whether the kernel knows it (iproute2 ip/iplink.c, iplink_have_newlink). */
const showLinks: Command = { argv: ['ip', '-d', '-j', 'addr', 'show'] };

const showCounters: Command = { argv: ['ip', '-s', '-j', 'addr', 'show'] };

const bondName = (at: number): string => `po${at + 1}`;

/**
 * Prints what leads from any former state to a known one: bonds that hold one of our ports, or have a name that we give, are deleted, and a
 * bridge is made where there is none. The rest comes on standard input. One `ip` does it all, and ends at the first line that fails. The shell
 * reads sysfs itself, because on a virtual switch each program costs more than all of the work.
 */
const configureScript = `
{
  for folder in /sys/class/net/*/bonding; do
    [ -e "$folder/slaves" ] || continue
    bond=\${folder%/bonding}
    bond=\${bond##*/}
    slaves=
    read -r slaves < "$folder/slaves" || :
    for name; do
      case " $bond $slaves " in *" $name "*) echo "link del dev $bond"; break ;; esac
    done
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
    ...(config.kind === 'plain' ? ports.flatMap(joinBridge) : groups.flatMap((group, at) => bondLines(group, bondName(at), config))),
    // What was learned about the former ports would send frames the wrong way until it ages (300 s).
    `link set dev ${bridge} type bridge fdb_flush`,
    '',
  ].join('\n');
};

/** Spanning tree first: while it is on, the kernel refuses a forward delay below 2 s (net/bridge/br_stp.c br_set_forward_delay). */
const bridgeLines = [
  `link set dev ${bridge} type bridge stp_state 0`,
  `link set dev ${bridge} type bridge forward_delay 0`,
  `link set dev ${bridge} up`,
];

const joinBridge = (device: string): readonly string[] => [`link set dev ${device} master ${bridge}`, `link set dev ${device} up`];

const bondLines = (group: PortGroup, bond: string, config: Exclude<PortsConfig, { kind: 'plain' }>): readonly string[] => [
  `link add name ${bond} type bond mode ${config.kind === 'lacp' ? `802.3ad lacp_rate ${config.rate}` : 'balance-xor'} xmit_hash_policy ${hashPolicy} miimon 100`,
  ...group.ports.flatMap((port) => [`link set dev ${port} master ${bond}`, `link set dev ${port} up`]),
  ...joinBridge(bond),
];
