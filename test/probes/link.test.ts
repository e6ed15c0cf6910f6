import test from 'ava';

import { link } from '../../src/probes/link.ts';
import {
  bondInfo, deleteLink, deleteNeighbour, deleteQdisc, linkMessage, neighbourMessage, newLink, newNeighbour, newQdisc, qdiscMessage, slaveInfo, text, u16, u32, u8,
} from '../agent/datagrams.ts';
import { lab, read } from './small-lab.ts';

const up = 0x1_0001;
const watch = (...datagrams: readonly Buffer[]) => read(link, datagrams.map((bytes) => ({ kind: 'netlink', data: bytes.toString('base64') })));

const bond = (activeSlave: number | null) => linkMessage(newLink, 9, up, [[3, text('bond0')], bondInfo([1, u8(1)], ...(activeSlave === null ? [] : [[2, u32(activeSlave)] as const]))]);
const slave = (state: 0 | 1, mii: number, aggregator: number | null = null) =>
  linkMessage(newLink, 5, up, [[3, text('eth1')], [10, u32(9)], slaveInfo([1, u8(state)], [2, u8(mii)], ...(aggregator === null ? [] : [[6, u16(aggregator)] as const]))]);
const loneSlave = linkMessage(newLink, 5, up, [[3, text('eth1')]]);

test('tells the state at the start, then only what changed', (t) => {
  t.deepEqual(watch(loneSlave, bond(5), slave(0, 0), slave(0, 0), slave(1, 2), bond(null)), [
    [{ type: 'link-changed', nic: 'eth1', up: true, carrier: true, master: null }],
    [{ type: 'link-changed', nic: 'bond0', up: true, carrier: true, master: null }, { type: 'active-slave-changed', bond: 'bond0', slave: 'eth1' }],
    [{ type: 'link-changed', nic: 'eth1', up: true, carrier: true, master: 'bond0' }, { type: 'slave-changed', slave: 'eth1', state: 'active', miiUp: true, aggregator: null }],
    [],
    [{ type: 'slave-changed', slave: 'eth1', state: 'backup', miiUp: false, aggregator: null }],
    [{ type: 'active-slave-changed', bond: 'bond0', slave: null }],
  ]);
});

test('a slave that is about to go down is still in use, and one that is about to come back is not yet', (t) => {
  t.like(watch(bond(null), slave(0, 1, 2), slave(0, 3, 2)).slice(1), [{ 1: { miiUp: true, aggregator: 2 } }, { 0: { miiUp: false, aggregator: 2 } }]);
});

test('a carrier that goes is a change of the link', (t) => {
  t.like(watch(loneSlave, linkMessage(newLink, 5, up, [[3, text('eth1')], [33, u8(0)]])), [{ length: 1 }, { 0: { type: 'link-changed', up: true, carrier: false } }]);
});

test('a bond that is deleted and made again tells everything again', (t) => {
  const story = watch(loneSlave, bond(5), slave(0, 0), linkMessage(deleteLink, 9, up, [[3, text('bond0')]]), loneSlave, bond(5), slave(0, 0));
  t.deepEqual(story[3], [{ type: 'link-changed', nic: 'bond0', up: false, carrier: false, master: null }]);
  t.deepEqual([story[4], story[5], story[6]], [story[0], story[1], story[2]]);
});

test('a slave that is listed before its bond is told when the bond is known, once', (t) => {
  t.deepEqual(watch(slave(0, 0), linkMessage(newLink, 1, up, [[3, text('lo')]]), bond(5), slave(0, 0)), [
    [],
    [],
    [
      { type: 'link-changed', nic: 'eth1', up: true, carrier: true, master: 'bond0' },
      { type: 'slave-changed', slave: 'eth1', state: 'active', miiUp: true, aggregator: null },
      { type: 'link-changed', nic: 'bond0', up: true, carrier: true, master: null },
      { type: 'active-slave-changed', bond: 'bond0', slave: 'eth1' },
    ],
    [],
  ]);
});

test('says nothing of interfaces that are not the bond\'s', (t) => {
  t.deepEqual(watch(linkMessage(newLink, 3, up, [[3, text('tap0')]]), qdiscMessage(newQdisc, 3, 'netem', 0x8001_0000, 0xffff_ffff, 0)), [[], []]);
});

test('qdiscs of the slaves come and go', (t) => {
  t.deepEqual(watch(loneSlave, qdiscMessage(newQdisc, 5, 'netem', 0x8001_0000, 0xffff_ffff, 0xffff_ffff), qdiscMessage(deleteQdisc, 5, 'netem', 0x8001_0000, 0xffff_ffff, null)).slice(1), [
    [{ type: 'qdisc-changed', nic: 'eth1', gone: false, kind: 'netem', handle: '8001:', lossRatio: 1 }],
    [{ type: 'qdisc-changed', nic: 'eth1', gone: true, kind: 'netem', handle: '8001:', lossRatio: null }],
  ]);
});

test('neighbour entries of the peers change, others do not matter', (t) => {
  const mac = '02:00:00:00:00:02';
  t.deepEqual(watch(neighbourMessage(newNeighbour, 9, 2, '10.0.0.2', mac), neighbourMessage(newNeighbour, 9, 2, '10.0.0.99', mac), neighbourMessage(deleteNeighbour, 9, 32, '10.0.0.2', mac)), [
    [{ type: 'neighbour-changed', address: '10.0.0.2', mac, state: 'reachable' }],
    [],
    [{ type: 'neighbour-changed', address: '10.0.0.2', mac: null, state: 'gone' }],
  ]);
});

test('a peer of IPv6 is known by its address, with whatever zeros in it', (t) => {
  const mac = '02:00:00:00:00:02';
  const [first, ...peers] = lab.nodes.map((node) => ({ ...node, address: `fd00:0:0:1::${node.id}` }));
  const reader = link.reader(first!, { ...lab, nodes: [first!, ...peers] });
  const read = (address: string) => reader({ kind: 'netlink', data: neighbourMessage(newNeighbour, 9, 4, address, mac).toString('base64'), bootUs: 1, realUs: 1 });
  t.deepEqual(read('fd00:0:0:1:0:0:0:2'), [{ type: 'neighbour-changed', address: 'fd00:0:0:1::2', mac, state: 'stale' }]);
  t.deepEqual(read('fe80:0:0:0:0:0:0:2'), []);
});

test('bytes that make no sense are no event', (t) => {
  t.deepEqual(watch(Buffer.from('nonsense')), [[]]);
});
