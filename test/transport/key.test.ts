import test from 'ava';
import ssh2 from 'ssh2';
import { fingerprint, keyType, publicLine, whyUnusable } from '../../src/transport/key.ts';
import { generateKey } from './served-ssh.ts';

// The fingerprint is what `ssh-keygen -lf` of OpenSSH 9.2 prints for this public key.
const known = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIF1MHwRnPpo1Y4gn9Y2ZqRQ+1+jhyHmQ9i6hQ3jz0F1M', 'base64');

test('names a host key as ssh-keygen does', (t) => {
  t.is(fingerprint(known), 'SHA256:0XGVD4581FgXszfAiOS8xyFFgimOnr7BWIbPwnSJTYY');
  t.is(keyType(known), 'ssh-ed25519');
});

test('takes a private key without a passphrase', (t) => t.is(whyUnusable(generateKey()), null));

test('says that a key is encrypted', (t) => t.is(whyUnusable(generateKey('secret')), 'it is encrypted with a passphrase'));

test('says that a key is the public half', (t) => {
  t.is(whyUnusable(ssh2.utils.generateKeyPairSync('ed25519').public), 'it is a public key');
});

test('says that a text is no key', (t) => t.regex(whyUnusable('hello') ?? '', /not a private key/));

test('gives the public half as OpenSSH writes it into authorized_keys', (t) => {
  const key = generateKey();
  t.is(publicLine(key), (ssh2.utils.parseKey(key) as ssh2.ParsedKey).getPublicSSH().toString('base64').replace(/^/, 'ssh-ed25519 '));
  t.is(publicLine('hello'), null);
  t.is(publicLine(generateKey('secret')), null);
});
