// Extreme EXOS, against a scripted device: its outputs are synthetic, written by hand from the grammar of the ExtremeXOS Command Reference (show lacp lag, show ports
// sharing) and of the outputs that the sources of the dialect name.

import test from 'ava';

import { Problem } from '../../src/model/problem.ts';
import { bitsOfOctet } from '../../src/model/switch-facts.ts';
import { extremeExos } from '../../src/switches/extreme-exos.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import { testDialect } from './conformance.ts';
import type { ScriptedKind, State } from './scripted.ts';

/** The number of the line to come, which each prompt has its own of. */
const numbers = new WeakMap<State, number>();
const numbered = (state: State): number => {
  const number = (numbers.get(state) ?? 0) + 1;
  numbers.set(state, number);
  return number;
};

const rule = '='.repeat(79);
const legend = `${rule}
Actor Flags: A-Activity, T-Timeout, G-Aggregation, S-Synchronization
             C-Collecting, D-Distributing, F-Defaulted, E-Expired`;

const kind: ScriptedKind = {
  prompt: (state) => `* Slot-1 sw1.${numbered(state)} # `,
  noPaging: /^disable clipaging$/,
  pager: { shows: 'Press <SPACE> to continue or <Q> to quit:', every: 5 },
  refuse: () => "           ^\n%% Invalid input detected at '^' marker.",
  before: [
    { where: '', line: 'configure snmp sysName "sw1"' },
    { where: '', line: 'configure vlan cluster add ports 1:1, 1:9 untagged' },
    { where: '', line: 'enable sharing 1:1 grouping 1:1-2 algorithm address-based L2 lacp' },
    { where: '', line: 'enable sharing 1:3 grouping 1:3,2:4 algorithm address-based L2' },
  ],
  shows: {
    'show version': `Switch          : 800979-00-05 SYN00-00001 Rev 05 BootROM: 2.0.0.5    IMG: 32.2.1.5

Image   : ExtremeXOS version 32.2.1.5 32.2.1.5 by release-manager
          on Mon Nov 30 11:38:54 EDT 2026
BootROM : 2.0.0.5`,
    'show switch': `SysName:          sw1
SysLocation:
System MAC:       52:54:00:00:00:FF
System Type:      X465-24W
Current Time:     Mon Nov 30 10:00:00 2026
Timezone:         [Auto DST Enabled] GMT Offset: 60 minutes, name is CET.
                  DST of 60 minutes is not currently in effect, name is CEST.
                  DST begins every last Sunday March at 2:00
Boot Time:        Mon Nov 30 08:00:00 2026`,
    'show sharing': `Load Sharing Monitor
Config    Current Agg     Min    Ld Share  Dist  Ld Share  Agg Link  Link Up
Master    Master  Control Active Algorithm Flags Group     Mbr State Transitions
${rule}
   1:1    1:1     LACP       1    L2        A     1:1       Y     A       1
                                  L2              1:2       -     A       2
                                  L2              2:2       -     R       0
   1:3            Static     1    L3_L4     A     1:3       Y     A       1
                                  L3_L4           2:4       -     R       0
   1:5            hlth-chk   1    L2        A     1:5       -     R       0
   1:7                      <2    port      A     1:7       -     A       0
   1:8                      <2    L2        A     1:8       -     R       0
${rule}
Link State: A-Active, D-Disabled, R-Ready, NP-Port not present, L-Loopback
Load Sharing Algorithm: (L2) Layer 2 address based, (L3) Layer 3 address based
Minimum Active: (<) Group is down
Number of load sharing trunks: 5`,
    'show lacp counters': `LACP PDUs dropped on non-LACP ports : 0
LACP Bulk checkpointed msgs sent    : 0
Lag        Member     Rx       Rx Drop  Rx Drop  Rx Drop  Tx       Tx
Group      Port       Ok       PDU Err  Not Up   Same MAC Sent Ok  Xmit Err
--------------------------------------------------------------------------------
1:1        1:1        120      1        2        3        118      4
           1:2        7        0        0        0        118      0
1:7        1:7        0        0        0        0        5        0
${rule}`,
    'show lacp lag 1:1 detail': `Lag   Actor    Actor  Partner           Partner  Partner Agg   Actor
      Sys-Pri  Key    MAC               Sys-Pri  Key     Count MAC
--------------------------------------------------------------------------------
1:1         0  0x03f9 52:54:00:00:00:01   65535  0x000f      1 52:54:00:00:00:ff
Enabled          : Yes
LAG State        : Up
Current timeout  : Short
Activity mode    : Active
Fallback timeout : 60 seconds
LAG Id flag      : Yes
  S.pri:0   , S.id:52:54:00:00:00:ff, K:0x03f9
  T.pri:65535, T.id:52:54:00:00:00:01, L:0x000f

Port list:
Member     Port     Rx           Sel          Mux            Actor     Partner
Port       Priority State        Logic        State          Flags     Port
--------------------------------------------------------------------------------
1:1        0        Current      Selected     Collect-Dist   ATGSCD--  1
1:2        0        Expired      Selected     Attached       ATGS---E  2
2:2        5        Idle         Unselected   Detached       --------  0
${legend}`,
    'show lacp lag 1:7 detail': `Lag   Actor    Actor  Partner           Partner  Partner Agg   Actor
      Sys-Pri  Key    MAC               Sys-Pri  Key     Count MAC
--------------------------------------------------------------------------------
1:7         0  0x03ff 00:00:00:00:00:00       0  0x0000      0 52:54:00:00:00:ff
Current timeout  : Long

Port list:
Member     Port     Rx           Sel          Mux            Actor     Partner
Port       Priority State        Logic        State          Flags     Port
--------------------------------------------------------------------------------
1:7        0        Defaulted    Unselected   Detached       A-G---F-  0
${legend}`,
    'show lldp neighbors detailed': `-----------------------------------------------------------------------------
LLDP Port 1:1 detected 1 neighbor
  Neighbor: 52:54:00:00:00:01/52:54:00:00:00:11, age 12 seconds
    - Chassis ID type: MAC address (4)
      Chassis ID     : 52:54:00:00:00:01
    - Port ID type: MAC address (3)
      Port ID     : 52:54:00:00:00:11
    - Time To Live: 120 seconds
    - System Name: "pve1"
    - System Description: "Debian GNU/Linux 13 (trixie) \\
                           Linux 6.14.8"
-----------------------------------------------------------------------------
LLDP Port 1:9 detected 2 neighbors
  Neighbor: 52:54:00:00:00:08/1:1, age 3 seconds
    - Chassis ID type: MAC address (4)
      Chassis ID     : 52:54:00:00:00:08
    - Port ID type: ifName (5)
      Port ID     : "1:1"
  Neighbor: 52:54:00:00:00:09/eth 0, age 3 seconds
    - Chassis ID type: MAC address (4)
      Chassis ID     : 52:54:00:00:00:09
    - Port ID type: ifName (5)
      Port ID     : "eth 0"
    - System Name: "pve9"`,
    'show fdb': `MAC                                      VLAN Name( Tag)  Age  Flags          Port / Virtual Port List
------------------------------------------------------------------------------------------------------
52:54:00:00:00:01                          cluster(0020) 0041  d m            1:1
52:54:00:00:00:02                          cluster(0020) 0000  s m            1:9
52:54:00:00:00:03                      v(1) office(0030) 0045  d miM          1:3, 1:45
52:54:00:00:00:04                          cluster(0020) 0045  d m            1:51:1

Flags : d - Dynamic, s - Static, p - Permanent, n - NetLogin, m - MAC, i - IP`,
    'show ports statistics no-refresh port-number': `Port      Link       Tx Pkt     Tx Byte      Rx Pkt     Rx Byte      Rx Pkt      Rx Pkt      Tx Pkt      Tx Pkt
          State       Count       Count       Count       Count       Bcast       Mcast       Bcast       Mcast
========= ===== =========== =========== =========== =========== =========== =========== =========== ===========
1:1       A              18        2000           9        1000           1           2           3           4
1:3       A    >99999999999 >9999999999           9        1000           1           2           3           4
1:9       R               0           0           0           0           0           0           0           0
========= ===== =========== =========== =========== =========== =========== =========== =========== ===========
          > in Count indicates value exceeds column width. Use 'wide' option or '0' to clear.
          Link State: A-Active, R-Ready, NP-Port Not Present, L-Loopback`,
    'show ports no-refresh': `Port Summary
Port     Display              VLAN Name           Port  Link  Speed  Duplex
#        String               (or # VLANs)        State State Actual Actual
===========================================================================
1:1      D     R              cluster             E     A      10G    FULL
1:2      State State          (0002)              E     R
1:9                                               D     R
2:4                           cluster             D     A
========================================================================
   Port State: D-Disabled, E-Enabled, F-Disabled by link-flap detection`,
    'show configuration': ({ running }) => `#\n# Module devmgr configuration.\n#\n${running.map(({ line }) => line).join('\n')}\n\n#\n# Module aaa configuration.\n#`,
  },
  act: () => null,
};

const silent = { actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null };
const groups = [{ name: 'pve1', ports: ['1:1', '1:2'], aggregate: '1:1', vlan: 20 }];

testDialect(extremeExos, {
  kind,
  facts: {
    identity: { vendor: 'Extreme Networks', model: 'X465-24W', version: '32.2.1.5', serial: 'SYN00-00001' },
    aggregates: [
      { name: '1:1', mode: 'lacp', rate: 'fast', members: [
        { ...silent, port: '1:1', actor: bitsOfOctet(0x3f), receive: 'current', partnerSystem: '52:54:00:00:00:01', lacpdus: { sent: 118, received: 120, illegal: 1 }, inUse: true },
        { ...silent, port: '1:2', actor: bitsOfOctet(0x8f), receive: 'expired', partnerSystem: '52:54:00:00:00:01', lacpdus: { sent: 118, received: 7, illegal: 0 }, inUse: false },
        { ...silent, port: '2:2', inUse: false },
      ] },
      { name: '1:3', mode: 'static', rate: null, members: [{ ...silent, port: '1:3', inUse: true }, { ...silent, port: '2:4', inUse: false }] },
      { name: '1:7', mode: 'lacp', rate: 'slow', members: [{ ...silent, port: '1:7', actor: bitsOfOctet(0x45), receive: 'defaulted', lacpdus: { sent: 5, received: 0, illegal: 0 }, inUse: false }] },
    ],
    neighbours: [
      { port: '1:1', system: 'pve1', chassis: '52:54:00:00:00:01', theirPort: '52:54:00:00:00:11' },
      { port: '1:9', system: null, chassis: '52:54:00:00:00:08', theirPort: '1:1' },
      { port: '1:9', system: 'pve9', chassis: '52:54:00:00:00:09', theirPort: 'eth 0' },
    ],
    learned: [{ mac: '52:54:00:00:00:01', port: '1:1', vlan: 20 }, { mac: '52:54:00:00:00:03', port: '1:3', vlan: 30 }, { mac: '52:54:00:00:00:04', port: '1:51:1', vlan: 20 }],
    counters: [{ port: '1:1', unit: 'octets', received: 1000n, sent: 2000n }, { port: '1:9', unit: 'octets', received: 0n, sent: 0n }],
    clock: { shown: 'Mon Nov 30 10:00:00 2026', utc: '2026-11-30T09:00:00.000Z' },
    links: [{ port: '1:1', up: true }, { port: '1:2', up: false }, { port: '1:9', up: false }, { port: '2:4', up: false }],
  },
  groups,
  lacpFast: [
    'disable sharing 1:1', 'enable sharing 1:1 grouping 1:1,1:2 algorithm address-based L2 lacp', 'configure sharing 1:1 lacp timeout short',
    'configure vlan 20 add ports 1:1 untagged',
  ],
  secret: `configure account admin encrypted "hunter2"
configure radius mgmt-access primary shared-secret encrypted "hunter2"
configure snmpv3 add community "hunter2" name "hunter2" user "v1v2c_ro"
configure snmpv3 add user "u" engine-id 80:00 authentication md5 auth-encrypted localized-key hunter2 privacy des privacy-encrypted localized-key hunter2
configure snmpv3 add user "u" authentication sha hunter2
configure ntp key 1 md5 encrypted "hunter2"`,
});

test('extreme-exos: nothing takes a change back by itself, and it says so', (t) => t.is(extremeExos.deadMan, null));

for (const [ports, expected] of [
  [{ kind: 'plain' }, ['disable sharing 1:1', 'configure vlan 20 add ports 1:1,1:2 untagged']],
  [{ kind: 'static' }, ['disable sharing 1:1', 'enable sharing 1:1 grouping 1:1,1:2 algorithm address-based L2', 'configure vlan 20 add ports 1:1 untagged']],
  [{ kind: 'lacp', rate: 'slow' }, [
    'disable sharing 1:1', 'enable sharing 1:1 grouping 1:1,1:2 algorithm address-based L2 lacp', 'configure sharing 1:1 lacp timeout long', 'configure vlan 20 add ports 1:1 untagged',
  ]],
] as const satisfies readonly (readonly [PortsConfig, readonly string[]])[]) {
  test(`extreme-exos: the form ${Object.values(ports).join(' ')}, line by line`, (t) => t.deepEqual(extremeExos.form(groups, ports).flatMap(({ argv }) => argv), [...expected]));
}

test('extreme-exos: an aggregate that the lab file does not name is called by the first of its ports', (t) =>
  t.is(extremeExos.form([{ name: 'pve1', ports: ['7', '8'] }], { kind: 'static' })[0]!.argv[0], 'disable sharing 7'));

test('extreme-exos: an aggregate by a name that is none of its ports is a Problem', (t) => {
  const problem = t.throws(() => extremeExos.form([{ name: 'pve1', ports: ['7', '8'], aggregate: 'lag1' }], { kind: 'static' }), { instanceOf: Problem });
  t.true(problem.message.includes('one of 7, 8'), problem.message);
});

test('extreme-exos: ports that leave their aggregate need a VLAN, and the Problem says so', (t) => {
  const problem = t.throws(() => extremeExos.form([{ name: 'pve1', ports: ['7', '8'] }], { kind: 'plain' }), { instanceOf: Problem });
  t.true(problem.message.includes('EXOS takes the VLAN from ports of an aggregate'), problem.message);
});

for (const [shown, name] of [
  ['sw1.1 # ', 'sw1'], ['* sw1.23 # ', 'sw1'], ['* Slot-2 sw1.4 # ', 'sw1'], ['sw1.2 > ', 'sw1'], ['(pending-AAA) sw1.1 #', 'sw1'], ['* sw-1.rack.7.12 # ', 'sw-1.rack.7'], ['sw1:10 #', 'sw1'],
] as const) {
  test(`extreme-exos: the prompt ${JSON.stringify(shown)} is one of ${name}`, (t) => t.is(extremeExos.conversation!.prompt.exec(shown)?.[1], name));
}

for (const line of ['#', '# Module vlan configuration.', 'configure vlan cluster tag 20']) {
  test(`extreme-exos: the line ${JSON.stringify(line)} is no prompt`, (t) => t.false(extremeExos.conversation!.prompt.test(line)));
}

test('extreme-exos: a clock in summer time, and one whose zone is not told', (t) => {
  const clock = (zone: string) => extremeExos.facts.clock!.parse([`Current Time:     Fri Jul 31 11:00:00 2026\n${zone}`]).utc;
  t.is(clock('Timezone:         [Auto DST Enabled] GMT Offset: 60 minutes, name is CET.\n                  DST of 60 minutes is currently in effect, name is CEST.'), '2026-07-31T09:00:00.000Z');
  t.is(clock(''), null);
});

test("extreme-exos: what is shared is told without LACP's own answers, and by the columns of older releases", (t) => {
  const older = '====\n    33     33        LACP      L2          33         Y      A        2\n                               L2          35         -      R        1\n====';
  const question = extremeExos.facts.aggregates;
  t.deepEqual(question.further!([older, '']).map(({ argv }) => argv[0]), ['show lacp lag 33 detail']);
  t.deepEqual(question.parse([older, '', '']), [{ name: '33', mode: 'lacp', rate: null, members: [{ ...silent, port: '33', inUse: true }, { ...silent, port: '35', inUse: false }] }]);
});

test('extreme-exos: a row of `show sharing` that is none is an error with that row', (t) => {
  const parse = (row: string) => () => extremeExos.facts.aggregates.parse([`====\n${row}\n====`, '']);
  t.throws(parse('    33     33        LACP      L2          33         ?      A        2'), { message: /33 +LACP/ });
  t.throws(parse('                               L2          35         -      R        1'), { message: /L2 +35/ });
});

test('extreme-exos: a warning is no refusal', (t) => {
  const { refusal } = extremeExos.conversation!;
  t.false(refusal.test('Warning: Any config on the master port is lost (IGMP Filter, IGMP Static Group, MAC-Security, CFM, TRILL etc.)'));
  t.true(refusal.test('ERROR: LAG group Id does not exist'));
  t.true(refusal.test("%% Invalid input detected at '^' marker."));
});
