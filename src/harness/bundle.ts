// A bundle on the disk: made whole or not at all, and looked at file by file.

import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { certificateJson, type Certificate } from '../certificate/certificate.ts';
import { readCanonical, readUtf8 } from '../certificate/canonical.ts';
import { envelopeText, newPrivateKey, publicPem } from '../certificate/envelope.ts';
import { envelopeName, manifestName, manifestText, pageName, signerName, type Listed } from '../certificate/manifest.ts';
import { certificatePage } from '../certificate/page.ts';
import { sha256Of, statementText } from '../certificate/statement.ts';
import { trailerOf, verifyBundle, verifyPage, type Verified } from '../certificate/verification.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { withoutSecrets } from '../model/secret.ts';
import { isObject } from '../model/shape.ts';
import { certificateFrom, gatherCertification, planName, profileCopy } from './certification.ts';
import { runsFolder } from './verification.ts';

const certificateName = 'certificate.json';

/** Makes a PDF of a page, where this machine can; false where it cannot. */
export type Print = (page: string, pdf: string) => Promise<boolean>;

export interface Sealing { readonly key: KeyObject; readonly print: Print }

/** Fills a new folder, seals it and puts it in the place of what was there. */
export const makeBundle = async (bundle: string, fill: (folder: string) => Promise<Certificate>, sealing: Sealing): Promise<Certificate> => {
  const fresh = `${bundle}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const certificate = await fill(fresh);
  await seal(fresh, certificate, sealing);
  await rm(bundle, { recursive: true, force: true });
  await rename(fresh, bundle);
  return certificate;
};

/** The page is printed before it is signed: the PDF has no signature of its own, and is in the manifest. */
const seal = async (folder: string, certificate: Certificate, { key, print }: Sealing): Promise<void> => {
  const page = certificatePage(certificate);
  await writeFile(join(folder, certificateName), certificateJson(certificate));
  await writeFile(join(folder, pageName), page);
  await print(join(folder, pageName), join(folder, 'certificate.pdf'));
  const manifest = manifestText(await listFiles(folder));
  const { grade, tests, profile, redactionOf } = certificate;
  const statement = statementText({
    grade, tests, manifest, page, profileSha256: profile.sha256, planSha256: sha256Of(await readFile(join(folder, planName))), originalManifestSha256: redactionOf,
  });
  const [envelope, signer] = [envelopeText(statement, key), publicPem(key)];
  const sealed = [[manifestName, manifest], [envelopeName, envelope], [signerName, signer], [pageName, page + trailerOf({ envelope, signer })]] as const;
  for (const [name, text] of sealed) await writeFile(join(folder, name), text);
};

/** Plan, profile and runs, byte for byte; of consoles, which no record has passed, without what looks like a secret. */
export const copyRuns = async (from: string, to: string): Promise<void> => {
  for (const { path } of await listFiles(from)) {
    if (![planName, profileCopy].includes(path) && !path.startsWith(`${runsFolder}/`) || path.endsWith('.new')) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    if (path.endsWith('.console.txt')) await writeFile(join(to, path), withoutSecrets(await readFile(join(from, path), 'utf8')));
    else await copyFile(join(from, path), join(to, path));
  }
};

/** Every file below a folder, by path. What is no file, like a link, has a hash that no file has. */
export const listFiles = async (folder: string): Promise<readonly Listed[]> => {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files: Listed[] = [];
  for (const path of names) {
    const found = await lstat(join(folder, path));
    if (found.isDirectory()) continue;
    files.push(found.isFile() ? { path, bytes: found.size, sha256: await hashOf(join(folder, path)) } : { path, bytes: found.size, sha256: 'no file' });
  }
  return files;
};

const hashOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
};

/** A folder is a bundle; a file is the page of one. */
export const verifyPath = async (path: string, trusted: KeyObject | null): Promise<Verified & { readonly pageAlone: boolean }> => {
  const found = await lstat(path).catch(() => {
    throw new Problem({ asked: `verify ${path}`, found: 'there is no such file or folder', right: 'a bundle, or its certificate.html', exitCode: exitCodes.usage });
  });
  if (!found.isDirectory()) return { ...verifyPage(readUtf8(await readFile(path)), trusted), pageAlone: true };
  const text = async (name: string): Promise<string | null> => readFile(join(path, name)).then(readUtf8, () => null);
  const texts = { manifest: await text(manifestName), envelope: await text(envelopeName), signer: await text(signerName), page: await text(pageName) };
  return { ...verifyBundle(await listFiles(path), texts, trusted), pageAlone: false };
};

/** What a bundle's records come to, and whether its certificate.json says that. Nothing is verified. */
export const judgeAgain = async (bundle: string): Promise<{ readonly again: Certificate; readonly same: boolean }> => {
  const certification = await gatherCertification(bundle);
  const kept = await readFile(join(bundle, certificateName), 'utf8').catch(() => '');
  const said = readCanonical(kept);
  const { issuedOn, signer, redactionOf } = isObject(said) ? said : {};
  const more = { issuedOn: textOr(issuedOn, ''), signer: textOr(signer, ''), redactionOf: textOr(redactionOf, null) };
  const again = certificateFrom(certification, more);
  return { again, same: certificateJson(again) === kept };
};

const textOr = <Otherwise>(value: unknown, otherwise: Otherwise): string | Otherwise => typeof value === 'string' ? value : otherwise;

/** A new private key, its owner's alone; never over one that is there. Gives the public one. */
export const makeKey = async (path: string): Promise<string> => {
  const pem = newPrivateKey();
  await writeFile(path, pem, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Problem({
      asked: `make the key ${path}`, found: 'there is a file of this name', right: 'a new name: a key that was overwritten signs nothing any more', exitCode: exitCodes.usage,
    });
  });
  return pem;
};
