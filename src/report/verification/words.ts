// Words and figures that all forms of a verification's report share.

import type { ClaimOutcome, Evidence } from '../../claims/claim.ts';
import type { Verdict } from '../../claims/verdict.ts';
import type { RunResult } from '../../model/result.ts';
import { trialAnchor } from '../html/trial.ts';
import { summarise, type Summary } from '../summary.ts';
import type { Verification } from '../verification.ts';

export const outcomeWords: Readonly<Record<ClaimOutcome, string>> = {
  upheld: 'upheld', refuted: 'refuted', imprecise: 'imprecise', answered: 'answered', inconclusive: 'inconclusive', inapplicable: 'inapplicable', untested: 'untested',
};

/** Where a claim stands, or that it is a question. */
export const sourceWords = ({ claim: { source } }: Verdict): string => source === null ? 'a question that the documentation leaves open' : `${source.document}, ${source.section}, at ${source.revision}`;

export const basisWords = ({ claim: { basis } }: Verdict): string => ({
  measured: 'measured', modelled: 'modelled: resets follow from the HA stand-in', untested: 'untested',
})[basis];

/** The page of the trial's run, at the trial. */
export const linkOf = ({ run, result }: Evidence): string => `runs/${run}/report.html#${trialAnchor(result)}`;

export const trialWords = ({ run, result }: Evidence): string => `${run}, trial ${result.number}`;

/** All trials as if they were one run's, best scenario first. */
export const summaryOf = ({ evidence }: Verification): Summary => summarise(asRun(evidence));

export const asRun = (evidence: readonly Evidence[]): RunResult => ({
  format: 1, run: '', startedAt: '', campaign: 'verify', lab: evidence[0]?.lab.name ?? '', world: evidence[0]?.lab.world ?? '', seed: 0, planned: evidence.length, about: {}, simulated: [], blastRadius: null,
  trials: evidence.map(({ result }) => result),
});

export const countsOf = (verdicts: readonly Verdict[]): string =>
  (Object.keys(outcomeWords) as ClaimOutcome[]).flatMap((outcome) => {
    const count = verdicts.filter((verdict) => verdict.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcomeWords[outcome]}`];
  }).join(', ');
