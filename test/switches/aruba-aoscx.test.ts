// Aruba AOS-CX, against a scripted device: its outputs are synthetic, written by hand from the grammar of the AOS-CX Link Aggregation Guide (show lacp), Fundamentals
// Guide (show system, show interface, checkpoint auto) and Monitoring Guide (LLDP).

import test from 'ava';

import { bitsOfOctet, unknownBits } from '../../src/model/switch-facts.ts';
import { arubaAoscx } from '../../src/switches/aruba-aoscx.ts';
import { testDialect } from './conformance.ts';
import { configured, printed, type ScriptedKind, type State } from './scripted.ts';

const kind: ScriptedKind = {
  prompt: ({ mode, context }) => `sw1${mode === 'exec' ? '' : context === '' ? '(config)' : context.startsWith('interface lag') ? '(config-lag-if)' : '(config-if)'}# `,
  noPaging: /^no page$/,
  pager: { shows: '-- MORE --, next page: Space, next line: Enter, quit: q', every: 5 },
  refuse: (line) => `Invalid input: ${line.split(' ', 1)[0]!}`,
  before: [
    { where: '', line: 'hostname sw1' },
    { where: 'interface lag 11', line: 'vlan access 20' },
    { where: 'interface lag 11', line: 'lacp mode active' },
    { where: 'interface 1/1/1', line: 'lag 11' },
    { where: 'interface 1/1/2', line: 'lag 11' },
  ],
  shows: {
    'show system': `Hostname               : sw1
System Description     : GL.10.13.1000
System Contact         :

Vendor                 : Aruba
Product Name           : JL624A 8325-48Y8C Swch
Chassis Serial Nbr     : SYN00000004
Base MAC Address       : 525400-0000ff
ArubaOS-CX Version     : GL.10.13.1000

Time Zone              : UTC`,
    'show lacp aggregates': `Aggregate-name        : lag11
Aggregated-interfaces : 1/1/1 1/1/2 1/1/4
Heartbeat rate        : fast
Hash                  : l3-src-dst
Aggregate mode        : active

Aggregate-name        : lag12
Aggregated-interfaces : 1/1/5
Heartbeat rate        : N/A
Hash                  : l3-src-dst
Aggregate mode        : off

Aggregate-name        : lag13 (multi-chassis)
Interfaces            : 1/1/6
Remote-interfaces     : 1/1/6
Heartbeat rate        : slow
Hash                  : l3-src-dst
Aggregate mode        : passive
`,
    'show lacp interfaces': `
State abbreviations :
A - Active        P - Passive      F - Aggregable I - Individual
S - Short-timeout L - Long-timeout N - InSync     O - OutofSync
C - Collecting    D - Distributing
X - State m/c expired              E - Default neighbor state
IE - LACP Fallback mode is active

Actor details of all interfaces:
------------------------------------------------------------------------------------
Intf   Aggr       Port    Port   State   System-id          System  Aggr Forwarding
       name       id      Pri                               Pri     Key  State
------------------------------------------------------------------------------------
1/1/1  lag11      2       1      ASFNCD  52:54:00:00:00:ff  65534   11   up
1/1/2  lag11      3       1      ASFOX   52:54:00:00:00:ff  65534   11   lacp-block
1/1/4  lag11                                                             down
1/1/5  lag12                                                             up
1/1/6  lag13(mc)  1006    1      IE      52:54:00:00:00:ff  65534   13   up

Partner details of all interfaces:
------------------------------------------------------------------------------
Intf   Aggr       Partner Port     State   System-id         System   Aggr
       name       Port-id Pri                                Priority Key
------------------------------------------------------------------------------
1/1/1  lag11      1       255      ALFNCD  52:54:00:00:00:01 65535    15
1/1/2  lag11      0       65534    PLFOEX  00:00:00:00:00:00 65534    0
1/1/4  lag11
1/1/5  lag12
1/1/6  lag13(mc)  0       0        IE      00:00:00:00:00:00 0        0
`,
    'show lldp neighbor-info detail': `
LLDP Neighbor Information
=========================

Total Neighbor Entries          : 3

--------------------------------------------------------------------------------

Port                           : 1/1/1
Neighbor Entries               : 2
Neighbor Chassis-Name          : pve1
Neighbor Chassis-Description   : Debian GNU/Linux
Neighbor Chassis-ID            : 52:54:00:00:00:01
Neighbor Management-Address    : 192.0.2.1
Neighbor Port-ID               : eth1
Neighbor Port-Desc             : eth1
Neighbor Port VLAN ID          :
TTL                            : 120

Neighbor Chassis-Name          : pve2
Neighbor Chassis-ID            : 52:54:00:00:00:02
Neighbor Port-ID               : eth1

--------------------------------------------------------------------------------

Port                           : 1/1/9
Neighbor Entries               : 1
Neighbor System-Name           :
Neighbor Chassis-ID            : 52:54:00:00:00:09
Neighbor Port-ID               : 52:54:00:00:00:0a`,
    'show mac-address-table': `MAC age-time            : 300 seconds
Number of MAC addresses : 2

MAC Address          VLAN     Type                      Port
--------------------------------------------------------------
52:54:00:00:00:01    20       dynamic                   lag11
52:54:00:00:00:0f    20       static                    1/1/9`,
    'show interface': `Interface 1/1/1 is up
 Admin state is up
 Link state: up for 1 day (since Sun Nov 29 09:00:00 UTC 2026)
 Description: Interface 1/1/9 is up
 Error-control: off

 Statistic                          RX                   TX                Total
 ---------------- -------------------- -------------------- --------------------
 Packets                             9                   18                   27
   Unicast                           9                   18                   27
 Bytes                            1000                 2000                 3000

Interface 1/1/9 is down (Administratively down)
 Admin state is down
 Rx
            5 total packets                  500 total bytes
            0 errors                           0 dropped
 Tx
            6 total packets                  600 total bytes
            0 errors                          14 dropped

Aggregate lag11 is up
 Admin state is up`,
    'show clock': 'Mon Nov 30 09:00:00 UTC 2026\nSystem is configured for timezone : UTC',
    'show running-config': ({ running }) => `Current configuration:\n!\n!Version ArubaOS-CX GL.10.13.1000\n${printed(running)}`,
  },
  act(line, state) {
    if (state.mode === 'exec') {
      const timer = /^checkpoint auto (\d+)$/.exec(line);
      if (timer !== null && Number(timer[1]) >= 1 && Number(timer[1]) <= 60) {
        state.deadMan = { before: state.running, atS: state.nowS + Number(timer[1]) * 60 };
        return `Auto checkpoint mode expires in ${timer[1]!} minute(s)`;
      }
      if (line === 'configure terminal') return done(state, { mode: 'config' });
      if (line !== 'checkpoint auto confirm' || state.deadMan === null) return null;
      state.deadMan = null;
      return 'checkpoint AUTO20261130090000 created';
    }
    if (line === 'end') return done(state, { mode: 'exec', context: '' });
    if (line === 'exit') return done(state, state.context === '' ? { mode: 'exec' } : { context: '' });
    if (/^interface (?:1\/1\/|lag )\d+$/.test(line)) return done(state, { context: line });
    if (state.context === '' || !/^(?:no )?(?:lag|lacp (?:mode|rate)|vlan access|routing|shutdown)\b/.test(line)) return null;
    return done(state, { running: configured(state.running, state.context, line) });
  },
};

const done = (state: State, change: Partial<State>): string => {
  Object.assign(state, change);
  return '';
};

const nothing = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null };

testDialect(arubaAoscx, {
  kind,
  facts: {
    identity: { vendor: 'Aruba', model: 'JL624A 8325-48Y8C Swch', version: 'GL.10.13.1000', serial: 'SYN00000004' },
    aggregates: [
      { name: 'lag11', mode: 'lacp', rate: 'fast', members: [
        { ...nothing, port: '1/1/1', actor: bitsOfOctet(0x3f), partner: bitsOfOctet(0x3d), receive: 'current', partnerSystem: '52:54:00:00:00:01', inUse: true },
        { ...nothing, port: '1/1/2', actor: bitsOfOctet(0x87), partner: bitsOfOctet(0xc4), receive: 'expired', inUse: false },
        { ...nothing, port: '1/1/4', inUse: false },
      ] },
      { name: 'lag12', mode: 'static', rate: null, members: [{ ...nothing, port: '1/1/5', inUse: true }] },
      { name: 'lag13', mode: 'lacp', rate: 'slow', members: [{ ...nothing, port: '1/1/6', actor: unknownBits, partner: unknownBits, inUse: true }] },
    ],
    neighbours: [
      { port: '1/1/1', system: 'pve1', chassis: '52:54:00:00:00:01', theirPort: 'eth1' },
      { port: '1/1/1', system: 'pve2', chassis: '52:54:00:00:00:02', theirPort: 'eth1' },
      { port: '1/1/9', system: null, chassis: '52:54:00:00:00:09', theirPort: '52:54:00:00:00:0a' },
    ],
    learned: [{ mac: '52:54:00:00:00:01', port: 'lag11', vlan: 20 }],
    counters: [{ port: '1/1/1', unit: 'octets', received: 1000n, sent: 2000n }, { port: '1/1/9', unit: 'octets', received: 500n, sent: 600n }],
    clock: { shown: 'Mon Nov 30 09:00:00 UTC 2026', utc: '2026-11-30T09:00:00.000Z' },
    links: [{ port: '1/1/1', up: true }, { port: '1/1/9', up: false }, { port: 'lag11', up: true }],
  },
  groups: [{ name: 'pve1', ports: ['1/1/1', '1/1/2'], aggregate: 'lag11', vlan: 20 }],
  lacpFast: [
    'interface lag 11', 'vlan access 20', 'lacp mode active', 'lacp rate fast', 'exit',
    'interface 1/1/1', 'lag 11', 'no shutdown', 'exit', 'interface 1/1/2', 'lag 11', 'no shutdown', 'exit',
  ],
  secret: `user admin group administrators password ciphertext hunter2
snmp-server community hunter2
snmpv3 user ann auth sha auth-pass ciphertext hunter2 priv aes priv-pass ciphertext hunter2
radius-server host 192.0.2.1 key ciphertext hunter2`,
});

test('aruba-aoscx: a port that leaves its aggregate needs a VLAN, and the Problem says so', (t) => {
  const group = { name: 'pve1', ports: ['1/1/1'], aggregate: 'lag11' };
  const error = t.throws(() => arubaAoscx.form([group], { kind: 'plain' }), { name: 'Problem' });
  t.true(error.message.includes('`vlan:`'), error.message);
  t.notThrows(() => arubaAoscx.form([group], { kind: 'lacp', rate: 'slow' }));
});
