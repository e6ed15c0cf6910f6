// Claims against all the trials there are: a verdict for each, and where it differs by what kind of lab it was.

import { lacpEngineOf } from '../model/lab.ts';
import { holm } from '../statistics/index.ts';
import { countsFor, type Claim, type Evidence, type Finding } from './claim.ts';
import { confidence, tooOften } from './rules.ts';

/** What may decide a verdict besides the scenario: which engine speaks LACP on the switch, how many nodes there are, and what their token waits for each. */
export interface Setting {
  readonly engine: string;
  readonly nodes: number;
  /** Null: as the lab has it. */
  readonly tokenCoefficientMs: number | null;
}

export interface Verdict extends Finding {
  readonly claim: Claim;
  /** Valid trials of its population. */
  readonly trials: number;
  /** Where trials of several settings are there and do not say the same: what those of each say. Empty else. */
  readonly differs: readonly (Setting & Pick<Finding, 'outcome' | 'sentence'>)[];
}

/** A verdict for each claim, in the order of the claims. Trials that do not count are left out. Pure. */
export const judgeClaims = (claims: readonly Claim[], evidence: readonly Evidence[]): readonly Verdict[] => {
  const counting = evidence.filter(({ result }) => result.valid);
  return corrected(claims.map((claim) => {
    const trials = counting.filter((each) => claim.covers(each.scenario) && countsFor(each, claim));
    return { claim, trials: trials.length, ...claim.judge(trials), differs: differences(claim, trials) };
  }));
};

/** Laws are upheld together or not at all: of so many, one would hold by chance (Holm, 1979). */
const corrected = (verdicts: readonly Verdict[]): readonly Verdict[] => {
  const adjusted = holm(verdicts.flatMap(({ pValue }) => pValue ?? []));
  let at = 0;
  return verdicts.map((verdict) => {
    if (verdict.pValue === undefined) return verdict;
    const pValue = adjusted[at]!;
    at += 1;
    return pValue <= 1 - confidence ? { ...verdict, pValue } : {
      ...verdict, pValue, outcome: 'inconclusive',
      sentence: `${verdict.sentence} That is not enough among ${adjusted.length} such claims: by chance it would come with probability ${pValue.toFixed(2)} where ${100 * tooOften} % of the trials were exceptions (Holm).`,
    };
  });
};

const differences = (claim: Claim, trials: readonly Evidence[]): Verdict['differs'] => {
  // A question's answer speaks of each scenario, and so of each setting, anyway.
  if (claim.quantifier === 'how') return [];
  const settings = [...Map.groupBy(trials, (trial) => JSON.stringify(settingOf(trial)))].map(([setting, those]) => {
    const { outcome, sentence } = claim.judge(those);
    return { ...JSON.parse(setting) as Setting, outcome, sentence };
  }).filter(({ outcome }) => outcome !== 'inconclusive');
  return new Set(settings.map(({ outcome }) => outcome)).size > 1 ? settings : [];
};

const settingOf = ({ lab }: Evidence): Setting => ({ engine: lacpEngineOf(lab.switch.dialect) ?? lab.switch.managed ?? lab.switch.dialect, nodes: lab.nodes.length, tokenCoefficientMs: lab.tokenCoefficientMs ?? null });

/** Whether more trials of what a claim asks for could change anything: one witness, or one exception, settles the claims that hang on one. */
export const isSettled = ({ claim, outcome }: Pick<Verdict, 'claim' | 'outcome'>): boolean => {
  if (claim.cells.length === 0) return true;
  if (claim.quantifier === 'can') return outcome === 'upheld';
  return (claim.quantifier === 'will' || claim.quantifier === 'never') && (outcome === 'refuted' || outcome === 'imprecise');
};
