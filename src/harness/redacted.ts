// The runs of a bundle, with pseudonyms: records are rewritten, all else is made from them.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { addressesIn, pseudonymsFor, type Name, type Pseudonyms } from '../certificate/pseudonyms.ts';
import { macsOf, namesOf, redactEvent, textOf } from '../certificate/redaction.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { certificateFrom, gatherCertification, holderEndsName, planName, profileCopy, sameFindings, type Certification, type Issue } from './certification.ts';
import { mapRecord, parseRecord } from './record-text.ts';
import { writeReports } from './store.ts';
import { runsFolder } from './verification.ts';

const recordName = 'events.ndjson';

/** `more`: names that no record tells, like this machine's. */
export interface Redaction { readonly more: readonly Name[]; readonly basis: Issue }

/** Copies what a bundle has from `from` to `to`, which is empty, and judges it again: it must come to the same. */
export const redactRuns = async (from: string, to: string, { more, basis }: Redaction): Promise<Certificate> => {
  const paths = (await readdir(join(from, runsFolder), { recursive: true })).sort();
  const isKept = (path: string): boolean => path.endsWith(`/${recordName}`) || path.endsWith('.console.txt') || path.endsWith(holderEndsName);
  const pseudonyms = await pseudonymsOf(join(from, runsFolder), paths.filter(isKept), more);
  for (const name of [planName, profileCopy]) await writeFile(join(to, name), await readFile(join(from, name)));
  for (const path of paths.filter(isKept)) {
    const text = await readFile(join(from, runsFolder, path), 'utf8');
    const target = join(to, runsFolder, pseudonyms.text(path));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, path.endsWith(recordName) ? mapRecord(text, (event) => redactEvent(event, pseudonyms)) : pseudonyms.text(text));
  }
  for (const run of await readdir(join(to, runsFolder))) await writeReports(join(to, runsFolder, run));
  const [original, redacted] = [await gatherCertification(from), await gatherCertification(to)];
  const certificate = certificateFrom(redacted, basis);
  if (!sameTrials(original, redacted, pseudonyms) || !sameFindings(certificate, certificateFrom(original, basis))) {
    throw new Problem({
      asked: `redact ${from}`, found: 'judged again with pseudonyms, the trials do not say the same', right: 'a lab whose names are no words of records, like `node` or `tick`',
      todo: 'give the bundle on as it is, or name the lab otherwise', exitCode: exitCodes.usage,
    });
  }
  return certificate;
};

const sameTrials = (original: Certification, redacted: Certification, pseudonyms: Pseudonyms): boolean =>
  isDeepStrictEqual(original.evidence.map(({ result }) => pseudonyms.data(result)), redacted.evidence.map(({ result }) => result));

/** From all that will be written. */
const pseudonymsOf = async (runs: string, paths: readonly string[], more: readonly Name[]): Promise<Pseudonyms> => {
  const names = new Map(more.map((name) => [name.name, name]));
  const addresses = new Set<string>();
  const macs = new Map<string, Uint8Array>();
  for (const path of paths) {
    const text = await readFile(join(runs, path), 'utf8');
    const { events } = path.endsWith(recordName) ? parseRecord(text) : { events: [] };
    for (const name of namesOf(events)) if (!names.has(name.name)) names.set(name.name, name);
    for (const found of events.length > 0 ? events.flatMap((event) => addressesIn(textOf(event))) : addressesIn(text)) addresses.add(found);
    for (const mac of events.flatMap((event) => event.type === 'lacpdu' ? macsOf(event) : [])) macs.set(Buffer.from(mac).toString('hex'), mac);
  }
  return pseudonymsFor([...names.values()], addresses, macs.values());
};
