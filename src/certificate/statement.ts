// What is signed: an in-toto Statement v1 (https://in-toto.io/Statement/v1) with the test-result predicate v0.1.

import { createHash } from 'node:crypto';

import { isObject, isText, listOf, objectOf } from '../model/shape.ts';
import { canonicalJson, readCanonical } from './canonical.ts';
import type { Grade, TestResult } from './grade.ts';
import { manifestName } from './manifest.ts';
import { profileName, profileVersion } from './profile.ts';

/** https://github.com/in-toto/attestation, spec/v1/statement.md and spec/predicates/test-result.md */
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://in-toto.io/attestation/test-result/v0.1';

/** The page carries the signature in its last line, so that is not of what is signed. */
export const pageSubject = 'certificate.html, without its last line';

export interface Stated {
  readonly grade: Grade | null;
  readonly tests: readonly TestResult[];
  readonly manifest: string;
  /** Without its last line. */
  readonly page: string;
  readonly profileSha256: string;
  readonly planSha256: string;
  /** Of the manifest that a redacted bundle was made from; null for one that hides nothing. */
  readonly originalManifestSha256: string | null;
}

export const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

export const statementText = ({ grade, tests, manifest, page, profileSha256, planSha256, originalManifestSha256 }: Stated): string => {
  const named = (...states: readonly TestResult['state'][]): readonly string[] => tests.filter(({ state }) => states.includes(state)).map(({ id }) => id);
  const limited = named('failed', 'not tested').length > 0;
  return canonicalJson({
    _type: statementType,
    subject: [{ name: manifestName, digest: { sha256: sha256Of(manifest) } }, { name: pageSubject, digest: { sha256: sha256Of(page) } }],
    predicateType,
    predicate: {
      result: grade === 'Fail' ? 'FAILED' : grade === null || limited ? 'WARNED' : 'PASSED',
      configuration: [{ name: `${profileName}, version ${profileVersion}`, digest: { sha256: profileSha256 } }, { name: 'plan.json', digest: { sha256: planSha256 } }],
      passedTests: named('passed'), warnedTests: named('reported', 'not tested'), failedTests: named('failed'),
      // Further fields are the producer's to add (in-toto, parsing rules).
      grade, ...originalManifestSha256 === null ? {} : { redactionOf: { name: manifestName, digest: { sha256: originalManifestSha256 } } },
    },
  });
};

export interface Subjects { readonly manifest: string; readonly page: string }

/** The hashes that a statement names; null where it is none of ours. */
export const subjectsOf = (payload: string): Subjects | null => {
  const value = readCanonical(payload);
  if (!isObject(value) || value['_type'] !== statementType || value['predicateType'] !== predicateType) return null;
  if (!listOf(objectOf({ name: isText, digest: objectOf({ sha256: isText }) }))(value['subject'])) return null;
  const subject = value['subject'] as readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  const of = (wanted: string): string | undefined => subject.find(({ name }) => name === wanted)?.digest.sha256;
  const [manifest, page] = [of(manifestName), of(pageSubject)];
  return manifest === undefined || page === undefined ? null : { manifest, page };
};
