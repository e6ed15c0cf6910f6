// SONiC, against scripts for its programs: their outputs are synthetic, written by hand from sonic-utilities' Command Reference, the schemas of sonic-swss-common
// and teamd's state JSON (libteam, teamd/teamd_runner_lacp.c). What `config` refuses here the real one refuses, too.

import ava from 'ava';

import { sonic } from '../../src/switches/sonic.ts';
import { asked, done } from './asking.ts';
import { testProgramDialect } from './conformance-programs.ts';
import { serveProgramDevice, serviceManager, type ProgramKind } from './programs.ts';

const rows = (entries: Readonly<Record<string, Readonly<Record<string, string>>>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { expireat: 1796029200.25, ttl: -0.001, type: 'hash', value }])), null, 2);
const info = (state: number, system: string) => ({ key: 0, port: 1, port_priority: 255, state, system, system_priority: 65535 });
const port = (state: string, actor: number, partner: number, system: string, selected: boolean) => ({
  ifinfo: { dev_addr: '02:00:00:00:00:11' }, link: { up: true },
  runner: { actor_lacpdu_info: info(actor, '02:00:00:00:00:11'), aggregator: { id: 1, selected }, key: 0, partner_lacpdu_info: info(partner, system), prio: 255, selected, state },
});
const node = '52:54:00:00:00:01';

/** Each key of CONFIG_DB is a file, its fields the contents. */
const kind: ProgramKind = {
  programs: {
    ...serviceManager.programs,
    'sonic-db-cli': `[ "$2" = keys ] || refuse "$*"
[ "$1" = CONFIG_DB ] || exit 0
set +f; cd "$STATE/db"; for key in *; do case $key in $3) printf '%s\\n' "$key" ;; esac; done`,
    'config': `db=$STATE/db
has() { for each in "$db"/*; do case \${each##*/} in $1) return 0 ;; esac; done; return 1; }
case "$*" in
  "checkpoint bondproof") rm -rf "$STATE/checkpoint"; cp -a "$db" "$STATE/checkpoint" ;;
  "rollback bondproof") [ -e "$STATE/checkpoint" ] || refuse "Checkpoint does not exist"; [ ! -e "$STATE/busy" ] || { rm "$STATE/busy"; refuse "Failed to rollback config"; }
    rm -rf "$db"; cp -a "$STATE/checkpoint" "$db" ;;
  "vlan member add -u "*) ! has "VLAN_MEMBER|Vlan$5|$6" || refuse "$6 is already a member"; ! has "PORTCHANNEL_MEMBER|*|$6" || refuse "$6 is part of a PortChannel"; echo untagged > "$db/VLAN_MEMBER|Vlan$5|$6" ;;
  "vlan member del "*) rm "$db/VLAN_MEMBER|Vlan$4|$5" || refuse "$5 is not a member" ;;
  "portchannel add "*" --fast-rate "*) ! has "PORTCHANNEL|$3" || refuse "$3 already exists!"; echo "fast_rate $5" > "$db/PORTCHANNEL|$3" ;;
  "portchannel del "*) has "PORTCHANNEL|$3" || refuse "$3 is not present"; ! has "*_MEMBER|$3|*" || refuse "$3 has members"; ! has "VLAN_MEMBER|*|$3" || refuse "$3 has a vlan"; rm "$db/PORTCHANNEL|$3" ;;
  "portchannel member add "*) has "PORTCHANNEL|$4" || refuse "$4 is not present"; ! has "VLAN_MEMBER|*|$5" || refuse "$5 is in a vlan"; ! has "PORTCHANNEL_MEMBER|*|$5" || refuse "$5 is in another"; echo > "$db/PORTCHANNEL_MEMBER|$4|$5" ;;
  "portchannel member del "*) rm "$db/PORTCHANNEL_MEMBER|$4|$5" ;;
  *) refuse "No such command: $*" ;;
esac`,
    'sonic-cfggen': `cd "$STATE/db"; printf '{ "PORT": { "Ethernet0": { "mtu": "9100", "admin_status": "up" } }'
for key in *; do printf ', "%s": { "%s": { "set": "%s" } }' "\${key%%|*}$(printf '%s' "$key" | tr '|' _)" "$key" "$(cat "$key")"; done; echo ' }'`,
  },
  answers: {
    'show version': '\nSONiC Software Version: SONiC.202311.1\nDistribution: Debian 11\nPlatform: x86_64-synthetic-r0\nHwSKU: Synthetic-S5232\nASIC: broadcom\nSerial Number: SYN0000004\nUptime: 10:00:00 up 2 days\n',
    'docker exec teamd teamdctl PortChannel11 state dump': JSON.stringify({
      ports: { Ethernet0: port('current', 63, 61, node, true), Ethernet4: port('defaulted', 71, 2, '00:00:00:00:00:00', false) },
      runner: { active: true, fast_rate: true, select_policy: 'lacp_prio', sys_prio: 65535 }, team_device: { ifinfo: { ifname: 'PortChannel11' } },
    }, null, 4),
    'docker exec teamd teamdctl PortChannel12 state dump': JSON.stringify({ runner: { active: true, fast_rate: false }, team_device: { ifinfo: { ifname: 'PortChannel12' } } }, null, 4),
    'sonic-db-dump -n APPL_DB -k LLDP_ENTRY_TABLE:* -y': rows({ 'LLDP_ENTRY_TABLE:Ethernet0': { lldp_rem_sys_name: 'pve1', lldp_rem_chassis_id: node, lldp_rem_port_id: 'eth1' } }),
    'sonic-db-dump -n STATE_DB -k FDB_TABLE|* -y': rows({ [`FDB_TABLE|Vlan20:${node}`]: { port: 'PortChannel11', type: 'dynamic' } }),
    'sonic-db-dump -n COUNTERS_DB -k COUNTERS_PORT_NAME_MAP -y': rows({ COUNTERS_PORT_NAME_MAP: { Ethernet0: 'oid:0x1000000000002', Ethernet4: 'oid:0x1000000000003' } }),
    'sonic-db-dump -n COUNTERS_DB -k COUNTERS:oid:0x100* -y': rows({ 'COUNTERS:oid:0x1000000000002': { SAI_PORT_STAT_IF_IN_OCTETS: '18446744073709551615', SAI_PORT_STAT_IF_OUT_OCTETS: '2000' } }),
    'sonic-db-dump -n APPL_DB -k PORT_TABLE:* -y': rows({ 'PORT_TABLE:Ethernet0': { admin_status: 'up', oper_status: 'up' }, 'PORT_TABLE:Ethernet8': { admin_status: 'up', oper_status: 'down' }, 'PORT_TABLE:PortConfigDone': { count: '2' } }),
    'date -u +%Y-%m-%dT%H:%M:%SZ': '2026-11-30T09:00:00Z\n',
  },
  before: `cd "$STATE/db"; echo 20 > 'VLAN|Vlan20'
echo 'fast_rate false' | tee 'PORTCHANNEL|PortChannel11' > 'PORTCHANNEL|PortChannel12'; echo untagged > 'VLAN_MEMBER|Vlan20|PortChannel11'
echo > 'PORTCHANNEL_MEMBER|PortChannel11|Ethernet0'; echo > 'PORTCHANNEL_MEMBER|PortChannel12|Ethernet4'`,
  running: `cd "$STATE/db"; for key in *; do echo $key $(cat "$key"); done`,
  tick: serviceManager.tick,
};

const bits = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false };
const none = { ...bits, activity: false, aggregation: false, synchronization: false, collecting: false, distributing: false };
const groups = [{ name: 'pve1', ports: ['Ethernet0', 'Ethernet4'], aggregate: 'PortChannel11', vlan: 20 }];

testProgramDialect(sonic, {
  kind,
  facts: {
    identity: { vendor: 'SONiC', model: 'Synthetic-S5232', version: '202311.1', serial: 'SYN0000004' },
    aggregates: [
      { name: 'PortChannel11', mode: 'lacp', rate: 'fast', members: [
        { port: 'Ethernet0', actor: bits, partner: { ...bits, timeout: false }, receive: 'current', partnerSystem: node, lacpdus: null, inUse: true },
        { port: 'Ethernet4', actor: { ...none, activity: true, aggregation: true, defaulted: true }, partner: none, receive: 'defaulted', partnerSystem: null, lacpdus: null, inUse: false },
      ] },
      { name: 'PortChannel12', mode: 'lacp', rate: 'slow', members: [] },
    ],
    neighbours: [{ port: 'Ethernet0', system: 'pve1', chassis: node, theirPort: 'eth1' }],
    learned: [{ mac: node, port: 'PortChannel11', vlan: 20 }],
    counters: [{ port: 'Ethernet0', unit: 'octets', received: 18446744073709551615n, sent: 2000n }],
    clock: { shown: '2026-11-30T09:00:00Z', utc: '2026-11-30T09:00:00Z' },
    links: [{ port: 'Ethernet0', up: true }, { port: 'Ethernet8', up: false }],
  },
  groups,
  forms: ['plain', 'lacp'],
  lacpFast: [
    'PORTCHANNEL_MEMBER|PortChannel11|Ethernet0', 'PORTCHANNEL_MEMBER|PortChannel11|Ethernet4', 'PORTCHANNEL|PortChannel11 fast_rate true', 'PORTCHANNEL|PortChannel12 fast_rate false',
    'VLAN_MEMBER|Vlan20|PortChannel11 untagged', 'VLAN|Vlan20 20', '',
  ].join('\n'),
  secret: ['TACPLUS|global {"passkey":"hunter2"}', 'SNMP_COMMUNITY|hunter2 {"TYPE":"RO"}', 'BGP_NEIGHBOR|192.0.2.1 {"name":"a","password":"hunter2 \\" hunter2"}'].join('\n'),
});

const test = ava.serial;
const patient = { timeoutMs: 60_000 };

test('sonic: while a change waits no other is armed, for its checkpoint would be of the change', async (t) => {
  await using device = await serveProgramDevice(kind);
  await using session = await device.session();
  const before = device.running();
  const arm = () => sonic.deadMan!.arm(sonic.form(groups, { kind: 'lacp', rate: 'fast' }), 60);
  for (const command of arm()) await done(session, command);
  const refused = await session.run(arm()[0]!, patient);
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /waits already/);
  t.true(await asked(session, sonic.deadMan!.pending!));
  device.pass(60);
  t.is(device.running(), before);
});

test('sonic: where the service cannot be started nothing waits, and nothing is changed', async (t) => {
  await using device = await serveProgramDevice({ ...kind, programs: { ...kind.programs, 'systemd-run': 'refuse "Failed to connect to bus"' } });
  await using session = await device.session();
  const before = device.running();
  t.not((await session.run(sonic.deadMan!.arm([], 60)[0]!, patient)).exitCode, 0);
  t.false(await asked(session, sonic.deadMan!.pending!));
  t.is(device.running(), before);
});

test('sonic: a rollback that is refused is tried again', async (t) => {
  await using device = await serveProgramDevice({ ...kind, programs: { ...kind.programs, sleep: ':' }, before: `${kind.before}\n: > "$STATE/busy"` });
  await using session = await device.session();
  const before = device.running();
  for (const command of sonic.deadMan!.arm(sonic.form(groups, { kind: 'plain' }), 60)) await done(session, command);
  device.pass(60);
  t.is(device.running(), before);
  t.false(await asked(session, sonic.deadMan!.pending!));
});
