// Cisco NX-OS, against a scripted device: its outputs are synthetic, written by hand from the grammar of the Cisco Nexus 7000 and 9000 Series NX-OS Interfaces Command
// Reference (show port-channel summary, show lacp neighbor, show lacp counters, show interface) and System Management Configuration Guide (LLDP).

import { bitsOfOctet } from '../../src/model/switch-facts.ts';
import { ciscoNxos } from '../../src/switches/cisco-nxos.ts';
import { testDialect } from './conformance.ts';
import { printed, type ScriptedKind } from './scripted.ts';

const partner = (port: string, system: string, state: string): string => `Partner's information
            Partner                Partner                     Partner
Port        System ID              Port Number     Age         Flags
${port}      255,${system}     0x1             12          SA

            LACP Partner           Partner                     Partner
            Port Priority          Oper Key                    Port State
            255                    0xf                         ${state}

`;

const kind: ScriptedKind = {
  prompt: () => 'sw1# ',
  noPaging: /^terminal (?:length|width) /,
  pager: { shows: '--More--', every: 5 },
  refuse: () => "                   ^\n% Invalid command at '^' marker.",
  before: [
    { where: '', line: 'hostname sw1' },
    { where: 'interface Ethernet1/1', line: 'lacp rate fast' },
    { where: 'interface Ethernet1/1', line: 'channel-group 11 mode active' },
    { where: 'interface Ethernet1/2', line: 'lacp rate fast' },
    { where: 'interface Ethernet1/2', line: 'channel-group 11 mode active' },
    { where: 'interface Ethernet1/5', line: 'channel-group 13 mode active' },
    { where: 'interface Ethernet1/6', line: 'lacp rate fast' },
    { where: 'interface Ethernet1/6', line: 'channel-group 13 mode active' },
  ],
  shows: {
    'show version': `Cisco Nexus Operating System (NX-OS) Software

Software
  BIOS: version 05.45
  NXOS: version 10.3(4a) [Maintenance Release]

Hardware
  cisco Nexus9000 C93180YC-FX Chassis
  Processor Board ID SYN00000003
  Device name: sw1`,
    'show port-channel summary': `Flags:  D - Down        P - Up in port-channel (members)
        I - Individual  H - Hot-standby (LACP only)
        s - Suspended   r - Module-removed
--------------------------------------------------------------------------------
Group Port-       Type     Protocol  Member Ports
      Channel
--------------------------------------------------------------------------------
11    Po11(SU)    Eth      LACP      Eth1/1(P)    Eth1/2(s)
12    Po12(SU)    Eth      NONE      Eth1/3(P)
13    Po13(SD)    Eth      LACP      Eth1/5(D)
                                     Eth1/6(D)
14    Po14(SD)    Eth      NONE      --
`,
    'show lacp neighbor': `Flags:  S - Device is sending Slow LACPDUs F - Device is sending Fast LACPDUs
        A - Device is in Active mode       P - Device is in Passive mode
port-channel11 neighbors
${partner('Eth1/1', '52-54-0-0-0-1', '0x3d')}${partner('Eth1/2', '0-0-0-0-0-0', '0x0')}`,
    'show lacp counters': `NOTE: Clear lacp counters to get accurate statistics

------------------------------------------------------------------------------
                             LACPDUs                      Markers/Resp LACPDUs
Port              Sent                Recv                  Recv Sent  Pkts Err
------------------------------------------------------------------------------
port-channel11
Ethernet1/1        118                  120                    0      0    0
Ethernet1/2        117                  0                      0      0    1
`,
    'show lldp neighbors detail': `Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
Device ID            Local Intf      Hold-time  Capability  Port ID

Chassis id: 5254.0000.0001
Port id: eth1
Local Port id: Eth1/1
Port Description: null
System Name: pve1
System Description: Debian GNU/Linux
Vlan ID: not advertised


Chassis id: 5254.0000.0009
Port id: 5254.0000.000a
Local Port id: mgmt0
System Name: null

Total entries displayed: 2`,
    'show mac address-table': `Legend:
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
*   20     5254.0000.0001   dynamic  0         F      F    Po11
+   20     5254.0000.0002   dynamic  -         F      F    vPC Peer-Link
G    -     5254.0000.00ff   static   -         F      F    sup-eth1(R)`,
    'show interface counters': `
--------------------------------------------------------------------------------
Port                                     InOctets                      InUcastPkts
--------------------------------------------------------------------------------
mgmt0                                          50                               --
Eth1/1                                       1000                                9

--------------------------------------------------------------------------------
Port                                  InMcastPkts                      InBcastPkts
--------------------------------------------------------------------------------
Eth1/1                                          1                                0

--------------------------------------------------------------------------------
Port                                    OutOctets                     OutUcastPkts
--------------------------------------------------------------------------------
mgmt0                                          60                               --
Eth1/1                                       2000                               18`,
    'show clock': '09:00:00.250 CET Mon Nov 30 2026\nTime source is NTP',
    'show interface status': `
--------------------------------------------------------------------------------
Port          Name               Status    Vlan      Duplex  Speed   Type
--------------------------------------------------------------------------------
mgmt0         --                 connected routed    full    1000    --
Eth1/1        pve1               connected 20        full    10G     10Gbase-SR
Eth1/9        --                 xcvrAbsen 1         auto    auto    --`,
    'show running-config': ({ running }) =>
      `!Command: show running-config\n!Running configuration last done at: {clock}\n!Time: {clock}\n\nversion 10.3(4a)\n${printed(running)}`,
  },
  act: (line) => (line === 'end' ? '' : null),
};

const nothing = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null };
const inUse = true;

testDialect(ciscoNxos, {
  kind,
  facts: {
    identity: { vendor: 'Cisco', model: 'Nexus9000 C93180YC-FX', version: '10.3(4a)', serial: 'SYN00000003' },
    aggregates: [
      { name: 'port-channel11', mode: 'lacp', rate: 'fast', members: [
        { ...nothing, port: 'Ethernet1/1', partner: bitsOfOctet(0x3d), partnerSystem: '52:54:00:00:00:01', lacpdus: { sent: 118, received: 120, illegal: 0 }, inUse },
        { ...nothing, port: 'Ethernet1/2', partner: bitsOfOctet(0), lacpdus: { sent: 117, received: 0, illegal: 1 }, inUse: false },
      ] },
      { name: 'port-channel12', mode: 'static', rate: null, members: [{ ...nothing, port: 'Ethernet1/3', inUse }] },
      // Its ports do not ask for the same.
      { name: 'port-channel13', mode: 'lacp', rate: null, members: ['Ethernet1/5', 'Ethernet1/6'].map((port) => ({ ...nothing, port, inUse: false })) },
      { name: 'port-channel14', mode: 'static', rate: null, members: [] },
    ],
    neighbours: [
      { port: 'Ethernet1/1', system: 'pve1', chassis: '5254.0000.0001', theirPort: 'eth1' },
      { port: 'mgmt0', system: null, chassis: '5254.0000.0009', theirPort: '5254.0000.000a' },
    ],
    learned: [{ mac: '52:54:00:00:00:01', port: 'port-channel11', vlan: 20 }, { mac: '52:54:00:00:00:02', port: 'vPC Peer-Link', vlan: 20 }],
    counters: [{ port: 'mgmt0', unit: 'octets', received: 50n, sent: 60n }, { port: 'Ethernet1/1', unit: 'octets', received: 1000n, sent: 2000n }],
    clock: { shown: '09:00:00.250 CET Mon Nov 30 2026', utc: null },
    links: [{ port: 'mgmt0', up: true }, { port: 'Ethernet1/1', up: true }, { port: 'Ethernet1/9', up: false }],
  },
  groups: [{ name: 'pve1', ports: ['Ethernet1/1', 'Ethernet1/2'], aggregate: 'port-channel11', vlan: 20 }],
  lacpFast: [
    'interface port-channel11', 'switchport access vlan 20', 'exit',
    'interface Ethernet1/1', 'shutdown', 'no channel-group', 'switchport access vlan 20', 'channel-group 11 mode active', 'lacp rate fast', 'no shutdown', 'exit',
    'interface Ethernet1/2', 'shutdown', 'no channel-group', 'switchport access vlan 20', 'channel-group 11 mode active', 'lacp rate fast', 'no shutdown', 'exit',
  ],
  secret: `username admin password 5 hunter2  role network-admin
snmp-server user ann network-admin auth sha hunter2 priv aes-128 hunter2 localizedkey
snmp-server community hunter2 group network-operator
radius-server host 192.0.2.1 key 7 "hunter2" authentication accounting
  key-string 7 hunter2`,
});
