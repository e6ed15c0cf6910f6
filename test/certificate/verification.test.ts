import test from 'ava';

import { canonicalJson, readUtf8 } from '../../src/certificate/canonical.ts';
import { envelopeText, fingerprintOf, newPrivateKey, openEnvelope, preAuthenticationEncoding, publicPem, readPrivateKey, readPublicKey } from '../../src/certificate/envelope.ts';
import { envelopeName, manifestName, manifestText, pageName, signerName, type Listed } from '../../src/certificate/manifest.ts';
import { sha256Of, statementText } from '../../src/certificate/statement.ts';
import { trailerOf, verifyBundle, verifyPage, type Verified } from '../../src/certificate/verification.ts';
import { withoutSecrets } from '../../src/model/secret.ts';
import { seededBytes } from '../../src/model/seed.ts';

type Files = ReadonlyMap<string, Buffer>;

const listed = (files: Files): readonly Listed[] => [...files].map(([path, bytes]) => ({ path, sha256: sha256Of(bytes), bytes: bytes.length }));

const key = readPrivateKey(newPrivateKey())!;

const bundle = (contents: Readonly<Record<string, string>>): Files => {
  const files = new Map(Object.entries(contents).map(([path, text]) => [path, Buffer.from(text)]));
  const manifest = manifestText(listed(files));
  const page = '<!doctype html>\n<title>B ’ \ufffd</title>\n';
  const statement = statementText({ grade: 'B', tests: [{ id: 'C1', state: 'passed', found: '' }, { id: 'C2', state: 'not tested', found: '' }], manifest, page, profileSha256: 'aa', planSha256: 'bb', originalManifestSha256: null });
  const [envelope, signer] = [envelopeText(statement, key), publicPem(key)];
  for (const [path, text] of [[manifestName, manifest], [envelopeName, envelope], [signerName, signer], [pageName, page + trailerOf({ envelope, signer })]] as const) files.set(path, Buffer.from(text));
  return files;
};

const verified = (files: Files, trusted = key as typeof key | null): Verified => {
  const text = (path: string): string | null => files.has(path) ? readUtf8(files.get(path)!) : null;
  const sealed = { manifest: text(manifestName), envelope: text(envelopeName), signer: text(signerName), page: text(pageName) };
  return verifyBundle(listed(files), sealed, trusted === null ? null : readPublicKey(publicPem(trusted)));
};

const small = bundle({ 'plan.json': '{"seed":7}\n', 'runs/a/events.ndjson': '{"at":[0,0]}\n', 'empty': '' });

test('what is canonical has one text', (t) => {
  t.is(canonicalJson({ b: [1, null, 'ä'], a: { d: true, c: undefined } }), '{"a":{"d":true},"b":[1,null,"ä"]}\n');
  t.throws(() => canonicalJson({ a: Infinity }), { instanceOf: TypeError });
});

test('the encoding that is signed is that of the DSSE protocol’s test vector', (t) => {
  t.is(preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('a bundle is intact; by whom it was signed is known to whoever has the key', (t) => {
  const fingerprint = fingerprintOf(key);
  t.regex(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
  t.deepEqual(verified(small), { differences: [], fingerprint, signer: 'known' });
  t.deepEqual(verified(small, null), { differences: [], fingerprint, signer: 'unknown' });
  t.deepEqual(verified(small, readPrivateKey(newPrivateKey())), { differences: [], fingerprint, signer: 'another' });
});

test('flipping any bit of any byte of any file is noticed, and the file is named', (t) => {
  for (const [path, bytes] of small) for (let at = 0; at < bytes.length; at += 1) {
    const bit = 1 << seededBytes(at, path)(1)[0]! % 8;
    const changed = Buffer.from(bytes);
    changed[at]! ^= bit;
    const { differences } = verified(new Map([...small, [path, changed]]));
    t.true(differences.some((each) => each.path === path), `${path} byte ${at} bit ${bit}: ${JSON.stringify(differences)}`);
  }
});

test('of the page alone, too', (t) => {
  const page = small.get(pageName)!;
  t.like(verifyPage(page.toString(), null), { differences: [], signer: 'unknown', fingerprint: fingerprintOf(key) });
  for (let at = 0; at < page.length; at += 1) {
    const changed = Buffer.from(page);
    changed[at]! ^= 1 << seededBytes(at, 'page')(1)[0]! % 8;
    t.not(verifyPage(readUtf8(changed), null).differences.length, 0, `byte ${at}`);
  }
  t.not(verifyPage(`${page.toString()}\n`, null).differences.length, 0);
  t.not(verifyPage(`${page.toString()}<p>Grade A</p>`, null).differences.length, 0);
});

test('what is missing and what was added is named', (t) => {
  for (const path of small.keys()) t.deepEqual(verified(new Map([...small].filter(([name]) => name !== path))).differences.map((each) => [each.path, each.what]), [[path, 'is missing']], path);
  t.deepEqual(verified(new Map([...small, ['runs/b', Buffer.from('x')]])).differences, [{ path: 'runs/b', what: 'was added' }]);
  t.deepEqual(verified(new Map([...small, ['empty', Buffer.from('x')]])).differences, [{ path: 'empty', what: 'has 1 bytes, and had 0' }]);
});

test('what is said of a changed file is no secret to the terminal', (t) => {
  const [{ what } = { what: '' }] = verified(new Map([...small, ['plan.json', Buffer.from('{"seed":8}\n')]])).differences;
  t.regex(what, /^was changed: its SHA-256 begins with [0-9a-f]{12}, and did with [0-9a-f]{12}$/);
  t.is(withoutSecrets(what), what);
});

test('a bundle signed anew by somebody else is intact, and not by the key that was named', (t) => {
  const other = readPrivateKey(newPrivateKey())!;
  const opened = openEnvelope(small.get(envelopeName)!.toString(), key);
  const [envelope, signer] = [envelopeText('payload' in opened ? opened.payload : '', other), publicPem(other)];
  const page = small.get(pageName)!.toString().replace(/<!-- signature .*\n/, '') + trailerOf({ envelope, signer });
  t.like(verified(new Map([...small, [envelopeName, Buffer.from(envelope)], [signerName, Buffer.from(signer)], [pageName, Buffer.from(page)]])), { differences: [], signer: 'another' });
});

test('the statement is in-toto’s, and says what was passed, warned of and failed', (t) => {
  const opened = openEnvelope(small.get(envelopeName)!.toString(), key);
  const statement = JSON.parse('payload' in opened ? opened.payload : '') as { readonly predicate: object };
  t.like(statement, { _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://in-toto.io/attestation/test-result/v0.1' });
  t.like(statement.predicate, { result: 'WARNED', passedTests: ['C1'], warnedTests: ['C2'], failedTests: [], grade: 'B' });
});

test('keys are Ed25519, and a private key is not taken for a public one', (t) => {
  const pem = newPrivateKey();
  t.regex(pem, /^-----BEGIN PRIVATE KEY-----\n/);
  t.is(readPublicKey(pem), null);
  t.is(readPublicKey('nonsense'), null);
  t.is(readPrivateKey(publicPem(key)), null);
});
