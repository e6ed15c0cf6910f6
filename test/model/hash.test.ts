import test from 'ava';
import fc from 'fast-check';
import { chooseMacs, predict, slaveIndex } from '../../src/model/hash.ts';
import type { HashPolicy, MacWish, Station } from '../../src/model/hash.ts';
import type { FaultClass } from '../../src/model/lab.ts';
import { Problem } from '../../src/model/problem.ts';

const policies: readonly HashPolicy[] = ['layer2', 'layer2+3', 'layer3+4'];
const station = (last: number, mac = '02:00:00:00:00:00'): Station => ({ mac, address: `10.10.10.${last}` });

const byteArbitrary = fc.integer({ min: 0, max: 255 });
const portArbitrary = fc.integer({ min: 1, max: 65535 });
const stationArbitrary: fc.Arbitrary<Station> = fc.record({
  mac: fc.array(byteArbitrary, { minLength: 6, maxLength: 6 }).map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')),
  address: fc.array(byteArbitrary, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.')),
});
const policyArbitrary = fc.constantFrom(...policies);

// Worked by hand from the formulas of bond_main.c.
const layer2Cases = [
  { from: '01', to: '02', usable: 2, index: 1 }, // 0x0803 is odd
  { from: '01', to: '03', usable: 2, index: 0 }, // 0x0802 is even
  { from: '01', to: '02', usable: 3, index: 2 }, // 0x0803 is 2051 = 3 * 683 + 2
] as const;

for (const { from, to, usable, index } of layer2Cases) {
  test(`layer2 sends ..:${from} to ..:${to} on slave ${index} of ${usable}`, (t) => {
    t.is(slaveIndex({ from: station(1, `02:00:00:00:00:${from}`), to: station(2, `02:00:00:00:00:${to}`) }, 'layer2', usable), index);
  });
}

// 10.10.10.1 to .2 and so on: with equal ports, bit 1 of the XOR of all octets decides between two slaves.
const layer34Cases = [
  { from: 1, to: 2, index: 1 },
  { from: 1, to: 3, index: 1 },
  { from: 2, to: 3, index: 0 },
  { from: 1, to: 4, index: 0 },
  { from: 2, to: 4, index: 1 },
] as const;

for (const { from, to, index } of layer34Cases) {
  test(`layer3+4 sends 10.10.10.${from} to 10.10.10.${to} on slave ${index} of two`, (t) => {
    t.is(slaveIndex({ from: station(from), to: station(to), ports: { from: 5405, to: 5405 } }, 'layer3+4', 2), index);
  });
}

test('layer2+3 hashes MACs and addresses', (t) => {
  t.is(slaveIndex({ from: station(1), to: station(2) }, 'layer2+3', 2), 1);
  t.is(slaveIndex({ from: station(1), to: station(2, '02:00:00:00:00:01') }, 'layer2+3', 2), 0);
});

test('unequal ports count in layer3+4 alone', (t) => {
  const flow = { from: station(1), to: station(2) };
  t.is(slaveIndex({ ...flow, ports: { from: 40000, to: 40002 } }, 'layer3+4', 2), 0);
  t.is(slaveIndex({ ...flow, ports: { from: 40000, to: 40000 } }, 'layer3+4', 2), 1);
  for (const policy of ['layer2', 'layer2+3'] as const) {
    t.is(slaveIndex({ ...flow, ports: { from: 40000, to: 40002 } }, policy, 2), slaveIndex(flow, policy, 2));
  }
});

test('a path and its way back hash alike when the ports are equal', (t) => {
  fc.assert(fc.property(stationArbitrary, stationArbitrary, portArbitrary, policyArbitrary, fc.integer({ min: 1, max: 8 }), (from, to, port, policy, usable) => {
    const ports = { from: port, to: port };
    const index = slaveIndex({ from, to, ports }, policy, usable);
    t.is(slaveIndex({ from: to, to: from, ports }, policy, usable), index);
    t.true(Number.isInteger(index) && index >= 0 && index < usable);
  }));
});

test('with two slaves, equal ports make no difference', (t) => {
  fc.assert(fc.property(stationArbitrary, stationArbitrary, portArbitrary, policyArbitrary, (from, to, port, policy) => {
    t.is(slaveIndex({ from, to, ports: { from: port, to: port } }, policy, 2), slaveIndex({ from, to }, policy, 2));
  }));
});

test('a bond without usable slaves, or an address that is none, is an error', (t) => {
  t.throws(() => slaveIndex({ from: station(1), to: station(2) }, 'layer2', 0), { message: 'a bond with 0 usable slaves sends nothing' });
  t.throws(() => slaveIndex({ from: station(1, 'x'), to: station(2) }, 'layer2', 2), { message: '"x" is not a MAC address' });
  t.throws(() => slaveIndex({ from: { mac: station(1).mac, address: '10.0.0.256' }, to: station(2) }, 'layer3+4', 2), { message: '"10.0.0.256" is not an IPv4 address' });
});

const twoPeers = { victim: station(1), peers: [{ name: 'pve2', ...station(2) }, { name: 'pve3', ...station(3) }], slaves: ['eth1', 'eth2'] as const, policy: 'layer2' as const };

for (const mode of ['balance-rr', 'balance-tlb', 'balance-alb'] as const) {
  test(`${mode} has no prediction`, (t) => {
    t.is(predict({ ...twoPeers, mode, hit: 'eth1', active: null }), null);
  });
}

test('broadcast loses nobody while another slave is there', (t) => {
  t.deepEqual(predict({ ...twoPeers, mode: 'broadcast', hit: 'eth1', active: null }), { class: 'none', darkPeers: [] });
  t.deepEqual(predict({ ...twoPeers, slaves: ['eth1'], mode: 'broadcast', hit: 'eth1', active: null }), { class: 'isolated', darkPeers: ['pve2', 'pve3'] });
});

test('active-backup loses all on its active slave, and nobody on the other', (t) => {
  t.deepEqual(predict({ ...twoPeers, mode: 'active-backup', hit: 'eth1', active: 'eth1' }), { class: 'isolated', darkPeers: ['pve2', 'pve3'] });
  t.deepEqual(predict({ ...twoPeers, mode: 'active-backup', hit: 'eth2', active: 'eth1' }), { class: 'none', darkPeers: [] });
});

test('what one slave loses, the other keeps', (t) => {
  fc.assert(fc.property(stationArbitrary, fc.array(stationArbitrary, { minLength: 1, maxLength: 7 }), policyArbitrary, fc.constantFrom('balance-xor' as const, '802.3ad' as const), (victim, stations, policy, mode) => {
    const peers = stations.map((peer, at) => ({ name: `pve${at + 2}`, ...peer }));
    const [first, second] = ['eth1', 'eth2'].map((hit) => predict({ victim, peers, policy, mode, slaves: ['eth1', 'eth2'], hit, active: null })!);
    t.deepEqual([...first!.darkPeers, ...second!.darkPeers].sort(), peers.map((peer) => peer.name).sort());
    t.is(first!.class === 'partial', second!.class === 'partial');
  }));
});

test('a hit slave that the bond does not have is an error', (t) => {
  t.throws(() => predict({ ...twoPeers, mode: 'balance-xor', hit: 'eth9', active: null }), { message: 'eth9 is none of the slaves eth1, eth2' });
});

const wishOf = (count: number, wanted: FaultClass, rest: Partial<MacWish> = {}): MacWish => ({
  nodes: Array.from({ length: count }, (_, at) => ({ name: `pve${at + 1}`, address: `10.10.10.${at + 1}`, slaves: ['eth1', 'eth2'] })),
  victim: 'pve1',
  class: wanted,
  policy: 'layer2',
  ...rest,
});

for (const policy of ['layer2', 'layer2+3'] as const) {
  for (const wanted of ['none', 'partial', 'isolated'] as const) {
    test(`chosen MACs give class ${wanted} by ${policy}, for any number of nodes and any victim`, (t) => {
      for (let count = wanted === 'partial' ? 3 : 2; count <= 32; count = count < 9 ? count + 1 : count * 2 - 2) {
        for (let victimAt = 0; victimAt < count; victimAt++) {
          const wish = wishOf(count, wanted, { policy, victim: `pve${victimAt + 1}` });
          const macs = chooseMacs(wish);
          const stations = wish.nodes.map((node) => ({ name: node.name, mac: macs[node.name]![0]!, address: node.address }));
          const prediction = predict({
            mode: 'balance-xor', policy, victim: stations[victimAt]!, peers: stations.filter((_, at) => at !== victimAt), slaves: ['eth1', 'eth2'], hit: 'eth1', active: null,
          });
          t.is(prediction?.class, wanted);
          t.is(prediction?.darkPeers.length, { none: 0, partial: Math.floor((count - 1) / 2), isolated: count - 1 }[wanted]);

          const all = Object.values(macs).flat();
          t.is(all.length, 2 * count);
          t.is(new Set(all).size, all.length);
          for (const mac of all) t.regex(mac, /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
          t.deepEqual(chooseMacs(wish), macs);
        }
      }
    });
  }
}

test('chosen MACs begin with the wanted prefix', (t) => {
  const macs = chooseMacs(wishOf(3, 'partial', { prefix: '06:aa:bb:cc' }));
  t.true(Object.values(macs).flat().every((mac) => mac.startsWith('06:aa:bb:cc:')));
  t.throws(() => chooseMacs(wishOf(3, 'partial', { prefix: '00:aa:bb:cc' })), { message: '00:aa:bb:cc is not four bytes of a locally administered, unicast MAC' });
});

test('a class that no MACs can give is a problem that says why', (t) => {
  const messageOf = (wish: MacWish): string | undefined => t.throws(() => chooseMacs(wish), { instanceOf: Problem }).message;
  t.is(messageOf(wishOf(2, 'partial')), 'class partial for pve1: pve1 has one peer, which cannot be in part reached\n  right would be: at least 3 nodes');
  t.is(messageOf(wishOf(33, 'partial')), 'class partial for pve1: there are 33 nodes\n  right would be: 2 to 32 nodes');
  t.is(messageOf(wishOf(3, 'partial', { policy: 'layer3+4' })),
    'class partial for pve1: layer3+4 does not hash MACs, and by the addresses the first slave of pve1 carries 0 of 2 peers\n  right would be: other addresses, or another hash policy');
  t.is(messageOf({ ...wishOf(3, 'none'), nodes: wishOf(3, 'none').nodes.map((node) => ({ ...node, slaves: ['eth1'] })) }),
    'class none for pve1: pve1 has one slave, which carries every peer\n  right would be: at least 2 slaves');
});

test('layer3+4 is left to the addresses where they give the class already', (t) => {
  t.notThrows(() => chooseMacs(wishOf(3, 'none', { policy: 'layer3+4' })));
  t.notThrows(() => chooseMacs(wishOf(3, 'partial', { policy: 'layer3+4', victim: 'pve2' })));
});

test('a victim that is no node is an error', (t) => {
  t.throws(() => chooseMacs(wishOf(3, 'none', { victim: 'pve9' })), { message: 'the victim pve9 is none of the nodes pve1, pve2, pve3' });
});
