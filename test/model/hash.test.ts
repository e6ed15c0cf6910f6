import test from 'ava';
import fc from 'fast-check';
import { predict, slaveIndex } from '../../src/model/hash.ts';
import type { HashPolicy, Station } from '../../src/model/hash.ts';
import { xmitHashPolicies } from '../../src/model/scenario.ts';

const station = (last: number, mac = '02:00:00:00:00:00'): Station => ({ mac, address: `10.10.10.${last}` });

const byteArbitrary = fc.integer({ min: 0, max: 255 });
const portArbitrary = fc.integer({ min: 1, max: 65535 });
const stationArbitrary: fc.Arbitrary<Station> = fc.record({
  mac: fc.array(byteArbitrary, { minLength: 6, maxLength: 6 }).map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')),
  address: fc.array(byteArbitrary, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.')),
});
/** Policies that look at both ends. */
const pairPolicyArbitrary = fc.constantFrom(...xmitHashPolicies.filter((policy) => policy !== 'vlan+srcmac'));
const policyArbitrary = fc.constantFrom<HashPolicy>(...xmitHashPolicies);

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
  fc.assert(fc.property(stationArbitrary, stationArbitrary, portArbitrary, pairPolicyArbitrary, fc.integer({ min: 1, max: 8 }), (from, to, port, policy, usable) => {
    const ports = { from: port, to: port };
    const index = slaveIndex({ from, to, ports }, policy, usable);
    t.is(slaveIndex({ from: to, to: from, ports }, policy, usable), index);
    t.is(slaveIndex({ from, to, ports }, policy.startsWith('encap') ? policy.replace('encap', 'layer') as HashPolicy : policy, usable), index);
    t.true(Number.isInteger(index) && index >= 0 && index < usable);
  }));
});

test('with two slaves, equal ports make no difference', (t) => {
  fc.assert(fc.property(stationArbitrary, stationArbitrary, portArbitrary, policyArbitrary, (from, to, port, policy) => {
    t.is(slaveIndex({ from, to, ports: { from: port, to: port } }, policy, 2), slaveIndex({ from, to }, policy, 2));
  }));
});

/** The kernel's hash over the bytes of a frame as they lie in memory, on its own: words are read from a Buffer, and BigInt has no 32 bits to overflow. */
const byBytes = (flow: { readonly mac: Buffer; readonly peerMac: Buffer; readonly source: Buffer; readonly destination: Buffer; readonly ports: Buffer }, policy: HashPolicy, { swapped = false } = {}): bigint => {
  const big = (bytes: Buffer, from: number, to: number): bigint => bytes.subarray(from, to).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  if (policy === 'vlan+srcmac') return big(flow.mac, 0, 3) ^ big(flow.mac, 3, 6);
  const ethertype = Buffer.from(flow.source.length === 4 ? [0x08, 0x00] : [0x86, 0xdd]);
  const ethernet = BigInt(flow.mac[5]!) ^ BigInt(flow.peerMac[5]!) ^ BigInt(swapped ? ethertype.readUInt16LE() : ethertype.readUInt16BE());
  if (policy === 'layer2') return ethernet;
  const words = (bytes: Buffer): bigint => Array.from({ length: bytes.length / 4 }, (_, n) => BigInt(bytes.readUInt32LE(4 * n))).reduce((hash, word) => hash ^ word, 0n);
  const layer4 = policy.endsWith('3+4');
  let hash = (layer4 ? BigInt(flow.ports.readUInt32LE()) : ethernet) ^ words(flow.source) ^ words(flow.destination);
  hash ^= hash / 65536n;
  hash ^= hash / 256n;
  return layer4 ? hash / 2n : hash;
};

const bytesArbitrary = (count: number): fc.Arbitrary<Buffer> => fc.array(byteArbitrary, { minLength: count, maxLength: count }).map((bytes) => Buffer.from(bytes));
const macOf = (bytes: Buffer): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
const addressOf = (bytes: Buffer): string => bytes.length === 4 ? bytes.join('.') : Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(2 * n).toString(16)).join(':');
const frameArbitrary = fc.constantFrom(4, 16).chain((length) => fc.record({
  mac: bytesArbitrary(6), peerMac: bytesArbitrary(6), source: bytesArbitrary(length), destination: bytesArbitrary(length), ports: bytesArbitrary(4),
}));

test('every policy takes the slave that the bytes of the frame say, on old kernels and new', (t) => {
  fc.assert(fc.property(frameArbitrary, policyArbitrary, fc.integer({ min: 1, max: 16 }), fc.boolean(), (frame, policy, usable, swapped) => {
    const flow = {
      from: { mac: macOf(frame.mac), address: addressOf(frame.source) }, to: { mac: macOf(frame.peerMac), address: addressOf(frame.destination) },
      ports: { from: frame.ports.readUInt16BE(0), to: frame.ports.readUInt16BE(2) },
    };
    t.is(slaveIndex(flow, policy, usable, swapped ? '5.14.21' : '6.12.3-1-pve'), Number(byBytes(frame, policy, { swapped }) % BigInt(usable)));
  }), { numRuns: 500 });
});

// Worked by hand. fd00::1 to fd00::2: the words' XOR is 0x03000000, folded 0x03000300 and 0x03030303; the MACs add 0x86dd ^ 0x01 ^ 0x02.
const ipv6: { readonly from: Station; readonly to: Station } = { from: { mac: '02:00:00:00:00:01', address: 'fd00::1' }, to: { mac: '02:00:00:00:00:02', address: 'fd00::2' } };

test('IPv6 addresses count by the XOR of their words, and the ethertype is odd', (t) => {
  t.is(slaveIndex(ipv6, 'layer3+4', 2), 1); // 0x03030303 >> 1 = 0x01818181
  t.is(slaveIndex(ipv6, 'layer2', 2), 0); // 0x86de
  t.is(slaveIndex(ipv6, 'layer2', 2, '5.10.0-28-amd64'), 1); // 0xdd86 ^ 3 = 0xdd85
  t.is(slaveIndex(ipv6, 'layer2', 2, '5.15.0'), 0);
});

/** As x86-64 does it, in two halves of 64 bits, whatever the bytes' order within (include/net/ipv6.h, ipv6_addr_hash: HAVE_EFFICIENT_UNALIGNED_ACCESS). */
const addressHash = (address: Buffer): bigint => {
  const half = address.readBigUInt64LE(0) ^ address.readBigUInt64LE(8);
  return (half ^ half >> 32n) & 0xffffffffn;
};

const ulaArbitrary = fc.tuple(bytesArbitrary(5), bytesArbitrary(10)).map(([global, rest]) => Buffer.concat([Buffer.from([0xfd]), global, rest]));

test('between two slaves one bit of every octet decides about IPv6: the lowest, or with layer3+4 the one above', (t) => {
  const odd = (octets: readonly number[], bit: number): number => octets.filter((octet) => (octet >> bit & 1) === 1).length % 2;
  fc.assert(fc.property(ulaArbitrary, ulaArbitrary, bytesArbitrary(6), bytesArbitrary(6), portArbitrary, (source, destination, mac, peerMac, port) => {
    const flow = { from: { mac: macOf(mac), address: addressOf(source) }, to: { mac: macOf(peerMac), address: addressOf(destination) }, ports: { from: port, to: port } };
    const addresses = [...source, ...destination];
    const ethernet = [mac[5]!, peerMac[5]!, 0xdd];
    t.is(slaveIndex(flow, 'layer2', 2), odd(ethernet, 0));
    t.is(slaveIndex(flow, 'layer2+3', 2), odd([...ethernet, 0x86, ...addresses], 0));
    t.is(slaveIndex(flow, 'layer3+4', 2), odd(addresses, 1));
    // Of more slaves all bits decide, and those of equal ports as well.
    const word = addressHash(source) ^ addressHash(destination) ^ BigInt(Buffer.from([port >> 8, port & 255, port >> 8, port & 255]).readUInt32LE());
    const folded = word ^ word >> 16n;
    t.is(slaveIndex(flow, 'layer3+4', 3), Number((folded ^ folded >> 8n) >> 1n) % 3);
  }), { numRuns: 500 });
});

test('nobody can foretell where encap3+4 sends IPv6, but of a bond with one slave', (t) => {
  const peers = [{ name: 'pve2', ...ipv6.to }];
  const foretold = (policy: HashPolicy, slaves: readonly string[], victim: Station = ipv6.from, to = peers) => predict({ mode: '802.3ad', policy, victim, peers: to, slaves, hit: 'eth1', active: null });
  t.is(foretold('encap3+4', ['eth1', 'eth2']), null);
  t.deepEqual(foretold('encap3+4', ['eth1']), { class: 'isolated', darkPeers: ['pve2'] });
  for (const policy of xmitHashPolicies.filter((each) => each !== 'encap3+4')) t.not(foretold(policy, ['eth1', 'eth2']), null, policy);
  t.not(foretold('encap3+4', ['eth1', 'eth2'], station(1), [{ name: 'pve2', ...station(2) }]), null);
});

test('an IPv6 address is the same however it is written', (t) => {
  const index = (address: string): number => slaveIndex({ ...ipv6, from: { ...ipv6.from, address } }, 'layer3+4', 251);
  t.is(index('fd00:0:0:0:0:0:0:1'), index('FD00::1'));
  t.is(index('::ffff:10.1.2.3'), index('::ffff:a01:203'));
  t.is(index('1:2:3:4:5:6:7::'), index('1:2:3:4:5:6:7:0'));
  t.is(index('::'), index('0:0:0:0:0:0:0:0'));
  t.throws(() => index('fe80::1%eth0'), { message: '"fe80::1%eth0" is not an IP address' });
  t.throws(() => index('10.0.0.1'), { message: '10.0.0.1 and fd00::2 are of two IP versions' });
});

test('an old kernel takes the ethertype of IPv4 the other way round, which three slaves tell', (t) => {
  const flow = { from: station(1, '02:00:00:00:00:01'), to: station(2, '02:00:00:00:00:02') };
  t.deepEqual([slaveIndex(flow, 'layer2', 3), slaveIndex(flow, 'layer2', 3, '5.14.0')], [2, 2]); // 0x0803 = 2051, 0x000b = 11
  t.deepEqual([slaveIndex(flow, 'layer2', 5), slaveIndex(flow, 'layer2', 5, '5.14.0')], [1, 1]);
  t.deepEqual([slaveIndex(flow, 'layer2', 7), slaveIndex(flow, 'layer2', 7, '5.14.0')], [0, 4]);
  t.is(slaveIndex(flow, 'layer2', 7, 'a kernel of somebody'), 0);
});

test('vlan+srcmac sends all that a node sends on one slave, by its own MAC and the tag', (t) => {
  const from = station(1, '02:62:70:00:01:10'); // 0x026270 ^ 0x000110 = 0x026360
  for (const last of [2, 3, 4]) t.is(slaveIndex({ from, to: station(last, `02:00:00:00:00:0${last}`) }, 'vlan+srcmac', 2), 0);
  t.is(slaveIndex({ from, to: station(2), vlan: 101 }, 'vlan+srcmac', 2), 1);
  t.is(slaveIndex({ from, to: station(2) }, 'vlan+srcmac', 7), 0x026360 % 7);
});

test('the tag of the victim’s VLAN is a part of what is foretold for vlan+srcmac, and of no other policy', (t) => {
  const classOf = (policy: HashPolicy, vlan?: number): string => predict({
    mode: 'balance-xor', policy, victim: station(1, '02:62:70:00:01:10'), peers: [{ name: 'pve2', ...station(2) }, { name: 'pve3', ...station(3) }], slaves: ['eth1', 'eth2'], hit: 'eth1', active: null,
    ...vlan !== undefined && { vlan },
  })!.class;
  t.deepEqual([classOf('vlan+srcmac'), classOf('vlan+srcmac', 50), classOf('vlan+srcmac', 51)], ['isolated', 'isolated', 'none']);
  for (const policy of xmitHashPolicies.filter((each) => each !== 'vlan+srcmac')) t.is(classOf(policy, 51), classOf(policy), policy);
});

test('a bond without usable slaves, or an address that is none, is an error', (t) => {
  t.throws(() => slaveIndex({ from: station(1), to: station(2) }, 'layer2', 0), { message: 'a bond with 0 usable slaves sends nothing' });
  t.throws(() => slaveIndex({ from: station(1, 'x'), to: station(2) }, 'layer2', 2), { message: '"x" is not a MAC address' });
  t.throws(() => slaveIndex({ from: { mac: station(1).mac, address: '10.0.0.256' }, to: station(2) }, 'layer3+4', 2), { message: '"10.0.0.256" is not an IP address' });
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
