// Signatures: DSSE envelopes (https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md, 1.0) with Ed25519 (RFC 8032).

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';

import { isText, listOf, objectOf } from '../model/shape.ts';
import { canonicalJson, readBase64, readCanonical } from './canonical.ts';

export const payloadType = 'application/vnd.in-toto+json';

/** Its text is one line. */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What is signed: the type and the body, each behind its length in bytes, so that neither can be taken for the other. */
export const preAuthenticationEncoding = (type: string, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);

/** PKCS #8 in PEM (RFC 5958, RFC 7468). */
export const newPrivateKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** Null where the text is no Ed25519 private key without a passphrase. */
export const readPrivateKey = (pem: string): KeyObject | null => keyOf(() => createPrivateKey(pem));

/** SubjectPublicKeyInfo in PEM; null for anything else, and for another text of the same key. A private key is not taken for its public one. */
export const readPublicKey = (pem: string): KeyObject | null => {
  const key = pem.includes('PRIVATE') ? null : keyOf(() => createPublicKey(pem));
  return key !== null && publicPem(key) === pem ? key : null;
};

const keyOf = (read: () => KeyObject): KeyObject | null => {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
};

export const publicPem = (key: KeyObject): string => (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'pem' }) as string;

/** As ssh writes fingerprints, of the key's SubjectPublicKeyInfo. */
export const fingerprintOf = (key: KeyObject): string => {
  const der = createPublicKey(publicPem(key)).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
};

export const envelopeText = (payload: string, key: KeyObject): string => {
  const body = Buffer.from(payload);
  const sig = sign(null, preAuthenticationEncoding(payloadType, body), key).toString('base64');
  const envelope: Envelope = { payload: body.toString('base64'), payloadType, signatures: [{ keyid: fingerprintOf(key), sig }] };
  return canonicalJson(envelope);
};

/** The payload, where this key signed it and not a character is otherwise than we would write it; else a reason. */
export const openEnvelope = (text: string, key: KeyObject): { readonly payload: string } | { readonly wrong: string } => {
  const envelope = readCanonical(text);
  if (!isEnvelope(envelope)) return { wrong: 'is no envelope of ours' };
  const body = readBase64(envelope.payload);
  const [signature, ...more] = envelope.signatures;
  const sig = signature && readBase64(signature.sig);
  const isOurs = more.length === 0 && envelope.payloadType === payloadType && signature?.keyid === fingerprintOf(key);
  if (body === null || !sig || !isOurs) return { wrong: 'is not as it was signed' };
  if (!verify(null, preAuthenticationEncoding(envelope.payloadType, body), key, sig)) return { wrong: 'has a signature that does not fit' };
  return { payload: body.toString() };
};

const isEnvelope = (value: unknown): value is Envelope =>
  objectOf({ payload: isText, payloadType: isText, signatures: listOf(objectOf({ keyid: isText, sig: isText })) })(value);
