// SONiC: a Linux machine whose ports are in a switch chip. Its state is in Redis and in teamd; its dead man is a checkpoint, and a service that goes back to it.

import type { Command } from '../model/command.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Aggregate, Member } from '../model/switch-facts.ts';
import { bitsOfOctet, receiveStates } from '../model/switch-facts.ts';
import type { ManagedDialect, PortGroup, Question } from './dialect.ts';
import { aggregateOf, countOf, fieldsOf, flagOf, macOf, matchOf, readJson, textOf, type Fields } from './reading.ts';

/** A Redis database, or the keys of it that fit, as key -> fields (sonic-swss-common, sonic-db-dump). */
const dump = (database: string, keys: string): Command => ({ argv: ['sonic-db-dump', '-n', database, '-k', keys, '-y'] });
const entriesOf = (what: string, shown: string): readonly (readonly [string, Fields])[] =>
  Object.entries(fieldsOf(what, readJson(what, shown))).map(([key, entry]) => [key, fieldsOf(key, fieldsOf(key, entry)['value'])]);
const table = <Row>(database: string, keys: string, parse: (name: string, row: Fields) => readonly Row[]): Question<readonly Row[]> => ({
  commands: [dump(database, keys)],
  // Of the key `PORT_TABLE:Ethernet0` or `FDB_TABLE|Vlan20:52:…` the part behind the table's name.
  parse: ([answer = '']) => entriesOf(keys, answer).flatMap(([key, row]) => parse(key.replace(/^\w+[|:]/, ''), row)),
});

/** teamd itself, not STATE_DB, which learns of it later. */
const dumpTeams = `set -f; found=$(sonic-db-cli CONFIG_DB keys 'PORTCHANNEL|*'); for key in $found; do docker exec teamd teamdctl "\${key#*|}" state dump; echo; done`;

/** libteam, teamd/teamd_runner_lacp.c, lacp_state_vg; octets in decimal, their least significant bit first (lacpdu_info.state). */
const memberOf = (port: string, shown: Fields): Member => {
  const runner = fieldsOf(port, shown['runner'] ?? {});
  const info = (side: string): Fields => fieldsOf(side, runner[`${side}_lacpdu_info`] ?? {});
  const octet = (side: string) => { const state = countOf(info(side)['state']); return state === null || state > 255 ? null : bitsOfOctet(state); };
  const [partner, system] = [octet('partner'), textOf(info('partner')['system'])];
  const [selected, leads] = [flagOf(runner['selected']), flagOf(fieldsOf(port, runner['aggregator'] ?? {})['selected'])];
  return {
    port, actor: octet('actor'), partner, receive: receiveStates.find((state) => state === runner['state']) ?? null,
    partnerSystem: system === null || /^[0:]+$/.test(system) ? null : macOf(system), lacpdus: null,
    // As lacp_port_should_be_enabled has it.
    inUse: selected === null || leads === null || partner === null ? null : selected && leads && partner.synchronization === true,
  };
};

const aggregates: Question<readonly Aggregate[]> = {
  commands: [{ argv: ['sh', '-euc', dumpTeams] }],
  parse: ([answer = '']) => answer.split(/^(?=\{)/m).filter((text) => text.trim() !== '').map((text): Aggregate => {
    const shown = fieldsOf('teamdctl', readJson('teamdctl state dump', text));
    const inside = (...names: readonly string[]): Fields => names.reduce((all, name) => fieldsOf(name, all[name] ?? {}), shown);
    const fast = flagOf(inside('runner')['fast_rate']);
    return {
      name: textOf(inside('team_device', 'ifinfo')['ifname']) ?? missing('ifname'), mode: 'lacp', rate: fast === null ? null : fast ? 'fast' : 'slow',
      members: Object.entries(inside('ports')).map(([port, each]) => memberOf(port, fieldsOf(port, each))),
    };
  }),
};

/** Where the undo of a change of ports lies: gone with the next start, when the device has its saved configuration again, which is never written here. */
const [marker, undo, unit] = ['/run/bondproof/ports.armed', '/run/bondproof/ports.undo', 'bondproof-ports.service'];

/** Tries for a minute: configuration that others change at this moment is refused to us (sonic-utilities, generic_config_updater). */
const undoScript = `[ -e ${marker} ] || exit 0
tries=0; until config rollback bondproof; do tries=$((tries + 1)); [ $tries -lt 12 ] || exit 1; sleep 5; done
rm -f ${marker}
`;

/**
 * The marker is made by one only, before anything else. The undo is the ExecStopPost of a service that ends after its RuntimeMaxSec, whoever has died by then; not
 * a timer: those slip with every reload of the service manager (systemd issue 31914).
 */
const armScript = `umask 077; mkdir -p /run/bondproof
(set -C; : > ${marker}) 2> /dev/null || { echo 'a change of ports waits already to be taken back' >&2; exit 1; }
trap 'rm -f ${marker}' EXIT
printf '%s' "$2" > ${undo}
config checkpoint bondproof
systemd-run --quiet --collect --unit=${unit} -p RuntimeMaxSec="$1" -p TimeoutStopSec=600 -p 'ExecStopPost=/bin/sh ${undo}' sleep infinity
trap - EXIT
`;

/** Takes ports out of where they are, makes the channel anew (its rate is set when it is made: config portchannel add --fast-rate) and puts them in. */
const formScript = `set -f; vlan=$1 channel=$2 fast=$3; shift 3
find() { found=$(sonic-db-cli CONFIG_DB keys "$1"); }
leave() {
  find "VLAN_MEMBER|*|$1"; for key in $found; do key=\${key#*|Vlan}; config vlan member del "\${key%%|*}" "$1"; done
  find "PORTCHANNEL_MEMBER|*|$1"; for key in $found; do key=\${key#*|}; config portchannel member del "\${key%%|*}" "$1"; done
}
for port; do leave "$port"; done
if [ "$fast" = none ]; then
  for port; do config vlan member add -u "$vlan" "$port"; done
  exit
fi
leave "$channel"
find "PORTCHANNEL_MEMBER|$channel|*"; for key in $found; do config portchannel member del "$channel" "\${key##*|}"; done
find "PORTCHANNEL|$channel"; if [ -n "$found" ]; then config portchannel del "$channel"; fi
tries=0; while [ -n "$(sonic-db-cli STATE_DB keys "LAG_TABLE|$channel")" ]; do tries=$((tries + 1)); [ $tries -lt 30 ] || exit 1; sleep 1; done
config portchannel add "$channel" --fast-rate "$fast"
for port; do config portchannel member add "$channel" "$port"; done
config vlan member add -u "$vlan" "$channel"
`;

export const sonic: ManagedDialect = {
  name: 'sonic',
  summary: 'SONiC, by its programs (config, sonic-db-dump, teamdctl)',
  proven: false,
  sources: [
    'SONiC sonic-utilities, doc/Command-Reference.md: config portchannel, config vlan, config interface, show version; config/main.py: checkpoint, rollback, --fast-rate',
    'SONiC sonic-swss-common, common/schema.h: PORT_TABLE, LLDP_ENTRY_TABLE, FDB_TABLE, COUNTERS_PORT_NAME_MAP; sonic-swss, orchagent/portsorch.cpp, fdborch.cpp',
    'libteam, teamd/teamd_runner_lacp.c: state of the LACP runner; systemd.service(5): ExecStopPost=, RuntimeMaxSec=',
  ],
  conversation: null,
  facts: {
    identity: {
      commands: [{ argv: ['show', 'version'] }],
      parse: ([answer = '']) => ({
        vendor: 'SONiC', model: /^HwSKU: *(\S+)/m.exec(answer)?.[1] ?? null,
        version: matchOf('show version', answer, /^SONiC Software Version: *(?:SONiC\.)?(\S+)/m)[1]!, serial: /^Serial Number: *(\S+)/m.exec(answer)?.[1] ?? null,
      }),
    },
    aggregates,
    neighbours: table('APPL_DB', 'LLDP_ENTRY_TABLE:*', (port, row) => [{
      port, system: textOf(row['lldp_rem_sys_name']),
      chassis: textOf(row['lldp_rem_chassis_id']) ?? missing('lldp_rem_chassis_id'), theirPort: textOf(row['lldp_rem_port_id']) ?? missing('lldp_rem_port_id'),
    }]),
    learned: table('STATE_DB', 'FDB_TABLE|*', (key, row) => {
      const [, vlan, mac] = matchOf('FDB_TABLE', key, /^Vlan(\d{1,4}):([0-9a-f]{2}(?:[:-][0-9a-f]{2}){5})$/i);
      return [{ mac: macOf(mac!), port: textOf(row['port']) ?? missing('port'), vlan: Number(vlan) }];
    }),
    counters: {
      // SAI object type 1, a port, is in the object's name (sonic-sairedis, VirtualObjectIdManager).
      commands: [dump('COUNTERS_DB', 'COUNTERS_PORT_NAME_MAP'), dump('COUNTERS_DB', 'COUNTERS:oid:0x100*')],
      parse: ([names = '', counters = '']) => {
        const counted = new Map(entriesOf('COUNTERS', counters).map(([key, row]) => [key.replace(/^COUNTERS:/, ''), row]));
        return entriesOf('COUNTERS_PORT_NAME_MAP', names).flatMap(([, ports]) => Object.entries(ports)).flatMap(([port, object]) => {
          const octets = (way: string): string => textOf(counted.get(textOf(object) ?? '')?.[`SAI_PORT_STAT_IF_${way}_OCTETS`]) ?? '';
          const [received, sent] = [octets('IN'), octets('OUT')];
          return /^\d+$/.test(received) && /^\d+$/.test(sent) ? [{ port, unit: 'octets' as const, received: BigInt(received), sent: BigInt(sent) }] : [];
        });
      },
    },
    clock: {
      commands: [{ argv: ['date', '-u', '+%Y-%m-%dT%H:%M:%SZ'] }],
      parse: ([answer = '']) => { const shown = matchOf('date', answer.trim(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)[0]; return { shown, utc: shown }; },
    },
    // PortConfigDone and the like are in the same table.
    links: table('APPL_DB', 'PORT_TABLE:*', (port, { admin_status: admin, oper_status: oper }) =>
      (admin === undefined ? [] : [{ port, up: admin === 'up' && oper === 'up' }])),
    configuration: {
      commands: [{ argv: ['sonic-cfggen', '-d', '--print-data'] }],
      parse: ([answer = '']) => Object.entries(fieldsOf('sonic-cfggen', readJson('sonic-cfggen -d --print-data', answer)))
        .flatMap(([name, rows]) => Object.entries(fieldsOf(name, rows)).map(([key, row]) => `${name}|${key} ${JSON.stringify(row, keysInOrder)}`)).sort().join('\n'),
    },
  },
  deadMan: {
    summary: 'config checkpoint, and a service that rolls back to it',
    // How long a rollback takes is documented nowhere; the undo tries for a minute, and as long again is our own allowance.
    leastS: 60, mostS: 7 * 86_400, stepS: 1, lateS: 120,
    arm: (changes, afterS) => [{ argv: ['sh', '-euc', armScript, 'arm', String(afterS), undoScript] }, ...changes],
    // The service manager waits for ExecStopPost; where the service is gone and the marker is not, its undo had failed.
    revert: [{ argv: ['sh', '-uc', `systemctl stop ${unit} 2> /dev/null; [ ! -e ${marker} ] || sh ${undo}`] }],
    keep: [{ argv: ['sh', '-euc', `rm ${marker}; systemctl stop ${unit}`] }],
    pending: {
      commands: [{ argv: ['sh', '-uc', `[ -e ${marker} ] && echo armed || echo idle`] }],
      parse: ([answer = '']) => matchOf(marker, answer.trim(), /^(?:armed|idle)$/)[0] === 'armed',
    },
  },
  form: (groups, ports) => groups.map((group) => {
    const plain = ports.kind === 'plain';
    if (ports.kind === 'static') throw lacking(group, 'form static', 'LACP is the only runner that SONiC gives teamd', 'plain, or lacp');
    if (group.vlan === undefined) {
      throw lacking(group, `form of the switch ports of ${group.name}`, 'the lab file does not name their VLAN, which an aggregate loses when it is made anew',
        'a VLAN that the switch has', `add \`vlan:\` to node ${group.name} in the lab file`);
    }
    const aggregate = plain ? '-' : aggregateOf(group, 'its name on the switch, like PortChannel11');
    return { argv: ['sh', '-euc', formScript, 'form', String(group.vlan), aggregate, plain ? 'none' : String(ports.rate === 'fast'), ...group.ports] };
  }),
  port: (name, state) => [{ argv: ['config', 'interface', state === 'up' ? 'startup' : 'shutdown', name] }],
  rateChange: 'recreate',
  // With and without the blank that sonic-cfggen prints behind a colon.
  secrets: [/"(?:\w*(?:passkey|passwd|password)|secret|key)": *("(?:[^"\\]|\\.)*")/gi, /^SNMP_COMMUNITY\|(\S+)/gm],
};

const keysInOrder = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
};

const lacking = (group: PortGroup, asked: string, found: string, right: string, todo?: string): Problem =>
  new Problem({ asked: `${asked} (${group.ports.join(', ')})`, found, right, ...todo !== undefined && { todo }, exitCode: exitCodes.usage });

const missing = (what: string): never => {
  throw new Error(`SONiC showed an entry without ${what}`);
};
