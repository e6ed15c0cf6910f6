// Keys: what identifies a host, and whether a private key can be used without asking anybody.

import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';

/** A public key's fingerprint as `ssh-keygen -l` prints it: SHA-256 of the key blob, in base64 without padding. */
export const fingerprint = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;

/** The algorithm's name, with which every key blob begins (RFC 4253, section 6.6). */
export const keyType = (publicKey: Buffer): string => publicKey.subarray(4, 4 + publicKey.readUInt32BE(0)).toString('latin1');

/** Why a private key cannot be used, or null when it can. */
export const whyUnusable = (privateKey: string | Buffer): string | null => {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) return /encrypted/i.test(key.message) ? 'it is encrypted with a passphrase' : 'it is not a private key that OpenSSH would read';
  return key.isPrivateKey() ? null : 'it is a public key';
};

/** The public half as authorized_keys has it: type and blob. Null for a key that cannot be used. */
export const publicLine = (privateKey: string): string | null => {
  const key = ssh2.utils.parseKey(privateKey);
  return key instanceof Error ? null : `${keyType(key.getPublicSSH())} ${key.getPublicSSH().toString('base64')}`;
};
