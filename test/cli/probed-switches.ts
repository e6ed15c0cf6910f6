// Two synthetic switches to be probed, written by hand from their makers' documentation: one with a command line and a pager, one that runs programs. Each
// prints the word `hunter2` wherever it has a secret.

import type { ProgramKind } from '../switches/programs.ts';
import type { ScriptedKind } from '../switches/scripted.ts';

const healthy = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true };
const shown = (data: unknown): string => JSON.stringify(data, null, 4);

export const eos: ScriptedKind = {
  prompt: () => 'sw1#',
  noPaging: /^terminal length /,
  pager: { shows: ' --More-- ', every: 5 },
  refuse: () => '% Invalid input',
  before: [],
  act: () => null,
  shows: {
    'terminal width 32767': '',
    'show version | json': shown({ modelName: 'DCS-7050TX3-48C8-F', serialNumber: 'SYN00000001', version: '4.31.2F', systemMacAddress: '00:1c:73:aa:bb:cc', api_password: 'hunter2 "hunter2' }),
    'show port-channel detailed all-ports | json': shown({ portChannels: {
      'Port-Channel11': { activePorts: { Ethernet1: { protocol: 'lacp' }, Ethernet2: { protocol: 'lacp' } }, inactivePorts: {} },
      'Port-Channel99': { activePorts: { Ethernet9: { protocol: 'none' } }, inactivePorts: {} },
    } }),
    'show lacp interface detailed | json': shown({ portChannels: { 'Port-Channel11': { interfaces: {
      Ethernet1: { actorPortStatus: 'bundled', actorPortState: healthy, partnerPortState: healthy, partnerSystemId: '8000,52-54-00-00-00-01', details: { actorRxSmState: 'rxSmCurrent' } },
      Ethernet2: { actorPortStatus: 'bundled', actorPortState: healthy, partnerPortState: { ...healthy, timeout: false }, details: { actorRxSmState: 'rxSmExpired' } },
    } } } }),
    'show lacp counters all-ports | json': shown({ portChannels: { 'Port-Channel11': { interfaces: { Ethernet1: { lacpdusRxCount: 120, lacpdusTxCount: 118, illegalRxCount: 0 } } } } }),
    'show lldp neighbors detail | json': shown({ lldpNeighbors: { Ethernet1: { lldpNeighborInfo: [{ systemName: 'pve1 hunter2', chassisId: '5254.0000.0001', neighborInterfaceInfo: { interfaceId: '"eno1"' } }] } } }),
    'show mac address-table | json': shown({ unicastTable: { tableEntries: [{ vlanId: 20, macAddress: '52:54:00:00:00:01', interface: 'Port-Channel11' }] } }),
    'show interfaces counters | json': shown({ interfaces: { Ethernet1: { inOctets: 1000, outOctets: 2000 } } }),
    'show clock': 'Mon Nov 30 09:00:00 2026\nTimezone: UTC\nClock source: local',
    'show interfaces status | json': shown({ interfaceStatuses: Object.fromEntries([1, 2, 3, 4].map((port) => [`Ethernet${port}`, { linkStatus: port === 4 ? 'notconnect' : 'connected' }])) }),
    'show running-config': '! Command: show running-config\nhostname sw1\nusername admin privilege 15 secret sha512 hunter2\nsnmp-server community hunter2 ro\nntp server 192.0.2.77\nend',
    'show configuration sessions detail | json': shown({ sessions: {} }),
  },
};

const rows = (entries: Readonly<Record<string, Readonly<Record<string, string>>>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { type: 'hash', value }])), null, 2);
const node = '52:54:00:00:00:01';
const info = { state: 63, system: node };

export const sonicKind: ProgramKind = {
  programs: {
    'sonic-db-cli': String.raw`printf '%s\n' 'PORTCHANNEL|PortChannel11'`,
    'config': 'echo "$*" >> "$STATE/db/written"',
  },
  answers: {
    'show version': '\nSONiC Software Version: SONiC.202311.1\nHwSKU: Synthetic-S5232\nSerial Number: SYN0000004\n',
    'docker exec teamd teamdctl PortChannel11 state dump': JSON.stringify({
      ports: { Ethernet0: { runner: { actor_lacpdu_info: info, aggregator: { id: 1, selected: true }, key: 0, partner_lacpdu_info: info, selected: true, state: 'current' } } },
      runner: { active: true, fast_rate: true }, team_device: { ifinfo: { ifname: 'PortChannel11' } },
    }, null, 4),
    'sonic-db-dump -n APPL_DB -k LLDP_ENTRY_TABLE:* -y': rows({ 'LLDP_ENTRY_TABLE:Ethernet0': { lldp_rem_sys_name: 'pve1', lldp_rem_chassis_id: node, lldp_rem_port_id: 'eno1' } }),
    'sonic-db-dump -n STATE_DB -k FDB_TABLE|* -y': rows({ [`FDB_TABLE|Vlan20:${node}`]: { port: 'PortChannel11', type: 'dynamic' } }),
    'sonic-db-dump -n COUNTERS_DB -k COUNTERS_PORT_NAME_MAP -y': rows({ COUNTERS_PORT_NAME_MAP: { Ethernet0: 'oid:0x1000000000002' } }),
    'sonic-db-dump -n COUNTERS_DB -k COUNTERS:oid:0x100* -y': rows({ 'COUNTERS:oid:0x1000000000002': { SAI_PORT_STAT_IF_IN_OCTETS: '18446744073709551615', SAI_PORT_STAT_IF_OUT_OCTETS: '2000' } }),
    'sonic-db-dump -n APPL_DB -k PORT_TABLE:* -y': rows(Object.fromEntries([0, 4, 8, 12].map((port) => [`PORT_TABLE:Ethernet${port}`, { admin_status: 'up', oper_status: 'up' }]))),
    'date -u +%Y-%m-%dT%H:%M:%SZ': '2026-11-30T09:00:00Z\n',
    'sonic-cfggen -d --print-data': JSON.stringify({
      PORT: { Ethernet0: { admin_status: 'up' } }, TACPLUS: { global: { passkey: 'hunter2 "hunter2' } },
      SNMP_COMMUNITY: { public1: { TYPE: 'RO' }, hunter2: { TYPE: 'RO' } }, NTP_SERVER: { '192.0.2.77': {} },
    }, null, 4),
  },
  before: ':',
  running: 'ls "$STATE/db"',
  tick: ':',
};
