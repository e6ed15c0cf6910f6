// Two verifications, of two worlds: whether they say the same, by an equivalence test of each quantity of each scenario that both have.

import { lacpduPeriodMs } from '../model/phase.ts';
import type { Scenario } from '../model/scenario.ts';
import { medianEquivalence } from '../statistics/index.ts';
import type { Claim, ClaimOutcome, Evidence } from './claim.ts';
import { outageMs, stoppedMs } from './facts.ts';
import { confidence } from './rules.ts';
import { judgeClaims } from './verdict.ts';

export interface Agreement {
  /** Claims that both have decided, and how. */
  readonly verdicts: readonly { readonly claim: Claim; readonly outcomes: readonly [ClaimOutcome, ClaimOutcome]; readonly agrees: boolean }[];
  readonly quantities: readonly {
    readonly scenario: string;
    readonly what: string;
    /** How many values each has. */
    readonly counts: readonly [number, number];
    readonly marginMs: number;
    readonly verdict: 'equivalent' | 'different' | 'undecided';
    /** The median of the first less that of the second lies between these; infinite where there are too few values. */
    readonly differenceMs: { readonly lower: number; readonly upper: number };
  }[];
  /** Claims that one of them has not decided, and scenarios that only one of them has. */
  readonly notCompared: { readonly claims: readonly string[]; readonly scenarios: readonly string[] };
}

/** Pure. Only valid trials are compared. */
export const agreementOf = (claims: readonly Claim[], first: readonly Evidence[], second: readonly Evidence[]): Agreement => {
  const [here, there] = [first.filter(({ result }) => result.valid), second.filter(({ result }) => result.valid)];
  const [ones, others] = [judgeClaims(claims, here), judgeClaims(claims, there)];
  const decided = claims.map((claim, at) => ({ claim, outcomes: [ones[at]!.outcome, others[at]!.outcome] as const })).filter(({ claim }) => claim.basis !== 'untested');
  const isOpen = ({ outcomes }: (typeof decided)[number]): boolean => outcomes.includes('inconclusive');
  const names = [...new Set([...here, ...there].map(({ scenario }) => scenario.name))];
  const of = (evidence: readonly Evidence[], name: string): readonly Evidence[] => evidence.filter(({ scenario }) => scenario.name === name);
  const both = names.filter((name) => of(here, name).length > 0 && of(there, name).length > 0);
  return {
    verdicts: decided.filter((each) => !isOpen(each)).map((each) => ({ ...each, agrees: each.outcomes[0] === each.outcomes[1] })),
    quantities: both.flatMap((name) => quantities.flatMap(({ what, valueMs, marginMs }) => {
      const [ours, theirs] = [of(here, name).flatMap((trial) => valueMs(trial) ?? []), of(there, name).flatMap((trial) => valueMs(trial) ?? [])];
      if (ours.length === 0 || theirs.length === 0) return [];
      const margin = marginMs(of(here, name)[0]!.scenario);
      const { verdict, difference } = medianEquivalence(ours, theirs, { margin, alpha: 1 - confidence });
      return [{ scenario: name, what, counts: [ours.length, theirs.length] as const, marginMs: margin, verdict, differenceMs: difference }];
    })),
    notCompared: { claims: decided.filter(isOpen).map(({ claim }) => claim.id), scenarios: names.filter((name) => !both.includes(name)) },
  };
};

/**
 * The margins are what one world's own timers may do: LACP goes by when the last LACPDU was sent, a period of the switch's rate; delivery stands still until
 * a token was missed and a membership formed, 3.65 and 4.38 s with three nodes (corosync, exec/totemconfig.c: token, token_coefficient, consensus).
 */
const quantities: readonly { readonly what: string; readonly valueMs: (trial: Evidence) => number | null; readonly marginMs: (scenario: Scenario) => number }[] = [
  { what: 'from the fault until LACP took the NIC out of use', valueMs: stoppedMs, marginMs: ({ ports }) => ports.kind === 'lacp' ? lacpduPeriodMs[ports.rate] : lacpduPeriodMs.fast },
  { what: 'longest without quorum or delivery', valueMs: outageMs, marginMs: () => 8030 },
];
