// The grade, from what the cells came to and which tests were made. Pure; docs/profiles/pve-corosync-lacp.md says the same in words.

import { quantileInterval, quantileLowerBound, quantileUpperBound, sampleQuantile } from '../statistics/index.ts';
import type { Interval } from '../statistics/index.ts';
import type { Evidence } from '../claims/claim.ts';
import { cells, indispensable, limits, type ProfileCell, type TestId } from './profile.ts';
import { asymmetricMs, countingOf, failoverMs, hasMembershipChange, isFenced } from './trial.ts';

export const grades = ['A', 'B', 'C', 'Fail'] as const;
export type Grade = (typeof grades)[number];

/** Times in ms; Infinity: not while it was watched. */
export interface CellResult extends ProfileCell {
  /** Valid trials that count. */
  readonly valid: number;
  /** Trials that were run and do not count. */
  readonly invalid: number;
  readonly least: number | null;
  readonly median: number | null;
  readonly most: number | null;
  /** 95 % interval of the median; null: too few trials. */
  readonly medianInterval: Interval | null;
  /** Of the 95th percentile, each with 95 %; null: too few trials. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly fences: number;
  readonly membershipChanges: number;
  readonly asymmetric: number;
  /** Trials as bad as a control has to be. */
  readonly bad: number;
}

export const cellResults = (evidence: readonly Evidence[], of: readonly ProfileCell[] = cells): readonly CellResult[] => of.map((cell) => {
  const trials = countingOf(evidence, cell.scenario).map(({ result }) => result);
  const values = trials.map(failoverMs).sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const asked = { quantile: limits.quantile, confidence: limits.confidence };
  return {
    ...cell, valid: trials.length, invalid: evidence.filter(({ scenario, result }) => scenario.name === cell.scenario && !result.valid).length,
    least: values[0] ?? null, median: sampleQuantile(values, 0.5), most: values.at(-1) ?? null,
    medianInterval: quantileInterval(values, { ...asked, quantile: 0.5 }),
    lower: quantileLowerBound(values, asked)?.value ?? null, upper: quantileUpperBound(values, asked)?.value ?? null,
    fences: trials.filter(isFenced).length, membershipChanges: trials.filter(hasMembershipChange).length, asymmetric: Math.max(0, ...trials.map(asymmetricMs)),
    bad: trials.filter((trial) => failoverMs(trial) >= limits.control || isFenced(trial)).length,
  };
});

export type TestState = 'passed' | 'failed' | 'reported' | 'not tested';

/** What became of one test of the profile. */
export interface TestResult { readonly id: TestId; readonly state: TestState; readonly found: string }

export interface Graded {
  /** Null: there can be none. */
  readonly grade: Grade | null;
  /** Why it is this one and no better, or none. Sentences without a full stop. */
  readonly because: readonly string[];
}

export const gradeOf = (results: readonly CellResult[], tests: readonly TestResult[]): Graded => {
  const obstacles = [...gradedShort(results), ...rigObstacles(results), ...testObstacles(tests)];
  const graded = results.filter(({ role }) => role === 'graded');
  if (obstacles.length > 0) return { grade: null, because: obstacles };
  const failures = graded.flatMap(failuresOf);
  if (failures.length > 0) return { grade: 'Fail', because: failures };
  const measured = graded.map(ownGrade).reduce(worse);
  const caps = tests.flatMap(({ id, state }) => state === 'failed' ? [`${id} failed`] : state === 'not tested' ? [`${id} was not tested`] : []);
  if (measured.grade === 'A' && caps.length > 0) return { grade: 'B', because: [`at most B, for ${caps.join(', ')}`] };
  return measured;
};

const gradedShort = (results: readonly CellResult[]): readonly string[] => results
  .filter(({ role, valid, trials }) => role === 'graded' && valid < trials)
  .map(({ scenario, valid, trials }) => `${scenario} has ${valid} of ${trials} valid trials`);

const rigObstacles = (results: readonly CellResult[]): readonly string[] => results
  .filter(({ role }) => role === 'control')
  .flatMap(({ scenario, valid, trials, bad }) => [
    ...valid < trials ? [`the control ${scenario} has ${valid} of ${trials} valid trials`] : [],
    ...bad < valid ? [`the rig is not measuring: ${valid - bad} of ${valid} trials of the control ${scenario} were not bad`] : [],
  ]);

const testObstacles = (tests: readonly TestResult[]): readonly string[] => [
  ...indispensable.filter((id) => !tests.some((test) => test.id === id && test.state !== 'not tested')).map((id) => `${id} was not tested`),
  ...tests.filter(({ id, state }) => id === 'C16' && state === 'failed').map(({ found }) => `C16 failed: ${found}`),
];

const failuresOf = ({ scenario, upper, fences, asymmetric, valid }: CellResult): readonly string[] => [
  ...fences > 0 ? [`a node was fenced in ${fences} of ${valid} trials of ${scenario}`] : [],
  ...asymmetric > limits.asymmetric ? [`views were asymmetric for ${secondsOf(asymmetric)} in ${scenario}`] : [],
  ...upper === null || upper > limits.gradeC ? [`the bound of ${scenario} is ${secondsOf(upper ?? Infinity)}, above ${secondsOf(limits.gradeC)}`] : [],
];

const ownGrade = ({ scenario, upper, membershipChanges, valid }: CellResult): Graded & { readonly grade: Grade } => {
  if (membershipChanges === 0) return { grade: 'A', because: [`no membership changed in ${valid} trials of ${scenario}`] };
  const changed = `memberships changed in ${membershipChanges} of ${valid} trials of ${scenario}, and its bound is ${secondsOf(upper!)}`;
  return { grade: upper! <= limits.gradeB ? 'B' : 'C', because: [changed] };
};

const worse = (a: ReturnType<typeof ownGrade>, b: ReturnType<typeof ownGrade>): ReturnType<typeof ownGrade> =>
  a.grade === b.grade ? { grade: a.grade, because: [...a.because, ...b.because] } : grades.indexOf(a.grade) > grades.indexOf(b.grade) ? a : b;

const secondsOf = (ms: number): string => Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'without end';
