// All that a certificate says, from trials. Pure.

import { isDay } from '../model/marker.ts';
import { contractOf, type Term } from './contract.ts';
import { cellResults, gradeOf, type CellResult, type Grade, type TestResult } from './grade.ts';
import { canonicalJson } from './canonical.ts';
import { profileName, profileVersion, validMonths } from './profile.ts';
import { scopeOf, type ScopeLine } from './scope.ts';
import { testResults, type HolderEnd, type Trial } from './tests.ts';

export interface Certificate {
  readonly format: 1;
  readonly profile: { readonly name: string; readonly version: number; readonly sha256: string };
  /** Of plan.json, as the records carry it, and the seed in it. */
  readonly plan: string;
  readonly seed: number;
  readonly lab: string;
  readonly world: string;
  /** Days, as YYYY-MM-DD. */
  readonly issuedOn: string;
  readonly expiresOn: string;
  readonly grade: Grade | null;
  readonly because: readonly string[];
  /** The lab is no product: what was measured is an engine of LACP, on simulated hardware. */
  readonly engineOnly: boolean;
  readonly simulated: readonly string[];
  readonly cells: readonly CellResult[];
  readonly tests: readonly TestResult[];
  readonly contract: readonly Term[];
  readonly scope: readonly ScopeLine[];
  /** One sentence each. */
  readonly deviations: readonly string[];
  readonly trials: { readonly all: number; readonly valid: number; readonly ofOtherPlans: number };
  /** The key's, which signs the bundle. */
  readonly signer: string;
  /** SHA-256 of the manifest of the bundle that this one was redacted from. */
  readonly redactionOf: string | null;
}

export interface Basis extends Pick<Certificate, 'plan' | 'seed' | 'issuedOn' | 'signer' | 'redactionOf' | 'simulated'> {
  readonly profileSha256: string;
  readonly trials: readonly Trial[];
  readonly holderEnds: readonly HolderEnd[];
  readonly ofOtherPlans: number;
  readonly about: Readonly<Record<string, readonly string[]>>;
  readonly lab: { readonly name: string; readonly world: string };
}

export const certificateOf = ({ profileSha256, trials, holderEnds, ofOtherPlans, about, lab, simulated, ...basis }: Basis): Certificate => {
  const [cells, tests] = [cellResults(trials), testResults(trials, holderEnds)];
  const valid = trials.filter(({ result }) => result.valid).length;
  return {
    format: 1, profile: { name: profileName, version: profileVersion, sha256: profileSha256 }, ...basis, lab: lab.name, world: lab.world,
    expiresOn: monthsAfter(basis.issuedOn, validMonths), ...gradeOf(cells, tests),
    engineOnly: simulated.length > 0 || lab.world !== 'ssh', simulated, cells, tests, contract: contractOf(trials), scope: scopeOf(trials, about),
    deviations: [
      ...tests.flatMap(({ id, state, found }) => state === 'failed' ? [`${id} failed: ${found}.`] : state === 'not tested' ? [`${id} was not tested: ${found}.`] : []),
      ...valid < trials.length ? [`${trials.length - valid} of ${trials.length} trials do not count: they could not prove their fault or their observers.`] : [],
      ...ofOtherPlans > 0 ? [`${ofOtherPlans} trials are of another plan and do not count.`] : [],
    ],
    trials: { all: trials.length, valid, ofOtherPlans },
  };
};

/** The same day, so many months later; the month's last where there is none. */
const monthsAfter = (day: string, months: number): string => {
  if (!isDay(day)) return day;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
};

/** certificate.json: JSON has no infinity, so what had no end says so. */
export const certificateJson = (certificate: Certificate): string => canonicalJson(finite(certificate));

const finite = (value: unknown): unknown => {
  if (value === Infinity) return 'without end';
  if (Array.isArray(value)) return value.map(finite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, finite(item)]));
};
