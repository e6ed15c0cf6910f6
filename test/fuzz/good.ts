// Good texts, made by hand after what real devices print.

import type { AgentMessage } from '../../src/agent/protocol.ts';
import { recordLine } from '../../src/harness/record-text.ts';
import * as built from '../agent/datagrams.ts';
import { goldenTrials } from '../report/golden.ts';

const { attributes, bondInfo, hex, linkMessage, neighbourMessage, newLink, newNeighbour, newQdisc, qdiscMessage, slaveInfo, text, u16, u32, u8 } = built;
const up = 0x1_0001;

export const datagrams: readonly Buffer[] = [
  linkMessage(newLink, 9, up, [[3, text('bond0')], [1, hex('02:00:00:00:00:01')], [16, u8(6)], [33, u8(1)], bondInfo([1, u8(4)], [2, u32(5)], [3, u32(100)], [8, attributes([0, hex('0a000001')])], [23, attributes([1, u16(3)], [5, hex('02:00:00:00:00:99')])])]),
  linkMessage(newLink, 5, up, [[3, text('eth1')], [10, u32(9)], slaveInfo([1, u8(1)], [2, u8(0)], [4, hex('02:00:00:00:00:01')], [6, u16(3)], [7, u8(0x3f)], [8, u16(0x3f)])]),
  neighbourMessage(newNeighbour, 9, 2, '10.10.10.2', '02:00:00:00:00:02'),
  qdiscMessage(newQdisc, 5, 'netem', 0xb0d_0000, 0xffff_ffff, 0xffff_ffff),
];

const stamp = { bootUs: 5_000_000, realUs: 1_700_000_000_000_000 };
const messages: readonly AgentMessage[] = [
  { ...stamp, kind: 'hello', bootId: '3e4f9f1c-0f0e-4d0c-9c59-5d8c7bb5a1aa', kernel: '6.14', python: '3.13.5', pid: 7, problems: ['ordered delivery: none'] },
  { ...stamp, kind: 'pong', id: 3 },
  ...datagrams.map((datagram) => ({ ...stamp, kind: 'netlink', data: datagram.toString('base64') }) as const),
  { ...stamp, kind: 'journal', identifier: 'corosync', text: '  [KNET  ] link: host: 2 link: 0 is down', priority: 6 },
  { ...stamp, kind: 'journal', identifier: 'pve-ha-lrm', text: 'status change active => lost_agent_lock', priority: 6 },
  { ...stamp, kind: 'lacp', slave: 'eth1', actor: 63, partner: 63 },
  { ...stamp, kind: 'lacpdu', slave: 'eth1', outgoing: true, frame: 'AYDCAAACAgAAAAAJiAkBAQ==' },
  { ...stamp, kind: 'burst', sent: [[1_000_001, 2000, 12], [1_000_002, 1000, 9]] },
  { ...stamp, kind: 'lrm', state: 'active', timestamp: 100 },
  { ...stamp, kind: 'tick', seq: 1, heard: { pve2: [1, 2] }, canarySent: [1], canaryRefused: 0, canaryHeard: { pve1: [2], pve2: [3] }, delivered: [[4, 1200]], undeliveredMs: 0, counters: { eth1: [1, 2, null, 1], eth2: [1, 2, 3, null] } },
  { ...stamp, kind: 'trouble', what: 'netlink', because: 'lost' },
];

/** Each alone, and all one after the other. */
export const agentLines: readonly Buffer[] = [...messages.map((message) => Buffer.from(JSON.stringify(message))), Buffer.from(messages.map((message) => JSON.stringify(message)).join('\n'))];

export const corosyncLines: readonly Buffer[] = [
  '  [KNET  ] link: host: 2 link: 0 is down', '  [KNET  ] rx: host: 2 link: 0 is up', '  [TOTEM ] Token has not been received in 2250 ms',
  '  [TOTEM ] A processor failed, forming new configuration: token timed out (3000ms), waiting 3600ms for consensus.',
  '  [TOTEM ] A new membership (1.2c) was formed. Members joined: 2 3 left: 4', '  [QUORUM] Members[3]: 1 2 3', '  [QUORUM] Members[40]: 1 2 3 4 5\\', '  [TOTEM ] Process pause detected for 3000 ms, flushing membership messages.',
  '[MAIN  ] Corosync main process was not scheduled (@123) for 4000.5 ms (threshold is 2400.0 ms).', '[MAIN  ] Totem is unable to form a cluster because of an operating system or network fault',
  'client (PID 412) watchdog expired - disable watchdog updates', 'status change active => lost_agent_lock', "lost lock 'ha_agent_pve1_lock - cfs lock update failed", "node 'pve1': state changed from 'unknown' => 'fence'",
  "fencing: acknowledged - got agent lock for node 'pve1'", 'softdog: Triggered - Reboot ignored',
].map((line) => Buffer.from(line));

export const interfacesTexts: readonly Buffer[] = [
  'auto lo\niface lo inet loopback\n\nauto bond0\niface bond0 inet static\n\taddress 10.10.10.1/24\n\tbond-slaves eth1 eth2\n\tbond-miimon 100\n\tbond-mode active-backup\n\tbond-primary eth1\n# the end\n',
  'iface bond0 inet static\n    bond_slaves eth1 \\\n      eth2\n    bond-mode 4\n    bond-xmit-hash-policy layer3+4\niface bond0 inet6 static\n    address fd00::1/64\n\nsource /etc/network/interfaces.d/*\n',
].map((each) => Buffer.from(each));

/** The first trials of the golden run, thinned out: a report of one takes a while. */
export const goldenRecords: readonly Buffer[] = goldenTrials.slice(0, 4).map(({ events }) =>
  Buffer.from(events.filter(({ type }, at) => type !== 'tick' || at % 20 === 0).map((event, at) => recordLine(event, at + 1)).join('')));

export const undoEntry = JSON.stringify({
  format: 1, token: 'r-1abc', lab: 'paper', kind: 'fault', what: 'x on pve1-eth1', run: 'r', openedAt: '2026-11-25T12:00:00.000Z',
  revert: [{ device: 'pve1', command: { argv: ['tc', 'qdisc', 'del', 'dev', 'eth1', 'root', 'handle', 'b0d:'] }, accept: [0, 2] }, { device: 'sw1', command: { argv: ['sh', '-c', 'x'], stdin: 'y' } }],
}, null, 2);

export const formEntry = JSON.stringify({
  format: 1, token: 'switch-try-1-form', lab: 'paper', kind: 'form', what: 'the ports of sw1 were put into form lacp fast', run: 'switch try 1', openedAt: '2026-11-25T12:00:00.000Z',
  revert: [{ device: 'sw1', command: { argv: ['configure session bondproof abort'] } }], form: { device: 'sw1', dialect: 'arista-eos', before: 'hostname sw1\nend', backBy: '2026-11-25T12:06:02.000Z' },
}, null, 2);

const fingerprint = (letter: string): string => `SHA256:${letter.repeat(43)}`;

export const hardwareLab = `name: rack
world: ssh
cluster: prod
victim: a
keyFile: ~/.ssh/lab
nodes:
  - {name: a, id: 1, host: 192.0.2.1, hostKey: "${fingerprint('a')}", address: 10.0.0.1, bond: bond0, slaves: [{nic: eno1, port: swp1}, {nic: eno2, port: swp2}]}
  - {name: b, id: 2, host: b.example, port: 2222, user: root, hostKey: "${fingerprint('b')}", address: 10.0.0.2, bond: bond1, slaves: [{nic: eno1, port: "3"}, {nic: eno2, port: Ethernet1/4}]}
switch: {name: sw, dialect: linux, host: 192.0.2.9, hostKey: "${fingerprint('c')}"}
`;
