// A certification: runs in one folder, as of a verification, by the plan of a profile; and what they come to.

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { certificateOf, type Basis, type Certificate } from '../certificate/certificate.ts';
import { readCanonical } from '../certificate/canonical.ts';
import { conductOf } from '../certificate/conduct.ts';
import { planText } from '../certificate/plan.ts';
import { cells } from '../certificate/profile.ts';
import { sha256Of } from '../certificate/statement.ts';
import type { HolderEnd, Trial } from '../certificate/tests.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { isNumber, isText, objectOf, readJson } from '../model/shape.ts';
import type { Lifted } from './selftest.ts';
import { digestOf, gatherTrials, replace, runsFolder, type Gathered } from './verification.ts';

export const planName = 'plan.json';
export const profileCopy = 'profile.md';

export interface Plan { readonly text: string; readonly digest: string; readonly seed: number }

interface Wish { readonly seed: number | null; readonly profile: string }

/**
 * The plan that is there, or one with this seed: before the first trial. The profile is kept beside it. Throws a Problem where what is there is another
 * profile's, or another seed's.
 */
export const beginCertification = async (folder: string, { seed, profile }: Wish, draw: () => number): Promise<Plan> => {
  await mkdir(join(folder, runsFolder), { recursive: true });
  const there = await readFile(join(folder, planName), 'utf8').catch(() => null);
  const known = there === null ? null : readCanonical(there);
  const kept = objectOf({ seed: isNumber })(known) ? (known as { readonly seed: number }).seed : null;
  const text = planText({ seed: seed ?? kept ?? draw(), profileSha256: sha256Of(profile) });
  if (there !== null && there !== text) {
    throw new Problem({
      asked: `certify in ${folder}`, found: 'a plan of another profile or another seed, whose trials would not count', right: 'a certification that goes on by the plan that it began with',
      todo: `leave out --seed, or move ${folder} away to begin anew`, exitCode: exitCodes.usage,
    });
  }
  await replace(join(folder, planName), text);
  await replace(join(folder, profileCopy), profile);
  return readPlan(text);
};

const readPlan = (text: string): Plan => ({ text, digest: digestOf(text), seed: (JSON.parse(text) as { readonly seed: number }).seed });

export interface Certification extends Gathered<Trial> { readonly plan: Plan; readonly profile: string; readonly holderEnds: readonly HolderEnd[] }

/** All that a folder has, trials of the profile's cells alone. A bundle is such a folder, too. */
export const gatherCertification = async (folder: string): Promise<Certification> => {
  const [text, profile] = await Promise.all([planName, profileCopy].map(async (name) => readFile(join(folder, name), 'utf8').catch(() => {
    throw new Problem({ asked: `read the certification ${folder}`, found: `no ${name} in it`, right: 'a folder that `bondproof certify` made', exitCode: exitCodes.usage });
  }))) as [string, string];
  const plan = readPlan(text);
  const gathered = await gatherTrials(folder, new Map([[plan.digest, 'all']]), (trial, events): Trial => {
    const surveys = events.flatMap((event) => event.type === 'node-surveyed' && event.node === trial.lab.victim ? [event.survey] : []);
    return { ...trial, conduct: conductOf(events), survey: surveys.at(-1) ?? null };
  });
  const evidence = gathered.evidence.filter(({ scenario }) => cells.some((cell) => cell.scenario === scenario.name));
  return { ...gathered, evidence, plan, profile, holderEnds: await readHolderEnds(folder, plan.digest) };
};

export type Issue = Pick<Basis, 'issuedOn' | 'signer' | 'redactionOf'>;

export const certificateFrom = ({ evidence, plan, profile, holderEnds, ofOtherPlans, about, simulated, worlds }: Certification, more: Issue): Certificate => certificateOf({
  plan: plan.digest, seed: plan.seed, profileSha256: sha256Of(profile), trials: evidence, holderEnds, ofOtherPlans, about, simulated,
  lab: { name: evidence[0]?.lab.name ?? 'unknown', world: worlds[0] ?? 'unknown' }, ...more,
});

/** Beside the record of what holders did, in the folder of their run. */
export const holderEndsName = join('holder-ends', 'lifted.json');

export const keepHolderEnds = async (run: string, { digest, lifted }: { readonly digest: string; readonly lifted: readonly Lifted[] }): Promise<void> => {
  const ends: readonly HolderEnd[] = lifted.map(({ injector, end, afterMs, allowedMs }) => ({ what: `${injector}, ${end}`, afterMs, allowedMs }));
  await replace(join(run, holderEndsName), `${JSON.stringify({ plan: digest, ends })}\n`);
};

/** Those of the latest run that has some. */
const readHolderEnds = async (folder: string, digest: string): Promise<readonly HolderEnd[]> => {
  const names = (await readdir(join(folder, runsFolder))).sort().reverse();
  for (const name of names) {
    const kept = readJson(await readFile(join(folder, runsFolder, name, holderEndsName), 'utf8').catch(() => ''));
    if (objectOf({ plan: isText })(kept) && (kept as { readonly plan: string }).plan === digest) return (kept as { readonly ends: readonly HolderEnd[] }).ends;
  }
  return [];
};

/** Whether two certificates came to the same. */
export const sameFindings = (a: Certificate, b: Certificate): boolean =>
  isDeepStrictEqual([a.grade, a.because, a.cells, a.tests, a.contract, a.trials], [b.grade, b.because, b.cells, b.tests, b.contract, b.trials]);
