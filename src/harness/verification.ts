// A verification: runs in one folder, and what they say about each claim. It goes on where it stopped, for what is there is read anew each time.

import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { judgeRun } from '../analysis/index.ts';
import type { Claim, Evidence } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/index.ts';
import { planText } from '../claims/plan.ts';
import { judgeClaims } from '../claims/verdict.ts';
import type { Event } from '../model/event.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { verificationFiles, type Verification } from '../report/verification.ts';
import { readRun } from './store.ts';

export const runsFolder = 'runs';

/** Of what was fixed before the first trial, written as ssh writes fingerprints. Its trials carry it, and others do not count. */
export const planDigest = (): string => digestOf(planText(allClaims));

export const digestOf = (plan: string): string => `SHA256:${createHash('sha256').update(plan).digest('base64').replace(/=+$/, '')}`;

/** Makes the folder where there is none, and writes the plan down: before the first trial. */
export const beginVerification = async (folder: string): Promise<void> => {
  await mkdir(join(folder, runsFolder), { recursive: true });
  await replace(join(folder, 'plan.json'), planText(allClaims));
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
export const gather = async (folder: string): Promise<Gathered> => gatherTrials(folder, planDigest(), (trial) => trial);

/** The same of the plan with this digest; `completed` adds what is to be kept of a trial's events. */
export const gatherTrials = async <Trial extends Evidence>(folder: string, digest: string, completed: (trial: Evidence, events: readonly Event[]) => Trial): Promise<Gathered<Trial>> => {
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
      if (started.about['plan'] !== digest) {
        ofOtherPlans += 1;
        continue;
      }
      for (const [what, version] of Object.entries(started.about)) about.set(what, (about.get(what) ?? new Set()).add(version));
      const { trials: [result], simulated: not } = judgeRun([trial]);
      if (result === undefined) continue;
      for (const text of not) simulated.add(text);
      worlds.add(started.lab.world);
      if ((last.get(result.number)?.result.attempt ?? 0) < result.attempt) last.set(result.number, completed({ run: name, result, scenario: started.scenario, lab: started.lab }, trial.events));
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
