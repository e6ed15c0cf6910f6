// Ed25519 keys in OpenSSH's own file forms, made from a seed: every machine of every lab gets a key that exists nowhere else.

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';

export interface KeyPair {
  /** The private key file, unencrypted, as `ssh-keygen -t ed25519` writes it (openssh-key, PROTOCOL.key of OpenSSH). */
  readonly privateFile: string;
  /** One line, as in a `.pub` file or in authorized_keys. */
  readonly publicLine: string;
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 base64 characters. */
  readonly fingerprint: string;
}

/** Random bytes, from the operating system in earnest and from a counter in tests. */
export type RandomBytes = (size: number) => Buffer;

/** An ed25519 private key is 32 random bytes (RFC 8032, 5.1.5). */
export const newKeyPair = (randomBytes: RandomBytes, comment: string): KeyPair => keyPairFromSeed(randomBytes(32), comment);

export const keyPairFromSeed = (seed: Buffer, comment: string): KeyPair => {
  if (seed.length !== 32) throw new Error(`an ed25519 seed has 32 bytes, not ${seed.length}`);
  const publicKey = publicKeyOf(seed);
  const publicBlob = Buffer.concat([field(keyType), field(publicKey)]);
  return {
    privateFile: privateFile(seed, publicKey, publicBlob, comment),
    publicLine: `${keyType} ${publicBlob.toString('base64')} ${comment}`,
    fingerprint: `SHA256:${createHash('sha256').update(publicBlob).digest('base64').replace(/=+$/, '')}`,
  };
};

const keyType = 'ssh-ed25519';

/** DER of a PKCS#8 private key up to its 32 bytes (RFC 8410, 7 and 10.3). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeyOf = (seed: Buffer): Buffer => {
  const key = createPublicKey(createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' }));
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
};

/** PROTOCOL.key of OpenSSH: cipher and KDF `none`, one key, its private part padded with 1, 2, 3... to the cipher's block of 8. */
const privateFile = (seed: Buffer, publicKey: Buffer, publicBlob: Buffer, comment: string): string => {
  // The two check numbers only have to be equal: they tell a decrypted key from a wrong passphrase.
  const check = createHash('sha256').update(publicBlob).digest().subarray(0, 4);
  const secret = Buffer.concat([check, check, field(keyType), field(publicKey), field(Buffer.concat([seed, publicKey])), field(comment)]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), Buffer.from([0, 0, 0, 1]), field(publicBlob), field(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
};

/** A `string` of the SSH protocol: four bytes of length, then the bytes (RFC 4251, 5). */
const field = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
