// verdicts.json: every verdict for machines.

import { escapeJson } from '../text.ts';
import type { Verification } from '../verification.ts';

/** Pretty JSON with a final newline. Trials are named by their run and folder. */
export const verdictsJson = ({ plan, verdicts, evidence, ofOtherPlans, about, simulated, worlds }: Verification): string => `${escapeJson(JSON.stringify({
  format: 1, plan, worlds, about, simulated,
  trials: { all: evidence.length, valid: evidence.filter(({ result }) => result.valid).length, ofOtherPlans },
  verdicts: verdicts.map(({ claim, outcome, sentence, right, trials, deciding, differs, measure }) => ({
    id: claim.id, source: claim.source, phrase: claim.phrase, quantifier: claim.quantifier, basis: claim.basis, population: claim.population,
    outcome, sentence, right: right ?? null, trials, differs,
    measure: measure === undefined ? null : { what: measure.what, saidMs: measure.saidMs, valuesMs: measure.values.map(({ ms }) => ms) },
    deciding: deciding.map(({ run, result }) => ({ run, folder: result.folder })),
  })),
  notCounted: evidence.filter(({ result }) => !result.valid).map(({ run, result }) => ({ run, folder: result.folder, scenario: result.scenario, outcome: result.outcome, reason: result.reason })),
}, null, 2))}\n`;
