// Dell SmartFabric OS10, against a scripted device: its outputs are synthetic, written by hand from the grammar of the Dell SmartFabric OS10 User Guide (show lacp
// port-channel, show interface, show lldp neighbors, show mac address-table).

import { bitsOfOctet } from '../../src/model/switch-facts.ts';
import { dellOs10 } from '../../src/switches/dell-os10.ts';
import { testDialect } from './conformance.ts';
import { printed, type ScriptedKind } from './scripted.ts';

const kind: ScriptedKind = {
  prompt: () => 'sw1# ',
  noPaging: /^terminal length /,
  pager: { shows: '--More--', every: 5 },
  refuse: () => '% Error: Unrecognized command.',
  before: [
    { where: '', line: 'hostname sw1' },
    { where: 'interface ethernet1/1/1', line: 'channel-group 11 mode active' },
    { where: 'interface ethernet1/1/2', line: 'channel-group 11 mode active' },
    { where: 'interface ethernet1/1/3', line: 'channel-group 12 mode on' },
    { where: 'interface ethernet1/1/4', line: 'channel-group 12 mode on' },
  ],
  shows: {
    'show version': `Dell EMC Networking OS10 Enterprise
Copyright (c) 1999-2023 by Dell Inc. All Rights Reserved.
OS Version: 10.5.4.2
Build Version: 10.5.4.2.81
System Type: S5248F-ON
Architecture: x86_64`,
    'show lacp port-channel': `Port-channel 11 admin up, oper up, mode lacp
Actor System ID: Priority 32768, Address 52:54:00:00:00:ff
Partner System ID: Priority 65535, Address 52:54:00:00:00:01
Actor Admin Key 11, Oper Key 11, Partner Oper Key 15
LACP LAG ID 11 is an aggregatable link
A - Active LACP, B - Passive LACP, C - Short Timeout, D - Long Timeout
E - Aggregatable Link, F - Individual Link, G - IN_SYNC, H - OUT_OF_SYNC,
I - Collection enabled, J - Collection disabled, K - Distribution enabled,
L - Distribution disabled, M - Partner Defaulted, N - Partner Non-defaulted,
O - Receiver is in expired state, P - Receiver is not in expired state
Port ethernet1/1/1 is Enabled, LACP is enabled and mode is lacp
  Actor   Admin: State ACEHJLMP Key 11 Priority 32768
          Oper: State ACEGIKNP Key 11 Priority 32768
  Partner Admin: State BDFHJLMP Key 0 Priority 0
          Oper: State ADEGIKNP Key 15 Priority 255
Port ethernet1/1/2 is Enabled, LACP is enabled and mode is lacp
  Actor   Admin: State ACEHJLMP Key 11 Priority 32768
          Oper: State ACEHJLMP Key 11 Priority 32768
  Partner Admin: State BDFHJLMP Key 0 Priority 0
          Oper: State BDFHJLNO Key 0 Priority 0

Port-channel 13 admin up, oper down, mode lacp
Actor System ID: Priority 32768, Address 52:54:00:00:00:ff
Partner System ID: Priority 0, Address 00:00:00:00:00:00
`,
    'show lldp neighbors': `Loc PortID          Rem Host Name        Rem Port Id                    Rem Chassis Id
--------------------------------------------------------------------------------------
ethernet1/1/1       pve1                 eth1                          52:54:00:00:00:01
ethernet1/1/9       Not Advertised       fortyGigE 0/56                52:54:00:00:00:09
ethernet1/1/10      a-name-that-is-cu... 52:54:00:00:00:0a             52:54:00:00:00:0a`,
    'show mac address-table': `Codes: pv <vlan-id> - private vlan where the mac is originally learnt
VlanId        Mac Address         Type        Interface
20            52:54:00:00:00:01   dynamic     port-channel11
20            52:54:00:00:00:0f   static      ethernet1/1/9`,
    'show interface': `Ethernet 1/1/1 is up, line protocol is up
Description: Ethernet 1/1/9 is up, line protocol is up
Hardware is Eth, address is 52:54:00:00:00:fe
Input statistics:
     9 packets, 1000 octets
     0 CRC, 0 overrun, 0 discarded
Output statistics:
     18 packets, 2000 octets
     0 throttles, 0 discarded, 0 Collisions
Rate Info(interval 30 seconds):
     Input 0 Mbits/sec, 0 packets/sec, 0% of line rate

Ethernet 1/1/9 is up, line protocol is down
Hardware is Eth, address is 52:54:00:00:00:fd
Input statistics:
     5 packets, 500 octets
Output statistics:
     6 packets, 600 octets

Port-channel 11 is up, line protocol is up
Members in this channel: ethernet1/1/1`,
    'show running-configuration': ({ running }) => `! Version 10.5.4.2\n! Last configuration change at {clock}\n!\n${printed(running)}`,
  },
  act: (line) => (line === 'end' ? '' : null),
};

const nothing = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: null };
const known = { partnerSystem: '52:54:00:00:00:01', lacpdus: null };

testDialect(dellOs10, {
  kind,
  facts: {
    identity: { vendor: 'Dell', model: 'S5248F-ON', version: '10.5.4.2', serial: null },
    aggregates: [
      { name: 'port-channel11', mode: 'lacp', rate: 'fast', members: [
        { ...known, port: 'ethernet1/1/1', actor: bitsOfOctet(0x3f), partner: bitsOfOctet(0x3d), receive: 'current', inUse: true },
        { ...known, port: 'ethernet1/1/2', actor: bitsOfOctet(0x47), partner: bitsOfOctet(0x80), receive: 'defaulted', inUse: false },
      ] },
      { name: 'port-channel13', mode: 'lacp', rate: null, members: [] },
      { name: 'port-channel12', mode: 'static', rate: null, members: [{ ...nothing, port: 'ethernet1/1/3' }, { ...nothing, port: 'ethernet1/1/4' }] },
    ],
    neighbours: [
      { port: 'ethernet1/1/1', system: 'pve1', chassis: '52:54:00:00:00:01', theirPort: 'eth1' },
      { port: 'ethernet1/1/9', system: null, chassis: '52:54:00:00:00:09', theirPort: 'fortyGigE 0/56' },
      { port: 'ethernet1/1/10', system: 'a-name-that-is-cu...', chassis: '52:54:00:00:00:0a', theirPort: '52:54:00:00:00:0a' },
    ],
    learned: [{ mac: '52:54:00:00:00:01', port: 'port-channel11', vlan: 20 }],
    counters: [{ port: 'ethernet1/1/1', unit: 'octets', received: 1000n, sent: 2000n }, { port: 'ethernet1/1/9', unit: 'octets', received: 500n, sent: 600n }],
    links: [{ port: 'ethernet1/1/1', up: true }, { port: 'ethernet1/1/9', up: false }, { port: 'port-channel11', up: true }],
  },
  groups: [{ name: 'pve1', ports: ['ethernet1/1/1', 'ethernet1/1/2'], aggregate: 'port-channel11', vlan: 20 }],
  lacpFast: [
    'interface port-channel11', 'switchport access vlan 20', 'exit',
    'interface ethernet1/1/1', 'no channel-group', 'channel-group 11 mode active', 'lacp rate fast', 'exit',
    'interface ethernet1/1/2', 'no channel-group', 'channel-group 11 mode active', 'lacp rate fast', 'exit',
  ],
  secret: `username admin password hunter2 role sysadmin priv-lvl 15
system-user linuxadmin password hunter2
snmp-server community hunter2 ro
radius-server host 192.0.2.1 key 9 hunter2`,
});
