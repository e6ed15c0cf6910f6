// junit.xml for CI: a test case for each trial. An outcome is a finding, not a failure; only a trial without a verdict fails.
// A case is known by lab, world, scenario and repetition, so that CI follows it from run to run; numbers and attempts are its properties.

import type { RunResult, TrialResult } from '../model/result.ts';
import { isSuperseded, whatRan } from './summary.ts';
import { escapeMarkup, printable } from './text.ts';

/** The common subset of JUnit's XML: invalid is a failure, inconclusive an error, a repeated trial skipped. */
export const junitXml = (run: RunResult): string => {
  const verdicts = run.trials.map((trial) => verdictOf(run, trial));
  const tally = (kind: Verdict): number => verdicts.filter((verdict) => verdict === kind).length;
  const names = namesOf(run);
  const counts = `tests="${run.trials.length}" failures="${tally('failure')}" errors="${tally('error')}" skipped="${tally('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bondproof" ${counts}>`,
    `  <testsuite name="${escapeMarkup(`${run.campaign} on ${run.lab}`)}" timestamp="${escapeMarkup(run.startedAt)}" ${counts}>`,
    properties('    ', [['run', run.run], ['campaign', run.campaign], ['lab', run.lab], ['world', run.world], ['seed', String(run.seed)], ...whatRan(run), ...run.simulated.map((text) => ['simulated', text] as const)]),
    ...run.trials.map((trial, index) => testCase(run, trial, { name: names[index] ?? '', verdict: verdicts[index] ?? 'passed' })),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

const verdictOf = (run: RunResult, trial: TrialResult): Verdict => {
  if (isSuperseded(trial, run)) return 'skipped';
  if (trial.outcome === 'invalid') return 'failure';
  return trial.outcome === 'inconclusive' ? 'error' : 'passed';
};

/** The scenario, and the repetition from the second on: the first is the same case whether others follow or not. So is the attempt that counts. */
const namesOf = (run: RunResult): readonly string[] => {
  const names = run.trials.map((trial) =>
    `${printable(trial.scenario)}${trial.repetition > 1 ? `, repetition ${trial.repetition}` : ''}${isSuperseded(trial, run) ? `, attempt ${trial.attempt}` : ''}`);
  // Not of a campaign, but records may be put together by hand.
  return names.map((name, index) => names.indexOf(name) === index ? name : `${name}, trial ${run.trials[index]!.number}`);
};

/** Dots part packages from classes in what reads these files: the lab is the package, the world its class. */
const classNameOf = ({ lab, world }: RunResult): string => `${printable(lab).replaceAll('.', '_')}.${world}`;

const testCase = (run: RunResult, trial: TrialResult, { name, verdict }: { readonly name: string; readonly verdict: Verdict }): string => {
  const reason = escapeMarkup(trial.reason);
  const nodes = Object.entries(trial.nodes).map(([node, result]) => [`delivery-outage-ms ${node}`, String(result.deliveryOutageMs)] as const);
  const fenced = trial.fenced.map(({ node, afterMs, rehearsed }) => [`reset-after-ms ${node}`, `${afterMs}${rehearsed ? ' (rehearsed)' : ''}`] as const);
  return [
    `    <testcase classname="${escapeMarkup(classNameOf(run))}" name="${escapeMarkup(name)}" time="${((trial.faultMs ?? 0) / 1000).toFixed(3)}">`,
    properties('      ', [['trial', String(trial.number)], ['repetition', String(trial.repetition)], ['attempt', String(trial.attempt)], ['outcome', trial.outcome], ['reason', trial.reason], ['folder', trial.folder], ['link', trial.link ?? ''], ...(trial.injector === null ? [] : [['injector', trial.injector] as const]), ...nodes, ...fenced]),
    ...(verdict === 'passed' ? [] : [`      <${verdict} message="${reason}"${verdict === 'skipped' ? '' : ` type="${trial.outcome}"`}/>`]),
    '    </testcase>',
  ].join('\n');
};

const properties = (indent: string, entries: readonly (readonly [string, string])[]): string =>
  [
    `${indent}<properties>`,
    ...entries.map(([name, value]) => `${indent}  <property name="${escapeMarkup(name)}" value="${escapeMarkup(value)}"/>`),
    `${indent}</properties>`,
  ].join('\n');
