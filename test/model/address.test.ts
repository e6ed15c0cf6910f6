import test from 'ava';
import fc from 'fast-check';

import { ipVersionOf, plainAddress, versionOf } from '../../src/model/address.ts';

const written: readonly (readonly [given: string, plain: string])[] = [
  ['FD00:0:0:0:0:0:0:1', 'fd00::1'], ['fd00::0001', 'fd00::1'], ['fd00:0:0:10::', 'fd00:0:0:10::'], ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], ['::FFFF:a01:203', '::ffff:10.1.2.3'],
  // What is no IPv6 address of one text is nobody's to change.
  ['10.0.0.1', '10.0.0.1'], ['fe80::1%eth0', 'fe80::1%eth0'], ['pve1', 'pve1'], ['fd00::1::2', 'fd00::1::2'], ['', ''],
];

test('an address is written as inet_ntop(3) does, however it was given', (t) => {
  for (const [given, plain] of written) t.is(plainAddress(given), plain);
});

test('all ways to write one address give the same text, and two addresses never do', (t) => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
  const whole = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(4, '0')).join(':');
  fc.assert(fc.property(groups, groups, fc.boolean(), (one, other, upper) => {
    const plain = plainAddress(whole(one));
    const short = one.map((word) => word.toString(16)).join(':');
    t.is(plainAddress(upper ? short.toUpperCase() : short), plain);
    t.is(plainAddress(plain), plain);
    t.is(plain === plainAddress(whole(other)), whole(one) === whole(other));
  }));
});

test('a lab has the version of its nodes’ addresses', (t) => {
  t.deepEqual(['10.0.0.1', 'fd00::1'].map(versionOf), ['ipv4', 'ipv6']);
  const node = { name: 'a', id: 1, bond: 'bond0', slaves: [], login: null };
  t.deepEqual(['10.0.0.1', 'fd00::1'].map((address) => ipVersionOf({ nodes: [{ ...node, address }] })), ['ipv4', 'ipv6']);
});
