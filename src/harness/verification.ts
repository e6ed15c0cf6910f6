// A verification: runs in one folder, and what they say about each claim. It goes on where it stopped, for what is there is read anew each time.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { judgeRun } from '../analysis/index.ts';
import type { Claim, Evidence } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/index.ts';
import { claimsAlike, planText } from '../claims/plan.ts';
import { judgeClaims } from '../claims/verdict.ts';
import type { Event } from '../model/event.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { verificationFiles, type Verification } from '../report/verification.ts';
import { readRun } from './store.ts';

export const runsFolder = 'runs';

/** Of what was fixed before the first trial, written as ssh writes fingerprints. Its trials carry it. */
export const planDigest = (): string => digestOf(planText(allClaims));

export const digestOf = (text: string): string => `SHA256:${createHash('sha256').update(text).digest('base64').replace(/=+$/, '')}`;

const planFile = 'plan.json';

/** Makes the folder where there is none, and writes the plan down: before the first trial. An earlier one stays beside it, for trials of it are there. */
export const beginVerification = async (folder: string): Promise<void> => {
  await mkdir(join(folder, runsFolder), { recursive: true });
  const path = join(folder, planFile);
  const earlier = await readFile(path, 'utf8').catch(() => null);
  if (earlier === planText(allClaims)) return;
  if (earlier !== null) await rename(path, join(folder, `plan-${createHash('sha256').update(earlier).digest('hex').slice(0, 8)}.json`));
  await replace(path, planText(allClaims));
};

/** The ids of claims, or all there are. */
type CountsFor = readonly string[] | 'all';

/** By the digest of each plan in the folder, the claims of today that it said the same of. A trial of an earlier plan counts for these, and no others. */
const plansIn = async (folder: string): Promise<ReadonlyMap<string, CountsFor>> => {
  const names = (await readdir(folder)).filter((name) => /^plan(-[0-9a-f]{8})?\.json$/.test(name));
  const plans = await Promise.all(names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    const alike = claimsAlike(allClaims, text);
    return [digestOf(text), alike.length === allClaims.length ? 'all' as const : alike] as const;
  }));
  return new Map(plans);
};

export interface Gathered<Trial extends Evidence = Evidence> {
  readonly evidence: readonly Trial[];
  /** Trials that do not count, for the plan was another when they were run. */
  readonly ofOtherPlans: number;
  readonly about: Readonly<Record<string, readonly string[]>>;
  readonly simulated: readonly string[];
  readonly worlds: readonly string[];
}

/** Every trial of every run, its last attempt. Throws a Problem for a folder that is no verification. */
export const gather = async (folder: string): Promise<Gathered> => gatherTrials(folder, await plansIn(folder).catch(() => new Map<string, CountsFor>()), (trial) => trial);

/** The same; `plans`, by their digests: what a trial of each counts for. `completed` adds what is to be kept of a trial's events. */
export const gatherTrials = async <Trial extends Evidence>(folder: string, plans: ReadonlyMap<string, CountsFor>, completed: (trial: Evidence, events: readonly Event[]) => Trial): Promise<Gathered<Trial>> => {
  const names = await readdir(join(folder, runsFolder)).catch(() => {
    throw new Problem({ asked: `read the verification ${folder}`, found: `no folder \`${runsFolder}\` in it`, right: 'a folder that `bondproof verify` made', todo: 'see `ls reports`', exitCode: exitCodes.usage });
  });
  const evidence: Trial[] = [];
  const about = new Map<string, Set<string>>();
  const simulated = new Set<string>();
  const worlds = new Set<string>();
  let ofOtherPlans = 0;
  for (const name of names.sort()) {
    const last = new Map<number, Trial>();
    for (const trial of await readRun(join(folder, runsFolder, name))) {
      const started = trial.events.find((event) => event.type === 'trial-started');
      // What a user broke off says nothing, not even that it cannot be had.
      if (started?.type !== 'trial-started' || trial.events.some((event) => event.type === 'trial-broken' && event.interrupted)) continue;
      const countsFor = plans.get(started.about['plan'] ?? '') ?? [];
      if (countsFor !== 'all' && countsFor.length === 0) {
        ofOtherPlans += 1;
        continue;
      }
      for (const [what, version] of Object.entries(started.about)) about.set(what, (about.get(what) ?? new Set()).add(version));
      const { trials: [result], simulated: not } = judgeRun([trial]);
      if (result === undefined) continue;
      for (const text of not) simulated.add(text);
      worlds.add(started.lab.world);
      if ((last.get(result.number)?.result.attempt ?? 0) < result.attempt) {
        last.set(result.number, completed({ run: name, result, scenario: started.scenario, lab: started.lab, ...countsFor !== 'all' && { countsFor } }, trial.events));
      }
    }
    evidence.push(...last.values());
  }
  return { evidence, ofOtherPlans, about: Object.fromEntries([...about].map(([what, versions]) => [what, [...versions].sort()])), simulated: [...simulated], worlds: [...worlds] };
};

/** Judges all claims by all there is, and writes the reports: the same trials give the same bytes. */
export const writeVerification = async (folder: string, claims: readonly Claim[] = allClaims): Promise<Verification> => {
  const gathered = await gather(folder);
  const verification: Verification = { plan: planDigest(), verdicts: judgeClaims(claims, gathered.evidence), ...gathered };
  for (const { path, content } of verificationFiles(verification)) await replace(join(folder, path), content);
  return verification;
};

/** Whole or not at all. */
export const replace = async (path: string, content: string | Uint8Array): Promise<void> => {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
};
