// MikroTik RouterOS, against a scripted device: its outputs are synthetic, written by hand from the RouterOS manual (Bonding, Neighbor discovery, Bridging and
// Switching, Clock, Command Line Interface).

import test from 'ava';

import { mikrotikRouteros } from '../../src/switches/mikrotik-routeros.ts';
import { testDialect } from './conformance.ts';
import type { ScriptedKind } from './scripted.ts';

const kind: ScriptedKind = {
  prompt: () => '[admin@sw1] > ',
  noPaging: /$^/,
  pager: { shows: '-- [Q quit|D dump|down]', every: 4 },
  refuse: (line) => `bad command name ${line.split(' ')[0]!} (line 1 column 1)`,
  before: [{ where: '', line: '/interface bonding add lacp-rate=1sec mode=802.3ad name=bond1 slaves=ether1,ether2' }],
  shows: {
    '/system/resource/print': '                   uptime: 4w2d\n                  version: 7.15.3 (stable)\n               board-name: CRS326-24G-2S+\n                 platform: MikroTik',
    '/system/routerboard/print': '       routerboard: yes\n             model: CRS326-24G-2S+\n     serial-number: SYN0000003\n  current-firmware: 7.15.3',
    '/interface/bonding/print detail without-paging': [
      'Flags: X - disabled; R - running ',
      ' 0  R ;;; name=trap slaves=none mode=none', 'and a second line',
      '      name="bond1" mtu=1500 mac-address=02:00:00:00:00:11 slaves=ether1,ether2 mode=802.3ad primary=none ', '      lacp-rate=1sec transmit-hash-policy=layer-2-and-3 min-links=0 ', '',
      ' 1 X  name="bond2" mtu=1500 slaves=ether3 mode=balance-xor primary=none lacp-rate=30secs ', '',
      ' 2  R name="bond3" mtu=1500 slaves=ether4 mode=active-backup primary=ether4 lacp-rate=30secs ', '',
    ].join('\n'),
    ':foreach bond in=[/interface/bonding/find mode=802.3ad] do={/interface/bonding/monitor-slaves bond=[/interface/bonding/get $bond name] once}': [
      'Flags: A - active; P - partner ',
      ' AP port=ether1 key=9 flags="ATGSCD--" partner-sys-id=52:54:00:00:00:01 partner-sys-priority=65535 partner-key=9 partner-flags="A-GSCD--" ', '',
      '  P port=ether2 key=9 flags="ATGS---E" partner-sys-id=52:54:00:00:00:01 partner-sys-priority=65535 partner-key=9 partner-flags="ATGSCDF-" ', '',
    ].join('\n'),
    '/ip/neighbor/print detail without-paging where discovered-by~"lldp"': [
      ' 0 interface=ether1,bridge address=192.0.2.11 mac-address=52:54:00:00:00:01 identity="pve1" platform="" version="" ', '   age=12s interface-name="eth1" system-description="Debian \\"12\\" x=y" discovered-by=lldp ', '',
      ' 1 interface=ether7 mac-address=52:54:00:00:00:09 identity="" discovered-by=lldp ', '',
    ].join('\n'),
    '/interface/bridge/host/print detail without-paging where !local': 'Flags: X - disabled, I - invalid; D - dynamic; L - local \n 0   D   mac-address=52:54:00:00:00:01 vid=20 on-interface=bond1 bridge=bridge \n 1   D   mac-address=52:54:00:00:00:02 on-interface=ether9 bridge=bridge ',
    '/interface/print stats-detail without-paging': 'Flags: D - dynamic; X - disabled; R - running; S - slave \n 0   RS name="ether1" rx-byte=18 446 744 073 709 551 615 tx-byte=2 000 rx-packet=10 tx-packet=20 \n        rx-drop=0 tx-drop=0 ',
    '/system/clock/print': '                  time: 10:00:00\n                  date: 2026-11-30\n  time-zone-autodetect: yes\n        time-zone-name: Europe/Vienna\n            gmt-offset: +01:00\n            dst-active: no',
    '/interface/print detail without-paging': 'Flags: D - dynamic; X - disabled; R - running; S - slave \n 0   RS name="ether1" default-name="ether1" type="ether" mtu=1500 \n 1 X  S name="ether9" default-name="ether9" type="ether" mtu=1500 ',
    '/export terse': ({ running }) => ['# 2026-11-30 10:00:{clock} by RouterOS 7.15.3', '# software id = SYNT-HET1', '#', ...running.map(({ line }) => line)].join('\n'),
  },
  act: (line) => (line === '/' ? '' : null),
};

const bits = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false };
const member = { receive: null, lacpdus: null };

testDialect(mikrotikRouteros, {
  kind,
  facts: {
    identity: { vendor: 'MikroTik', model: 'CRS326-24G-2S+', version: '7.15.3 (stable)', serial: 'SYN0000003' },
    aggregates: [
      { name: 'bond1', mode: 'lacp', rate: 'fast', members: [
        { ...member, port: 'ether1', actor: bits, partner: { ...bits, timeout: false }, partnerSystem: '52:54:00:00:00:01', inUse: true },
        { ...member, port: 'ether2', actor: { ...bits, collecting: false, distributing: false, expired: true }, partner: { ...bits, defaulted: true }, partnerSystem: '52:54:00:00:00:01', inUse: false },
      ] },
      { name: 'bond2', mode: 'static', rate: null, members: [{ ...member, port: 'ether3', actor: null, partner: null, partnerSystem: null, inUse: null }] },
    ],
    neighbours: [{ port: 'ether1', system: 'pve1', chassis: '52:54:00:00:00:01', theirPort: 'eth1' }],
    learned: [{ mac: '52:54:00:00:00:01', port: 'bond1', vlan: 20 }, { mac: '52:54:00:00:00:02', port: 'ether9', vlan: null }],
    counters: [{ port: 'ether1', unit: 'octets', received: 18446744073709551615n, sent: 2000n }],
    clock: { shown: '2026-11-30 10:00:00 +01:00', utc: '2026-11-30T09:00:00.000Z' },
    links: [{ port: 'ether1', up: true }, { port: 'ether9', up: false }],
  },
  groups: [{ name: 'pve1', ports: ['ether1', 'sfp 2'], aggregate: 'bond1', vlan: 20 }],
  lacpFast: [
    ':if ([:len [/interface/bridge/find]] != 1) do={:error "bondproof: this device has not exactly one bridge"}',
    '/interface/bridge/port/remove [find interface=ether1]', '/interface/bridge/port/remove [find interface="sfp 2"]',
    ':if ([:len [/interface/bonding/find name=bond1]] = 0) do={/interface/bonding/add name=bond1 slaves=ether1,"sfp 2"}',
    '/interface/bonding/set [find name=bond1] slaves=ether1,"sfp 2" mode=802.3ad lacp-rate=1sec',
    ':if ([:len [/interface/bridge/port/find interface=bond1]] = 0) do={/interface/bridge/port/add interface=bond1 bridge=[/interface/bridge/get [find] name]}',
    '/interface/bridge/port/set [find interface=bond1] pvid=20',
  ],
  secret: [
    '/user add name=admin password="hunter2 \\" hunter2"', '/ppp secret add name=a password=hunter2', '/snmp community set [ find default=yes ] name=hunter2',
    '/interface wifi security add name=s passphrase=hunter2', '/ip ipsec identity add peer=p secret=hunter2', '/interface wireguard add name=w private-key="hunter2"',
  ].join('\n'),
});

test('mikrotik-routeros: nothing takes a change back by itself, and it says so', (t) => t.is(mikrotikRouteros.deadMan, null));

test('mikrotik-routeros: the date of releases before 7.10 is shown, and not made absolute', (t) => {
  const clock = (date: string) => mikrotikRouteros.facts.clock!.parse([`  time: 05:13:17\n  date: ${date}\n  gmt-offset: +02:00\n`]);
  t.deepEqual(clock('may/04/2026'), { shown: 'may/04/2026 05:13:17 +02:00', utc: null });
});
