// A Linux machine as the switch whose ports are aggregated by teamd (libteam), a LACP engine of its own; in the bridge br0 as those of `linux` are.

import type { PortsConfig } from '../model/scenario.ts';
import type { Dialect, PortGroup, PortHealth } from './dialect.ts';
import { commonForm, findPort, formOfPorts, isInUse, linksOf, linuxPorts, unknownForm, type Link } from './ip-link.ts';
import { bridgeLines, joinBridge, versionOf } from './linux.ts';
import { countOf, fieldsOf, flagOf, readJson, textOf } from './reading.ts';

export const teamd: Dialect = {
  name: 'teamd',
  summary: 'Linux bridge br0, with teamd where ports are aggregated',
  forms: ['plain', 'static', 'lacp'],

  configure(groups, ports) {
    const teams = ports.kind === 'plain' ? [] : groups.flatMap((group, at) => [teamName(at), JSON.stringify(configOf(group, ports))]);
    const names = groups.flatMap((group) => group.ports);
    return [{ argv: ['sh', '-eu', '-c', configureScript, 'configure', String(names.length), ...names, ...teams], stdin: batch(groups, ports) }];
  },

  current: (groups) => ({ command: show, parse: (stdout) => currentForm(groups, read(stdout)) }),
  health: (groups) => ({ command: show, parse: (stdout) => healthOf(groups, read(stdout)) }),

  ...linuxPorts,
  version: versionOf(['teamd', '-v'], /^teamd (\S+)$/m, 'teamd'),
};

const bridge = 'br0';

const teamName = (at: number): string => `po${at + 1}`;

/** teamd.conf(5): runner lacp, fast_rate, tx_hash; runner loadbalance deals to its ports without a word to the other side. */
const configOf = ({ ports }: PortGroup, config: Exclude<PortsConfig, { kind: 'plain' }>) => ({
  runner: config.kind === 'lacp' ? { name: 'lacp', active: true, fast_rate: config.rate === 'fast', tx_hash: hash } : { name: 'loadbalance', tx_hash: hash },
  link_watch: { name: 'ethtool' },
  ports: Object.fromEntries(ports.map((port) => [port, {}])),
});
const hash = ['eth', 'ipv4', 'ipv6'];

/**
 * Takes the ports out of whatever they are in: a daemon that ends takes its device away (teamd(8), -k). Then the lines of standard input, and a daemon for each
 * name and configuration. Arguments: how many ports, the ports, names and configurations in turn.
 */
const configureScript = `
count=$1; shift
modprobe -qa team team_mode_loadbalance || :
while [ "$count" -gt 0 ]; do
  master=$(readlink "/sys/class/net/$1/master" || :)
  master=\${master##*/}
  if [ -e "/run/teamd/$master.pid" ]; then teamd -k -t "$master"
  elif [ -e "/sys/class/net/$master/bonding" ]; then ip link del dev "$master"; fi
  shift; count=$((count - 1))
done
[ -d /sys/class/net/${bridge}/bridge ] || ip link add name ${bridge} type bridge
ip -batch -
while [ $# -gt 0 ]; do
  # A port that is up is refused by the kernel (drivers/net/team, team_port_add).
  teamd -d -U -t "$1" -c "$2" 2>&1 | grep -v 'not intended to be run as root' || :
  ip link set dev "$1" up master ${bridge}
  shift 2
done
`;

/** What was learned about the former ports would send frames the wrong way until it ages (300 s). */
const batch = (groups: readonly PortGroup[], config: PortsConfig): string => {
  const ports = groups.flatMap((group) => group.ports);
  return [
    ...bridgeLines,
    ...ports.flatMap((port) => [`link set dev ${port} down`, `link set dev ${port} nomaster`]),
    ...config.kind === 'plain' ? ports.flatMap((port) => joinBridge(port)) : [],
    `link set dev ${bridge} type bridge fdb_flush`,
    '',
  ].join('\n');
};

/** All links, and each daemon's state (teamdctl(8), state dump), as one JSON text. */
const show = {
  argv: ['sh', '-eu', '-c', `
printf '{"links":'
ip -d -j addr show
printf ',"teams":['
comma=
for pid in /run/teamd/*.pid; do
  [ -e "$pid" ] || continue
  name=\${pid##*/}
  printf '%s' "$comma"
  teamdctl "\${name%.pid}" state dump
  comma=,
done
printf ']}'`],
} as const;

interface Team {
  readonly name: string;
  readonly runner: string;
  readonly fastRate: boolean | null;
  readonly ports: ReadonlyMap<string, { readonly selected: boolean | null; readonly actor: number | null; readonly partner: number | null }>;
}

interface Shown { readonly links: readonly Link[]; readonly teams: readonly Team[] }

const read = (stdout: string): Shown => {
  const { links, teams } = fieldsOf('the switch', readJson('the switch', stdout));
  if (!Array.isArray(teams)) throw new Error('the switch printed no list of teams');
  return { links: linksOf(links), teams: teams.map(teamOf) };
};

const teamOf = (shown: unknown): Team => {
  const { setup, runner, ports, team_device: device } = fieldsOf('teamdctl state dump', shown);
  const name = textOf(fieldsOf('ifinfo', fieldsOf('team_device', device)['ifinfo'])['ifname']);
  const runnerName = textOf(fieldsOf('setup', setup)['runner_name']);
  if (name === null || runnerName === null) throw new Error('teamdctl state dump printed a team without its name or runner');
  return {
    name,
    runner: runnerName,
    fastRate: flagOf(fieldsOf('runner', runner ?? {})['fast_rate']),
    ports: new Map(Object.entries(fieldsOf('ports', ports ?? {})).map(([port, each]) => {
      const { selected, actor_lacpdu_info: actor, partner_lacpdu_info: partner } = fieldsOf('runner', fieldsOf(port, each)['runner'] ?? {});
      const octet = (info: unknown): number | null => countOf(fieldsOf('lacpdu_info', info ?? {})['state']);
      return [port, { selected: flagOf(selected), actor: octet(actor), partner: octet(partner) }];
    })),
  };
};

const currentForm = (groups: readonly PortGroup[], { links, teams }: Shown): PortsConfig => commonForm(groups, (group) => {
  const team = teams.find(({ ports }) => group.ports.every((port) => ports.has(port)));
  return team === undefined ? formOfPorts([group], links, [bridge]) : formOf(group, team);
});

const formOf = (group: PortGroup, { name, runner, fastRate }: Team): PortsConfig => {
  if (runner === 'loadbalance') return { kind: 'static' };
  if (runner === 'lacp') return { kind: 'lacp', rate: fastRate === true ? 'fast' : 'slow' };
  throw unknownForm(group, `in ${name}, a team with runner ${runner}`, 'in the bridge, or per node in a team of runner lacp or loadbalance in the bridge');
};

const healthOf = (groups: readonly PortGroup[], { links, teams }: Shown): readonly PortHealth[] =>
  groups.flatMap(({ ports }) => ports.map((port) => {
    const team = teams.find((each) => each.ports.has(port));
    const state = team?.ports.get(port);
    const speaks = team?.runner === 'lacp';
    return { port, up: findPort(port, links).up, inUse: !speaks || state?.selected === true && isInUse(state.actor ?? 0) && isInUse(state.partner ?? 0) };
  }));
