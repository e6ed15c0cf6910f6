// A Linux machine as the switch that Open vSwitch is: ports in the bridge ovs0, and its own LACP engine where they are aggregated.

import { exitCodes, Problem } from '../model/problem.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { Dialect, PortGroup, PortHealth } from './dialect.ts';
import { commonForm, findPort, formOfPorts, linksOf, linuxPorts, unknownForm, type Link } from './ip-link.ts';
import { versionOf } from './linux.ts';
import { fieldsOf, readJson, textOf, type Fields } from './reading.ts';

export const openvswitch: Dialect = {
  name: 'openvswitch',
  summary: 'Open vSwitch bridge ovs0, with its LACP where ports are aggregated',
  // bond_mode balance-slb drops what comes in by the other port, and balance-tcp wants LACP (ovs-vswitchd.conf.db(5), Port, bond_mode).
  forms: ['plain', 'lacp'],

  configure(groups, ports) {
    const names = groups.flatMap((group) => group.ports);
    return [{ argv: ['sh', '-eu', '-c', configureScript, 'configure', names[0] ?? '', ...transaction(groups, ports)], stdin: names.map((port) => `link set dev ${port} nomaster\nlink set dev ${port} up\n`).join('') }];
  },

  current: (groups) => ({ command: show, parse: (stdout) => currentForm(groups, read(stdout)) }),
  health: (groups) => ({ command: show, parse: (stdout) => healthOf(groups, read(stdout)) }),

  ...linuxPorts,
  rate: {
    set: (port, rate) => ({ argv: ['sh', '-euc', `${bondOfPort}\novs-vsctl --timeout=5 set port "$bond" "other_config:lacp-time=$2"`, 'bondproof-rate', port, rate] }),
    shown: (port) => ({ argv: ['sh', '-euc', `${bondOfPort}\novs-vsctl --timeout=5 get port "$bond" other_config:lacp-time`, 'bondproof-rate', port] }),
  },
  version: versionOf(['ovs-vswitchd', '--version'], /^ovs-vswitchd \(Open vSwitch\) (\S+)$/m, 'Open vSwitch'),
};

/** The argument is one of its interfaces; `{>=}`: a set with these elements and others (ovs-vsctl(8), find). */
const bondOfPort = `
interface=$(ovs-vsctl --timeout=5 get interface "$1" _uuid)
bond=$(ovs-vsctl --timeout=5 --bare --columns=name find port "interfaces{>=}$interface")`;

const bridge = 'ovs0';
/** Where the ports are before the first of our forms, as every lab's switch has them. */
const plainBridge = 'br0';

/**
 * Arguments: the first port, and a transaction of ovs-vsctl, which is done as a whole or not at all. The daemons run from the first time on. The bridge gets a fixed
 * MAC, by which LACP names the system; a random one is Open vSwitch's default. The switch's address goes with it, and
 * the MAC that the plain bridge was given (Documentation/ABI/testing/sysfs-class-net, addr_assign_type: 3), for whom nodes reach by which slave follows from it.
 */
const configureScript = `
port=$1; shift
modprobe -qa openvswitch || :
mkdir -p /run/openvswitch /etc/openvswitch
if ! ovs-vsctl --timeout=5 --no-wait show > /dev/null 2>&1; then
  quiet='-vfile:off -vsyslog:off -vconsole:off'
  [ -e /etc/openvswitch/conf.db ] || ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
  ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach $quiet 2> /dev/null
  ovs-vsctl --no-wait init
  ovs-vswitchd --pidfile --detach $quiet 2> /dev/null
fi
address=
for device in ${bridge} ${plainBridge}; do
  [ -z "$address" ] || continue
  address=$(ip -4 -o address show dev "$device" scope global 2> /dev/null | { read -r _ _ _ found _ || :; echo "\${found-}"; })
  [ -z "$address" ] || ip address del "$address" dev "$device"
done
ovs-vsctl --timeout=20 --if-exists del-br ${bridge}
ip -batch -
device=$port
if [ -e /sys/class/net/${plainBridge} ]; then read -r assigned < /sys/class/net/${plainBridge}/addr_assign_type; [ "$assigned" != 3 ] || device=${plainBridge}; fi
read -r mac < "/sys/class/net/$device/address"
ovs-vsctl --timeout=20 add-br ${bridge} -- set bridge ${bridge} stp_enable=false "other_config:hwaddr=\\"$mac\\"" "$@"
[ -z "$address" ] || { ip link set dev ${bridge} up; ip address add "$address" dev ${bridge}; }
`;

const transaction = (groups: readonly PortGroup[], config: PortsConfig): readonly string[] => {
  if (config.kind === 'plain') return groups.flatMap(({ ports }) => ports.flatMap((port) => ['--', 'add-port', bridge, port]));
  if (config.kind === 'lacp') {
    return groups.flatMap(({ ports }, at) => ['--', 'add-bond', bridge, `po${at + 1}`, ...ports, 'bond_mode=balance-tcp', 'lacp=active', `other_config:lacp-time=${config.rate}`]);
  }
  throw new Problem({ asked: 'ports of Open vSwitch as a static aggregate', found: 'it has none that another machine’s would work with', right: 'ports of form plain or lacp', exitCode: exitCodes.usage });
};

/** All links; the tables of ports and interfaces (ovs-vsctl(8)); LACP's state (ovs-vswitchd(8), lacp/show). */
const show = {
  argv: ['sh', '-eu', '-c', `
ip -d -j addr show
ovs-vsctl --timeout=5 --no-wait show > /dev/null 2>&1 || exit 0
ovs-vsctl --timeout=5 -f json --columns=name,interfaces,lacp,other_config list port
ovs-vsctl --timeout=5 -f json --columns=_uuid,name list interface
ovs-appctl --timeout=5 lacp/show`],
} as const;

interface Port { readonly name: string; readonly interfaces: readonly string[]; readonly lacp: boolean; readonly fast: boolean }

interface Shown {
  readonly links: readonly Link[];
  readonly ports: readonly Port[];
  /** Of members of bonds that speak LACP. */
  readonly inUse: ReadonlyMap<string, boolean>;
}

const read = (stdout: string): Shown => {
  const [links = '', ports, interfaces, ...lacp] = stdout.split('\n');
  const shown = linksOf(readJson('ip -d -j addr show', links));
  if (ports === undefined || ports === '' || interfaces === undefined) return { links: shown, ports: [], inUse: new Map() };
  const names = new Map(rowsOf('list interface', interfaces).map(({ _uuid: uuid, name }) => [uuidOf(uuid), textOf(name) ?? '']));
  return {
    links: shown,
    ports: rowsOf('list port', ports).map((row) => ({
      name: textOf(row['name']) ?? '',
      interfaces: elementsOf(row['interfaces']).map((uuid) => names.get(uuidOf(uuid)) ?? ''),
      lacp: row['lacp'] === 'active',
      fast: elementsOf(row['other_config']).some((pair) => Array.isArray(pair) && pair[0] === 'lacp-time' && pair[1] === 'fast'),
    })),
    inUse: membersInUse(lacp.join('\n')),
  };
};

/** OVSDB's JSON (RFC 7047, 5.1): a set of one is its element. */
const elementsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) && (value[0] === 'set' || value[0] === 'map') && Array.isArray(value[1]) ? value[1] : [value]);
const uuidOf = (value: unknown): string => (Array.isArray(value) && value[0] === 'uuid' ? textOf(value[1]) : null) ?? '';

const rowsOf = (what: string, line: string): readonly Fields[] => {
  const { data, headings } = fieldsOf(what, readJson(`ovs-vsctl ${what}`, line));
  if (!Array.isArray(data) || !Array.isArray(headings)) throw new Error(`ovs-vsctl ${what} printed no table`);
  return data.map((row: unknown) => Object.fromEntries(headings.map((heading, at) => [String(heading), Array.isArray(row) ? row[at] as unknown : undefined])));
};

/** `member: swp1: current attached`, then its `actor state:` and `partner state:` (lib/lacp.c, lacp_print_details). */
const membersInUse = (text: string): ReadonlyMap<string, boolean> => {
  const used = new Map<string, boolean>();
  for (const part of text.split(/^(?=member: )/m).slice(1)) {
    const [, name = '', status = ''] = /^member: (\S+): (.*)$/m.exec(part) ?? [];
    const states = [...part.matchAll(/^ +(?:actor|partner) state: (.*)$/gm)].map(([, words = '']) => words.split(' '));
    used.set(name, status.split(' ').includes('attached') && states.length === 2 && states.every((words) => needed.every((word) => words.includes(word))));
  }
  return used;
};
const needed = ['synchronized', 'collecting', 'distributing'];

const currentForm = (groups: readonly PortGroup[], shown: Shown): PortsConfig => commonForm(groups, (group) => formOf(group, shown));

const formOf = (group: PortGroup, { links, ports }: Shown): PortsConfig => {
  const held = group.ports.map((port) => ports.find(({ interfaces }) => interfaces.includes(port)));
  if (held.every((port) => port === undefined)) return formOfPorts([group], links, [plainBridge]);
  if (held.every((port) => port?.interfaces.length === 1)) return { kind: 'plain' };
  const [bond] = held;
  if (bond?.lacp === true && held.every((port) => port === bond)) return { kind: 'lacp', rate: bond.fast ? 'fast' : 'slow' };
  throw unknownForm(group, `in ${held.map((port) => port?.name ?? 'nothing').join(' and ')}, which is no bond with LACP`, `in the bridge ${bridge}, or per node in a bond with LACP there`);
};

const healthOf = (groups: readonly PortGroup[], { links, ports, inUse }: Shown): readonly PortHealth[] =>
  groups.flatMap((group) => group.ports.map((port) => {
    const speaks = ports.find(({ interfaces }) => interfaces.includes(port))?.lacp === true;
    return { port, up: findPort(port, links).up, inUse: !speaks || inUse.get(port) === true };
  }));
