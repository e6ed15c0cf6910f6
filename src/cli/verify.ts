// `bondproof verify` and `bondproof claims`: sentences of the documentation against trials.

import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { agreementOf } from '../claims/agreement.ts';
import type { Claim, Evidence } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/index.ts';
import { wantedTrials, type Wanted } from '../claims/plan.ts';
import { isSettled, judgeClaims } from '../claims/verdict.ts';
import type { PlannedTrial } from '../harness/campaign.ts';
import { excerpt } from '../harness/excerpt.ts';
import { beginVerification, gather, planDigest, runsFolder, writeVerification } from '../harness/verification.ts';
import type { Lab } from '../model/lab.ts';
import { periodMs, phaseOfTrial } from '../model/phase.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { wrap } from '../report/text.ts';
import { agreementText, suggest, verificationText, type Verification } from '../report/verification.ts';
import { findScenarios } from '../scenarios/index.ts';
import { complain, host, interruption, root, say, sayAsIs } from './host.ts';
import { readLab } from './labs.ts';
import { conduct, labFor, randomSeed, type Order } from './run.ts';
import { requireShape, whyNot } from './scenarios.ts';
import { numberOption, oneOperand, timeOption, usageProblem } from './words.ts';

export const verify = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { claim: { type: 'string', multiple: true }, budget: { type: 'string' }, seed: { type: 'string' }, labs: { type: 'string' }, reports: { type: 'string' }, json: { type: 'boolean' } },
  });
  const lab = await readLab(oneOperand('verify', 'LAB', positionals));
  const claims = values.claim === undefined ? allClaims : claimsOf(values.claim);
  const budgetMs = timeOption('--budget', values.budget) ?? Infinity;
  const seed = numberOption('--seed', values.seed, { least: 0, most: 2 ** 32 - 1 }) ?? randomSeed();
  const labs = numberOption('--labs', values.labs, { least: 1, most: 64 });
  const folder = join(values.reports ?? join(root, 'reports'), `verification-${lab.name}`);
  await beginVerification(folder);
  const { evidence } = await gather(folder);
  const possible = (trials: readonly Wanted[]): readonly Wanted[] => trials.filter(({ scenario }) => isPossible(lab, scenario));
  const wanted = possible(wantedTrials(claims, evidence));
  const signal = interruption();
  let code: ExitCode = exitCodes.ok;
  if (wanted.length > 0) {
    if (values.json !== true) say(wantedWords(wanted, claims, evidence));
    const from = Math.max(0, ...evidence.map(({ result }) => result.number));
    const trials = planned(wanted, { lab, seed, from });
    const watch = follow({ claims, evidence, wanted, from, lab, budgetMs });
    code = await conduct({
      lab, name: 'verify', seed, labs, reports: join(folder, runsFolder), json: values.json === true, signal, quiet: true, first: trials[0] ?? null,
      about: { plan: planDigest() }, plan: async () => Promise.resolve(trials), ...watch,
    });
  }
  const verification = await writeVerification(folder);
  const shown = { ...verification, verdicts: verification.verdicts.filter(({ claim }) => claims.includes(claim)) };
  if (values.json !== true) sayAsIs(verificationText(shown, { columns: host.columns, place: relative(process.cwd(), join(folder, 'verification.html')) }));
  if (signal.aborted) return exitCodes.interrupted;
  const open = possible(wantedTrials(claims, verification.evidence)).length;
  if (open > 0) say(`${open} trials are still wanted; the same command goes on with them`);
  return open > 0 ? Math.max(code, exitCodes.notAllValid) as ExitCode : exitCodes.ok;
};

const claimsOf = (names: readonly string[]): readonly Claim[] => {
  for (const name of names) {
    if (!allClaims.some(({ id }) => id === name || id.replace(/[a-z]$/, '') === name)) throw usageProblem(`--claim ${name}`, 'there is no such claim', allClaims.map(({ id }) => id).join(', '));
  }
  return allClaims.filter(({ id }) => names.includes(id) || names.includes(id.replace(/[a-z]$/, '')));
};

/** A lab that is there has the shape and the switch that it has, and one of IPv6 nobody to ask by ARP: scenarios for another are left out, and their claims stay open. */
export const isPossible = (lab: Lab, name: string): boolean => {
  const [scenario] = findScenarios([name]);
  try {
    requireShape(lab, scenario!);
    return whyNot(lab, scenario!) === null;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
};

const wantedWords = (wanted: readonly Wanted[], claims: readonly Claim[], evidence: readonly Evidence[]): string => {
  const open = judgeClaims(claims, evidence).filter((verdict) => !isSettled(verdict)).length;
  return `${open} of ${claims.length} claims are open; ${wanted.length} trials of ${new Set(wanted.map(({ scenario }) => scenario)).size} scenarios are wanted, ${evidence.length} are there`;
};

/** Where LACP is what is measured, the fault comes in a part of the LACPDUs' period of its own for each repetition: the strata cover it. */
const planned = (wanted: readonly Wanted[], { lab, seed, from }: { readonly lab: Lab; readonly seed: number; readonly from: number }): readonly PlannedTrial[] => wanted.map(({ scenario: name, repetition, of }, at) => {
  const [scenario] = findScenarios([name]);
  const number = from + at + 1;
  const period = scenario!.fault === 'tx-silent' ? periodMs('lacpdu', scenario!) : null;
  return {
    number, repetition, scenario: scenario!, injector: lab.injector,
    phase: period === null ? null : phaseOfTrial({ anchor: 'lacpdu', afterMs: null }, period, { seed, number, repetition, repeat: of }),
  };
});

interface Following { readonly claims: readonly Claim[]; readonly evidence: readonly Evidence[]; readonly wanted: readonly Wanted[]; readonly from: number; readonly lab: Lab; readonly budgetMs: number }

/** A trial is worth its time while a claim that wants it is open, and while there is budget to begin one. */
const follow = ({ claims, evidence: before, wanted, from, lab, budgetMs }: Following): Pick<Order, 'worthwhile' | 'judged'> => {
  const evidence = [...before];
  const startedMs = performance.now();
  const open = (): ReadonlySet<string> => new Set(judgeClaims(claims, evidence).filter((verdict) => !isSettled(verdict)).map(({ claim }) => claim.id));
  const wantedOf = (number: number): Wanted => wanted[number - from - 1]!;
  let stillOpen = open();
  return {
    worthwhile: ({ number }) => performance.now() - startedMs < budgetMs && wantedOf(number).claims.some((id) => stillOpen.has(id)),
    judged: (result) => {
      evidence.push({ run: '', result, scenario: findScenarios([result.scenario])[0]!, lab: labFor(lab, findScenarios([result.scenario])[0]) });
      stillOpen = open();
    },
  };
};

/** What a repository bears. */
const excerptBytes = 10_000_000;

export const claims = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { suggest: { type: 'string' }, against: { type: 'string' }, excerpt: { type: 'string' } } });
  if (positionals.length > 1) throw usageProblem('bondproof claims', `${positionals.length} operands`, 'bondproof claims, or bondproof claims VERIFICATION');
  const [folder] = positionals;
  if (folder === undefined) {
    const [option] = Object.entries(values);
    if (option !== undefined) throw usageProblem(`--${option.join(' ')}`, 'no verification', `bondproof claims VERIFICATION --${option.join(' ')}`);
    for (const { id, quantifier, basis, phrase } of allClaims) for (const line of wrap(phrase, { columns: host.columns, first: `${id.padEnd(5)}${quantifier.padEnd(8)}${basis.padEnd(10)}`, rest: ' '.repeat(23) })) say(line);
    return exitCodes.ok;
  }
  const verification = await writeVerification(folder);
  if (values.suggest !== undefined) return suggestTo(verification, values.suggest);
  if (values.excerpt !== undefined) {
    const { bytes, records, deciding } = await excerpt(folder, values.excerpt, verification, excerptBytes);
    say(`${values.excerpt}: ${(bytes / 1e6).toFixed(1)} MB, with ${records} of the ${deciding} records that decide something, and digests of everything`);
    return exitCodes.ok;
  }
  if (values.against !== undefined) {
    const agreement = agreementOf(allClaims, verification.evidence, (await gather(values.against)).evidence);
    sayAsIs(agreementText(agreement, host.columns));
    return agreement.verdicts.every(({ agrees }) => agrees) && agreement.quantities.every(({ verdict }) => verdict !== 'different') ? exitCodes.ok : exitCodes.notAllValid;
  }
  sayAsIs(verificationText(verification, { columns: host.columns, place: join(folder, 'verification.html') }));
  return exitCodes.ok;
};

/** The patch goes to standard output, what is to be said of it to standard error. */
const suggestTo = async (verification: Verification, file: string): Promise<ExitCode> => {
  const asked = `bondproof claims --suggest ${file}`;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Problem({ asked, found: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message, right: 'a file of the pve-docs repository, like pvecm.adoc', exitCode: exitCodes.usage });
  });
  const { patch, notFound } = suggest(verification, { name: basename(file), text });
  if (patch !== '') sayAsIs(patch.trimEnd());
  if (notFound.length > 0) complain(`no place in ${file} for ${notFound.join(', ')}: it has not their words, or several times`);
  if (patch === '' && notFound.length === 0) complain(`nothing to replace in ${file}: no claim of it is refuted or imprecise`);
  return notFound.length > 0 ? exitCodes.notAllValid : exitCodes.ok;
};
