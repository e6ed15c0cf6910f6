import test from 'ava';
import fc from 'fast-check';

import { decodeNetlink } from '../../src/agent/netlink.ts';
import {
  attributes, bondInfo, deleteLink, deleteQdisc, hex, linkMessage, message, neighbourMessage, deleteNeighbour, newLink, newNeighbour, newQdisc, qdiscMessage, slaveInfo, text, u16, u32, u8,
} from './datagrams.ts';

const active = 0x1_0001;

const bond = linkMessage(newLink, 9, active, [
  [3, text('bond0')], [1, hex('02:00:00:00:00:01')], [16, u8(6)], [33, u8(1)],
  bondInfo(
    [1, u8(1)], [2, u32(5)], [3, u32(100)], [8, attributes([0, hex('0a000001')], [1, hex('0a000002')])], [14, u8(1)],
    [23, attributes([1, u16(3)], [2, u16(2)], [3, u16(15)], [4, u16(17)], [5, hex('02:00:00:00:00:99')])],
    [26, hex('00:00:00:00:00:00')], [29, u8(1)], [30, u8(2)], [31, attributes([0, hex('fe80 0000 0000 0000 0000 0000 0000 0001')])], [32, u8(1)], [33, u8(0)], [34, u8(0)],
  ),
]);

const slave = linkMessage(newLink, 5, active, [
  [3, text('eth1')], [10, u32(9)], [33, u8(1)],
  slaveInfo([1, u8(1)], [2, u8(0)], [3, u32(2)], [4, hex('02:00:00:00:00:01')], [6, u16(3)], [7, u8(0x3f)], [8, u16(0x013f)], [10, u16(255)], [77, hex('00')]),
]);

test('reads a bond, its active slave and the attributes that came later', (t) => {
  t.deepEqual(decodeNetlink(bond), [{
    kind: 'link', gone: false, index: 9, name: 'bond0', mac: '02:00:00:00:00:01', up: true, carrier: true, operstate: 6, master: null, slave: null,
    bond: {
      mode: 1, activeSlave: 5, miimonMs: 100, arpIpTargets: ['10.0.0.1', '10.0.0.2'], xmitHashPolicy: 1,
      adInfo: { aggregator: 3, ports: 2, actorKey: 15, partnerKey: 17, partnerMac: '02:00:00:00:00:99' },
      adActorSystem: '00:00:00:00:00:00', lacpActive: 1, missedMax: 2, nsIp6Targets: ['fe80::1'], coupledControl: 1, broadcastNeighbour: 0,
    },
  }]);
});

test('reads a slave, whose partner state has 16 bits and whose actor state has 8, and passes over what it does not know', (t) => {
  t.deepEqual(decodeNetlink(slave), [{
    kind: 'link', gone: false, index: 5, name: 'eth1', mac: null, up: true, carrier: true, operstate: null, master: 9, bond: null,
    slave: { state: 1, miiStatus: 0, linkFailures: 2, permanentMac: '02:00:00:00:00:01', aggregator: 3, actorPortState: 0x3f, partnerPortState: 0x013f, actorPortPriority: 255 },
  }]);
});

test('takes the carrier from the flags where there is no attribute for it', (t) => {
  const carriers = [active, 1].map((flags) => decodeNetlink(linkMessage(newLink, 5, flags, [[3, text('eth1')]])));
  t.like(carriers, [[{ up: true, carrier: true }], [{ up: true, carrier: false }]]);
});

test('a deleted link is gone, and neither up nor with carrier', (t) => {
  t.like(decodeNetlink(linkMessage(deleteLink, 9, active, [[3, text('bond0')]])), [{ gone: true, name: 'bond0', up: false, carrier: false }]);
});

test('a port that leaves a bridge is no link that goes', (t) => {
  t.deepEqual(decodeNetlink(linkMessage(deleteLink, 5, active, [[3, text('eth1')]], 7)), []);
});

test('reads neighbours', (t) => {
  const datagrams = [
    neighbourMessage(newNeighbour, 9, 2, '10.0.0.2', '02:00:00:00:00:02'),
    neighbourMessage(newNeighbour, 9, 32, '10.0.0.3', null),
    neighbourMessage(deleteNeighbour, 9, 4, '10.0.0.2', null),
    neighbourMessage(newNeighbour, 9, 3, '10.0.0.2', null),
  ];
  t.deepEqual(datagrams.flatMap(decodeNetlink), [
    { kind: 'neighbour', gone: false, index: 9, address: '10.0.0.2', mac: '02:00:00:00:00:02', state: 'reachable' },
    { kind: 'neighbour', gone: false, index: 9, address: '10.0.0.3', mac: null, state: 'failed' },
    { kind: 'neighbour', gone: true, index: 9, address: '10.0.0.2', mac: null, state: 'stale' },
    { kind: 'neighbour', gone: false, index: 9, address: '10.0.0.2', mac: null, state: '0x3' },
  ]);
});

test('reads qdiscs, and netem\'s loss as a ratio', (t) => {
  const datagrams = [
    qdiscMessage(newQdisc, 5, 'netem', 0x8001_0000, 0xffff_ffff, 0xffff_ffff),
    qdiscMessage(newQdisc, 5, 'netem', 0x8002_0000, 0x0001_0003, 0x3333_3333),
    qdiscMessage(deleteQdisc, 5, 'prio', 0x0001_0000, 0xffff_ffff, null),
  ];
  t.deepEqual(datagrams.flatMap(decodeNetlink), [
    { kind: 'qdisc', gone: false, index: 5, qdisc: 'netem', handle: '8001:', parent: 'root', lossRatio: 1 },
    { kind: 'qdisc', gone: false, index: 5, qdisc: 'netem', handle: '8002:', parent: '1:3', lossRatio: 0.2 },
    { kind: 'qdisc', gone: true, index: 5, qdisc: 'prio', handle: '1:', parent: 'root', lossRatio: null },
  ]);
});

test('reads every message of a datagram, and passes over kinds it does not need', (t) => {
  const datagram = Buffer.concat([message(40, Buffer.alloc(20)), bond, message(3, Buffer.alloc(4)), slave]);
  t.like(decodeNetlink(datagram), [{ name: 'bond0' }, { name: 'eth1' }]);
});

test('one message that makes no sense does not hide the others', (t) => {
  const broken = linkMessage(newLink, 7, active, [[3, text('bond1')], bondInfo([2, u8(5)])]);
  t.like(decodeNetlink(Buffer.concat([broken, slave])), [{ kind: 'not understood' }, { name: 'eth1' }]);
});

const known = [bond, slave, neighbourMessage(newNeighbour, 9, 2, '10.0.0.2', '02:00:00:00:00:02'), qdiscMessage(newQdisc, 5, 'netem', 1, 2, 3)];

test('never throws, whatever the bytes', (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    t.true(Array.isArray(decodeNetlink(Buffer.from(bytes))));
  }));
  const bent = fc.record({ datagram: fc.constantFrom(...known), at: fc.nat(300), value: fc.integer({ min: 0, max: 255 }), cut: fc.nat(300) });
  fc.assert(fc.property(fc.array(bent, { minLength: 1, maxLength: 3 }), (all) => {
    const datagram = Buffer.concat(all.map(({ datagram: good, at, value, cut }) => {
      const bytes = Buffer.from(good);
      bytes[at % bytes.length] = value;
      return bytes.subarray(0, bytes.length - (cut % 2 ? cut % bytes.length : 0));
    }));
    t.true(Array.isArray(decodeNetlink(datagram)));
  }), { numRuns: 1000 });
});

test('a datagram that was cut off says so', (t) => {
  for (const datagram of known) t.like(decodeNetlink(datagram.subarray(0, -8)), [{ kind: 'not understood' }]);
});
