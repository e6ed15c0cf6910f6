import test from 'ava';
import { fingerprint, whyUnusable } from '../../../src/transport/key.ts';
import { keyPairFromSeed, newKeyPair } from '../../../src/worlds/virtual/keys.ts';
import { countingBytes } from './lab-of.ts';

// RFC 8032, 7.1, test 1.
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

test('the public key is that of RFC 8032', (t) => {
  const blob = Buffer.from(keyPairFromSeed(seed, 'test').publicLine.split(' ')[1]!, 'base64');
  t.is(blob.toString('hex'), `0000000b${Buffer.from('ssh-ed25519').toString('hex')}00000020${publicKey}`);
});

// What ssh-keygen -lf (OpenSSH 9.2) printed for the private file of this seed.
test('the fingerprint is what ssh-keygen prints', (t) => {
  t.is(keyPairFromSeed(seed, 'test').fingerprint, 'SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8');
});

test('the fingerprint is the one that the transport checks', (t) => {
  const pair = keyPairFromSeed(seed, 'test');
  t.is(pair.fingerprint, fingerprint(Buffer.from(pair.publicLine.split(' ')[1]!, 'base64')));
});

test('the private file can be used, whatever the length of its comment', (t) => {
  for (let length = 0; length < 9; length++) t.is(whyUnusable(keyPairFromSeed(seed, 'x'.repeat(length)).privateFile), null);
});

test('the public line ends with the comment', (t) => {
  t.true(keyPairFromSeed(seed, 'root@pve1').publicLine.endsWith(' root@pve1'));
});

test('each new pair takes 32 fresh random bytes', (t) => {
  const random = countingBytes();
  t.not(newKeyPair(random, 'a').fingerprint, newKeyPair(random, 'a').fingerprint);
});

test('a seed of another length is refused', (t) => {
  t.throws(() => keyPairFromSeed(Buffer.alloc(31), 'short'), { message: 'an ed25519 seed has 32 bytes, not 31' });
});
