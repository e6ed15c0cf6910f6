// A sealed page made by hand, signed by a key whose private half is known to nobody any more.

import { envelopeText, newPrivateKey, publicPem, readPrivateKey } from '../../src/certificate/envelope.ts';
import { statementText } from '../../src/certificate/statement.ts';
import { trailerOf } from '../../src/certificate/verification.ts';

const key = readPrivateKey(newPrivateKey())!;

/** The page `body` with its signature, and the same signature as files. */
export const sealed = (body: string, manifest: string): { readonly page: string; readonly envelope: string; readonly signer: string } => {
  const payload = statementText({ grade: 'B', tests: [{ id: 'C1', state: 'passed', found: '' }], manifest, page: body, profileSha256: 'aa', planSha256: 'bb', originalManifestSha256: null });
  const [envelope, signer] = [envelopeText(payload, key), publicPem(key)];
  return { page: body + trailerOf({ envelope, signer }), envelope, signer };
};
