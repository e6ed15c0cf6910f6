// Arista EOS, against a scripted device: its outputs are synthetic, written by hand from the EOS User Manual's grammar.

import { aristaEos } from '../../src/switches/arista-eos.ts';
import { unknownBits } from '../../src/model/switch-facts.ts';
import { testDialect } from './conformance.ts';
import { configured, printed, type ScriptedKind, type State } from './scripted.ts';

const healthy = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true };
const gone = { ...healthy, timeout: false, collecting: false, distributing: false };

const kind: ScriptedKind = {
  prompt: ({ mode }) => `sw1${mode === 'exec' ? '' : '(config-s-bondpr)'}#`,
  noPaging: /^terminal (?:length|width) /,
  pager: { shows: ' --More-- ', every: 5 },
  refuse: () => '% Invalid input',
  before: [
    { where: '', line: 'hostname sw1' },
    { where: 'interface Port-Channel11', line: 'switchport access vlan 20' },
    { where: 'interface Ethernet1', line: 'channel-group 11 mode active' },
    { where: 'interface Ethernet2', line: 'channel-group 11 mode active' },
  ],
  shows: {
    'show version | json': JSON.stringify({ modelName: 'DCS-7050TX3-48C8-F', serialNumber: 'SYN00000001', version: '4.31.2F', memTotal: 8_000_000 }, null, 4),
    'show port-channel detailed all-ports | json': JSON.stringify({ portChannels: {
      'Port-Channel11': { activePorts: { Ethernet1: { protocol: 'lacp' }, Ethernet2: { protocol: 'lacp' } }, inactivePorts: {} },
      'Port-Channel12': { activePorts: { Ethernet3: { protocol: 'none' } }, inactivePorts: {} },
    } }, null, 4),
    'show lacp interface detailed | json': JSON.stringify({ portChannels: { 'Port-Channel11': { interfaces: {
      Ethernet1: { actorPortStatus: 'bundled', actorPortState: healthy, partnerPortState: healthy, partnerSystemId: '8000,52-54-00-00-00-01', details: { actorRxSmState: 'rxSmCurrent' } },
      Ethernet2: { actorPortStatus: 'bundled', actorPortState: healthy, partnerPortState: gone, details: { actorRxSmState: 'rxSmExpired' } },
    } } } }, null, 4),
    'show lacp counters all-ports | json': JSON.stringify({ portChannels: { 'Port-Channel11': { interfaces: { Ethernet1: { lacpdusRxCount: 120, lacpdusTxCount: 118, illegalRxCount: 0 } } } } }, null, 4),
    'show lldp neighbors detail | json': JSON.stringify({ lldpNeighbors: { Ethernet1: { lldpNeighborInfo: [{ systemName: 'pve1', chassisId: '5254.0000.0001', neighborInterfaceInfo: { interfaceId: '"eth1"' } }] }, Ethernet9: { lldpNeighborInfo: [] } } }, null, 4),
    'show mac address-table | json': JSON.stringify({ unicastTable: { tableEntries: [{ vlanId: 20, macAddress: '52:54:00:00:00:01', interface: 'Port-Channel11' }] } }, null, 4),
    'show interfaces counters | json': JSON.stringify({ interfaces: { Ethernet1: { inOctets: 1000, outOctets: 2000 } } }, null, 4),
    'show clock': 'Mon Nov 30 09:00:00 2026\nTimezone: UTC\nClock source: local',
    'show interfaces status | json': JSON.stringify({ interfaceStatuses: { Ethernet1: { linkStatus: 'connected' }, Ethernet9: { linkStatus: 'notconnect' } } }, null, 4),
    'show running-config': (state) => `! Command: show running-config\n! device: sw1 (DCS-7050TX3-48C8-F, EOS-4.31.2F)\n! Startup-config last modified at {clock}\n${printed(state.running)}\nend`,
    'show configuration sessions detail | json': ({ deadMan }) => JSON.stringify({ sessions: deadMan === null ? {} : { bondproof: { state: 'pendingCommitTimer' } } }),
  },
  act(line, state) {
    if (line === 'configure session bondproof') return begin(state, state.running);
    if (line === 'configure session bondproof abort') return end(state, { running: state.deadMan?.before ?? state.running, deadMan: null });
    if (line === 'configure session bondproof commit') return end(state, { deadMan: null });
    if (state.candidate === null) return null;
    const timer = /^commit timer (\d\d):(\d\d):(\d\d)$/.exec(line);
    if (timer !== null) return end(state, { running: state.candidate, deadMan: { before: state.running, atS: state.nowS + Number(timer[1]) * 3600 + Number(timer[2]) * 60 + Number(timer[3]) } });
    if (line === 'end') return end(state, {});
    if (line === 'exit') return done(state, { context: '' });
    if (/^interface (?:Ethernet|Port-Channel)\d+$/.test(line)) return done(state, { context: line });
    if (!/^(?:no )?(?:channel-group|lacp timer|switchport access vlan|shutdown)\b/.test(line)) return null;
    return done(state, { candidate: configured(state.candidate, state.context, line) });
  },
};

const done = (state: State, change: Partial<State>): string => {
  Object.assign(state, change);
  return '';
};
const begin = (state: State, candidate: State['running']): string => done(state, { mode: 'session', candidate });
const end = (state: State, change: Partial<State>): string => done(state, { mode: 'exec', candidate: null, context: '', ...change });

const bits = { ...unknownBits, ...healthy };

testDialect(aristaEos, {
  kind,
  facts: {
    identity: { vendor: 'Arista', model: 'DCS-7050TX3-48C8-F', version: '4.31.2F', serial: 'SYN00000001' },
    aggregates: [
      { name: 'Port-Channel11', mode: 'lacp', rate: 'fast', members: [
        { port: 'Ethernet1', actor: bits, partner: bits, receive: 'current', partnerSystem: '52:54:00:00:00:01', lacpdus: { sent: 118, received: 120, illegal: 0 }, inUse: true },
        { port: 'Ethernet2', actor: bits, partner: { ...bits, timeout: false, collecting: false, distributing: false }, receive: 'expired', partnerSystem: null, lacpdus: null, inUse: true },
      ] },
      { name: 'Port-Channel12', mode: 'static', rate: null, members: [{ port: 'Ethernet3', actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: true }] },
    ],
    neighbours: [{ port: 'Ethernet1', system: 'pve1', chassis: '5254.0000.0001', theirPort: 'eth1' }],
    learned: [{ mac: '52:54:00:00:00:01', port: 'Port-Channel11', vlan: 20 }],
    counters: [{ port: 'Ethernet1', unit: 'octets', received: 1000n, sent: 2000n }],
    clock: { shown: 'Mon Nov 30 09:00:00 2026', utc: null },
    links: [{ port: 'Ethernet1', up: true }, { port: 'Ethernet9', up: false }],
  },
  groups: [{ name: 'pve1', ports: ['Ethernet1', 'Ethernet2'], aggregate: 'Port-Channel11', vlan: 20 }],
  lacpFast: [
    'interface Port-Channel11', 'switchport access vlan 20', 'exit',
    'interface Ethernet1', 'no channel-group', 'channel-group 11 mode active', 'lacp timer fast', 'exit',
    'interface Ethernet2', 'no channel-group', 'channel-group 11 mode active', 'lacp timer fast', 'exit',
  ],
  secret: 'username admin privilege 15 role network-admin secret sha512 hunter2\nenable password sha512 hunter2\nsnmp-server community hunter2 ro\nradius-server host 192.0.2.1 key 7 hunter2',
});
