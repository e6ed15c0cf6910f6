import test from 'ava';
import { predict } from '../../src/model/hash.ts';
import type { FaultClass } from '../../src/model/lab.ts';
import { chooseMacs, type MacWish } from '../../src/model/macs.ts';
import { Problem } from '../../src/model/problem.ts';

const wishOf = (count: number, wanted: FaultClass, rest: Partial<MacWish> = {}): MacWish => ({
  nodes: Array.from({ length: count }, (_, at) => ({ name: `pve${at + 1}`, address: `10.10.10.${at + 1}`, slaves: ['eth1', 'eth2'] })),
  victim: 'pve1',
  class: wanted,
  policy: 'layer2',
  ...rest,
});

for (const policy of ['layer2', 'layer2+3', 'encap2+3'] as const) {
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

test('vlan+srcmac gives all or nobody, by the victim’s own MAC, and cannot give a part', (t) => {
  for (const wanted of ['none', 'isolated'] as const) {
    const wish = wishOf(4, wanted, { policy: 'vlan+srcmac', victim: 'pve3' });
    const macs = chooseMacs(wish);
    const stations = wish.nodes.map((node) => ({ name: node.name, mac: macs[node.name]![0]!, address: node.address }));
    t.is(predict({ mode: 'balance-xor', policy: 'vlan+srcmac', victim: stations[2]!, peers: stations.filter((_, at) => at !== 2), slaves: ['eth1', 'eth2'], hit: 'eth1', active: null })?.class, wanted);
    t.is(new Set(Object.values(macs).flat()).size, 8);
  }
  t.is(t.throws(() => chooseMacs(wishOf(3, 'partial', { policy: 'vlan+srcmac' })), { instanceOf: Problem }).message,
    'class partial for pve1: vlan+srcmac sends all that a node sends on one slave\n  right would be: class none or isolated, or another hash policy');
});

test('encap3+4 is as layer3+4', (t) => {
  t.notThrows(() => chooseMacs(wishOf(3, 'none', { policy: 'encap3+4' })));
  t.throws(() => chooseMacs(wishOf(3, 'partial', { policy: 'encap3+4' })), { instanceOf: Problem, message: /^class partial for pve1: encap3\+4 does not hash MACs/ });
});

test('layer3+4 is left to the addresses where they give the class already', (t) => {
  t.notThrows(() => chooseMacs(wishOf(3, 'none', { policy: 'layer3+4' })));
  t.notThrows(() => chooseMacs(wishOf(3, 'partial', { policy: 'layer3+4', victim: 'pve2' })));
});

test('a victim that is no node is an error', (t) => {
  t.throws(() => chooseMacs(wishOf(3, 'none', { victim: 'pve9' })), { message: 'the victim pve9 is none of the nodes pve1, pve2, pve3' });
});
