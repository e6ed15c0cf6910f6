// Whether a bundle, or its page alone, is as it was signed, and by whom. Pure: hashes and texts in, a verdict out.

import type { KeyObject } from 'node:crypto';

import { isText, objectOf } from '../model/shape.ts';
import { canonicalJson, readCanonical } from './canonical.ts';
import { fingerprintOf, openEnvelope, readPublicKey } from './envelope.ts';
import { differencesOf, envelopeName, manifestName, pageName, readManifest, signerName, type Difference, type Listed } from './manifest.ts';
import { sha256Of, subjectsOf, type Subjects } from './statement.ts';

/** `signer`: whether it is the key that the reader named; unknown, when none was named. */
export interface Verified {
  readonly differences: readonly Difference[];
  readonly fingerprint: string | null;
  readonly signer: 'known' | 'unknown' | 'another';
}

/** Texts of the four files that the manifest does not list; null: missing. */
export interface SealedTexts { readonly manifest: string | null; readonly envelope: string | null; readonly signer: string | null; readonly page: string | null }

export const verifyBundle = (found: readonly Listed[], { manifest, envelope, signer, page }: SealedTexts, trusted: KeyObject | null): Verified => {
  const texts = [[manifestName, manifest], [envelopeName, envelope], [signerName, signer], [pageName, page]] as const;
  const missing = texts.filter(([, text]) => text === null).map(([path]) => ({ path, what: 'is missing' }));
  if (manifest === null || envelope === null || signer === null || page === null) return { differences: missing, fingerprint: null, signer: 'unknown' };
  const seal = openSeal({ envelope, signer });
  if ('wrong' in seal) return { differences: culprits({ envelope, signer }, { page, wrong: seal.wrong }), fingerprint: null, signer: 'unknown' };
  const listed = readManifest(manifest);
  const [body, trailer] = splitPage(page);
  const differences = [
    ...sha256Of(manifest) === seal.subjects.manifest ? [] : [{ path: manifestName, what: 'is not the one that was signed' }],
    ...sha256Of(body) === seal.subjects.page && trailer === trailerOf({ envelope, signer }) ? [] : [{ path: pageName, what: 'is not the one that was signed' }],
    ...listed === null ? [{ path: manifestName, what: 'is no manifest of ours' }] : differencesOf(listed, found),
  ];
  return { differences, ...signedBy(seal.key, trusted) };
};

/** The page repeats envelope and key: where its own fit each other, what differs from them was changed. */
const culprits = ({ envelope, signer }: Seal, { page, wrong }: { readonly page: string; readonly wrong: Difference }): readonly Difference[] => {
  const carried = readTrailer(splitPage(page)[1]);
  if (carried === null || 'wrong' in openSeal(carried)) return [wrong];
  const what = 'is not the one that the page carries';
  return [...carried.envelope === envelope ? [] : [{ path: envelopeName, what }], ...carried.signer === signer ? [] : [{ path: signerName, what }]];
};

/** The page alone: the bundle behind it is not looked at. */
export const verifyPage = (page: string, trusted: KeyObject | null): Verified => {
  const changed = (what: string): Verified => ({ differences: [{ path: pageName, what }], fingerprint: null, signer: 'unknown' });
  const [body, trailer] = splitPage(page);
  const carried = readTrailer(trailer);
  if (carried === null) return changed('has no signature in its last line');
  const seal = openSeal(carried);
  if ('wrong' in seal) return changed(seal.wrong.what);
  return { differences: sha256Of(body) === seal.subjects.page ? [] : [{ path: pageName, what: 'is not the one that was signed' }], ...signedBy(seal.key, trusted) };
};

const signedBy = (key: KeyObject, trusted: KeyObject | null): Omit<Verified, 'differences'> => {
  const fingerprint = fingerprintOf(key);
  return { fingerprint, signer: trusted === null ? 'unknown' : fingerprintOf(trusted) === fingerprint ? 'known' : 'another' };
};

interface Seal { readonly envelope: string; readonly signer: string }

const openSeal = ({ envelope, signer }: Seal): { readonly key: KeyObject; readonly subjects: Subjects } | { readonly wrong: Difference } => {
  const key = readPublicKey(signer);
  if (key === null) return { wrong: { path: signerName, what: 'is no public key as we write it' } };
  const opened = openEnvelope(envelope, key);
  if ('wrong' in opened) return { wrong: { path: envelopeName, what: opened.wrong } };
  const subjects = subjectsOf(opened.payload);
  return subjects === null ? { wrong: { path: envelopeName, what: 'signs something else than a bundle' } } : { key, subjects };
};

const opening = '<!-- signature ';
const closing = ' -->\n';

/** An HTML comment: base64 and JSON of ours have no two hyphens in a row, once the PEM is base64 as well. */
export const trailerOf = ({ envelope, signer }: Seal): string =>
  `${opening}${canonicalJson({ envelope: envelope.trimEnd(), signer: Buffer.from(signer).toString('base64') }).trimEnd()}${closing}`;

const readTrailer = (line: string): Seal | null => {
  const value = line.startsWith(opening) && line.endsWith(closing) ? readCanonical(`${line.slice(opening.length, -closing.length)}\n`) : undefined;
  if (!objectOf({ envelope: isText, signer: isText })(value)) return null;
  const { envelope, signer } = value as Seal;
  const seal = { envelope: `${envelope}\n`, signer: Buffer.from(signer, 'base64').toString() };
  return trailerOf(seal) === line ? seal : null;
};

/** The page as it was signed, and the line that signs it. */
const splitPage = (page: string): readonly [body: string, trailer: string] => {
  const at = page.lastIndexOf(opening);
  return at < 0 ? [page, ''] : [page.slice(0, at), page.slice(at)];
};
