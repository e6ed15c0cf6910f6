// Cisco IOS-XE, against a scripted device: its outputs are synthetic, written by hand from the grammar of the Cisco IOS XE Command Reference (Catalyst, “Layer 2/3
// Commands”) and of the Configuration Fundamentals Command Reference (show archive, configure terminal revert).

import test from 'ava';

import { bitsOfOctet } from '../../src/model/switch-facts.ts';
import { ciscoIosXe } from '../../src/switches/cisco-ios-xe.ts';
import { testDialect } from './conformance.ts';
import { configured, printed, type ScriptedKind, type State } from './scripted.ts';

const legend = `Flags:  S - Device is requesting Slow LACPDUs
        F - Device is requesting Fast LACPDUs
        A - Device is in Active mode       P - Device is in Passive mode
`;

const kind: ScriptedKind = {
  prompt: ({ mode, context }) => `sw1${mode === 'exec' ? '' : context === '' ? '(config)' : '(config-if)'}#`,
  noPaging: /^terminal (?:length|width) /,
  pager: { shows: ' --More-- ', every: 5 },
  refuse: () => "            ^\n% Invalid input detected at '^' marker.\n",
  before: [
    { where: '', line: 'hostname sw1' },
    { where: 'interface Port-channel11', line: 'switchport access vlan 20' },
    { where: 'interface GigabitEthernet1/0/1', line: 'channel-group 11 mode active' },
    { where: 'interface GigabitEthernet1/0/2', line: 'channel-group 11 mode active' },
  ],
  shows: {
    'show version': `Cisco IOS XE Software, Version 17.09.04a
Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.4a, RELEASE SOFTWARE (fc3)
sw1 uptime is 1 week
cisco C9300-24T (X86) processor with 1392780K/6147K bytes of memory.
Processor board ID SYN00000002
24 Gigabit Ethernet interfaces`,
    'show etherchannel summary': `Flags:  D - down        P - bundled in port-channel
        I - stand-alone s - suspended
        H - Hot-standby (LACP only)

Number of channel-groups in use: 3
Number of aggregators:           3

Group  Port-channel  Protocol    Ports
------+-------------+-----------+-----------------------------------------------
11     Po11(SU)        LACP      Gi1/0/1(P)      Gi1/0/2(P)
                                 Gi1/0/3(hot-sby)
12     Po12(SU)         -        Te1/1/1(P)
13     Po13(SD)        PAgP      Gi1/0/9(I)
`,
    'show lacp internal': `${legend}
Channel group 11
                            LACP port     Admin     Oper    Port        Port
Port      Flags   State     Priority      Key       Key     Number      State
Gi1/0/1   FA      bndl      32768         0xB       0xB     0x102       0x3F
Gi1/0/2   FA      bndl      32768         0xB       0xB     0x103       0x8F
Gi1/0/3   FA      susp      32768         0xB       0xB     0x104       0x47
`,
    'show lacp neighbor': `${legend}
Channel group 11 neighbors

Partner's information:

                  LACP port                        Admin  Oper   Port    Port
Port      Flags   Priority  Dev ID          Age    key    Key    Number  State
Gi1/0/1   SA      255       5254.0000.0001   0s    0x0    0xF    0x1     0x3D
Gi1/0/2   SA      255       5254.0000.0001   4s    0x0    0xF    0x2     0x3D
Gi1/0/3   FP      0         0000.0000.0000  95s    0x0    0x0    0x0     0x0
`,
    'show lacp counters': `             LACPDUs         Marker      Marker Response    LACPDUs
Port       Sent   Recv     Sent   Recv     Sent   Recv      Pkts Err
---------------------------------------------------------------------
Channel group: 11
Gi1/0/1     118    120      0      0        0      0         0
Gi1/0/2     117    90       0      0        0      0         2
`,
    'show lldp neighbors detail': `Local Intf: Gi1/0/1
Chassis id: 5254.0000.0001
Port id: eth1
Port Description: eth1
System Name: pve1

System Description:
Debian GNU/Linux

Time remaining: 112 seconds
------------------------------------------------
Local Intf: Gi1/0/9
Chassis id: 5254.0000.0009
Port id: 5254.0000.000a
Port Description - not advertised
System Name - not advertised


Total entries displayed: 2`,
    'show mac address-table': `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
 All    0100.0ccc.cccc    STATIC      CPU
  20    5254.0000.0001    DYNAMIC     Po11
Total Mac Addresses for this criterion: 2`,
    'show interfaces counters': `
Port            InOctets    InUcastPkts    InMcastPkts    InBcastPkts
Gi1/0/1             1000              9              1              0

Port           OutOctets   OutUcastPkts   OutMcastPkts   OutBcastPkts
Gi1/0/1             2000             18              2              0`,
    'show clock': '*09:00:00.250 UTC Mon Nov 30 2026',
    'show interfaces status': `
Port         Name               Status       Vlan       Duplex  Speed Type
Gi1/0/1      connected pve1     connected    20         a-full a-1000 10/100/1000BaseTX
Gi1/0/9                         notconnect   1            auto   auto 10/100/1000BaseTX`,
    'show running-config': (state) => `Building configuration...

Current configuration : 8412 bytes
!
! Last configuration change at {clock}
!
version 17.9
${printed(state.running)}
end`,
    'show archive': `The maximum archive configurations allowed is 10.
The next archive file will be named flash:before-<timestamp>-1
 Archive #  Name
   1        flash:before-Nov-30-09-00-00.000-0 <- Most Recent`,
    'show archive config rollback timer': ({ deadMan }) => (deadMan === null ? '%No Rollback Confirmed Change pending\n'
      : 'Time configured(or reconfigured): 09:00:00 UTC Mon Nov 30 2026\nTimer type: absolute timer\nTimer value: 2 min\nUser: admin\n'),
  },
  act(line, state) {
    if (state.mode === 'exec') {
      const timer = /^configure terminal revert timer (\d+)$/.exec(line);
      if (timer !== null) {
        if (Number(timer[1]) < 1 || Number(timer[1]) > 120) return null;
        Object.assign(state, { mode: 'config', deadMan: { before: state.running, atS: state.nowS + Number(timer[1]) * 60 } });
        return 'Rollback Confirmed Change: Backing up current running config to flash:before-1\n\nEnter configuration commands, one per line.  End with CNTL/Z.';
      }
      if (line !== 'configure revert now' && line !== 'configure confirm') return null;
      if (state.deadMan === null) return '%No Rollback Confirmed Change pending\n';
      Object.assign(state, { running: line === 'configure confirm' ? state.running : state.deadMan.before, deadMan: null });
      return line === 'configure confirm' ? '' : 'Rollback Confirmed Change: Rolling to:flash:before-Nov-30-09-00-00.000-1\n\nTotal number of passes: 1\nRollback Done\n';
    }
    if (line === 'end') return done(state, { mode: 'exec', context: '' });
    if (line === 'exit') return done(state, state.context === '' ? { mode: 'exec' } : { context: '' });
    if (/^interface (?:GigabitEthernet1\/0\/|Port-channel)\d+$/.test(line)) return done(state, { context: line });
    if (state.context === '' || !/^(?:no )?(?:channel-group|lacp rate|switchport access vlan|shutdown)\b/.test(line)) return null;
    return done(state, { running: configured(state.running, state.context, line) });
  },
};

const done = (state: State, change: Partial<State>): string => {
  Object.assign(state, change);
  return '';
};

const partnerSystem = '52:54:00:00:00:01';
const known = { partner: bitsOfOctet(0x3d), partnerSystem, inUse: true };
const nothing = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null };

testDialect(ciscoIosXe, {
  kind,
  facts: {
    identity: { vendor: 'Cisco', model: 'C9300-24T', version: '17.09.04a', serial: 'SYN00000002' },
    aggregates: [
      { name: 'Port-channel11', mode: 'lacp', rate: 'fast', members: [
        { ...known, port: 'GigabitEthernet1/0/1', actor: bitsOfOctet(0x3f), receive: 'current', lacpdus: { sent: 118, received: 120, illegal: 0 } },
        { ...known, port: 'GigabitEthernet1/0/2', actor: bitsOfOctet(0x8f), receive: 'expired', lacpdus: { sent: 117, received: 90, illegal: 2 } },
        { ...nothing, port: 'GigabitEthernet1/0/3', actor: bitsOfOctet(0x47), partner: bitsOfOctet(0), receive: 'defaulted', inUse: false },
      ] },
      { name: 'Port-channel12', mode: 'static', rate: null, members: [{ ...nothing, port: 'TenGigabitEthernet1/1/1', inUse: true }] },
    ],
    neighbours: [
      { port: 'GigabitEthernet1/0/1', system: 'pve1', chassis: '5254.0000.0001', theirPort: 'eth1' },
      { port: 'GigabitEthernet1/0/9', system: null, chassis: '5254.0000.0009', theirPort: '5254.0000.000a' },
    ],
    learned: [{ mac: partnerSystem, port: 'Port-channel11', vlan: 20 }],
    counters: [{ port: 'GigabitEthernet1/0/1', unit: 'octets', received: 1000n, sent: 2000n }],
    clock: { shown: '*09:00:00.250 UTC Mon Nov 30 2026', utc: '2026-11-30T09:00:00.250Z' },
    links: [{ port: 'GigabitEthernet1/0/1', up: true }, { port: 'GigabitEthernet1/0/9', up: false }],
  },
  groups: [{ name: 'pve1', ports: ['GigabitEthernet1/0/1', 'GigabitEthernet1/0/2'], aggregate: 'Port-channel11', vlan: 20 }],
  lacpFast: [
    'interface Port-channel11', 'switchport access vlan 20', 'exit',
    'interface GigabitEthernet1/0/1', 'no channel-group', 'switchport access vlan 20', 'channel-group 11 mode active', 'lacp rate fast', 'exit',
    'interface GigabitEthernet1/0/2', 'no channel-group', 'switchport access vlan 20', 'channel-group 11 mode active', 'lacp rate fast', 'exit',
  ],
  secret: `enable secret 9 hunter2
username admin privilege 15 secret 9 hunter2
snmp-server community hunter2 RO
snmp-server host 192.0.2.9 version 2c hunter2
snmp-server user ann group v3 auth sha hunter2 priv aes 128 hunter2
 key 7 hunter2
 key-string hunter2
 pre-shared-key address 192.0.2.1 key hunter2
 neighbor 192.0.2.1 password 7 hunter2`,
});

test('cisco-ios-xe: without an archive nothing is armed, and it says why', (t) => {
  const { conversation, deadMan } = ciscoIosXe;
  t.is(deadMan!.arm([], 120)[0]!.argv[0], 'show archive');
  t.regex(' Archive feature not enabled', conversation!.refusal);
  t.notRegex('The maximum archive configurations allowed is 10.', conversation!.refusal);
});

test('cisco-ios-xe: a name that is cut in modes of configuration is still the same device', (t) => {
  const nameIn = (shown: string): string | undefined => ciscoIosXe.conversation!.prompt.exec(shown)?.[1];
  t.is(nameIn('a-switch-with-a-long-name#'), nameIn('a-switch-with-a-lon(config-if)#'));
});
