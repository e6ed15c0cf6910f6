// `bondproof certify`: what a profile still needs is run, then certificate and bundle are made of all there is.

import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { certificateJson, type Certificate } from '../certificate/certificate.ts';
import { fingerprintOf, newPrivateKey, readPrivateKey } from '../certificate/envelope.ts';
import { wantedFor, type WantedTrial } from '../certificate/plan.ts';
import { profileName, profilePath } from '../certificate/profile.ts';
import { sha256Of } from '../certificate/statement.ts';
import { copyRuns, makeBundle, type Sealing } from '../harness/bundle.ts';
import type { PlannedTrial } from '../harness/campaign.ts';
import { beginCertification, certificateFrom, gatherCertification, keepHolderEnds, type Certification, type Plan } from '../harness/certification.ts';
import { endOf } from '../harness/ending.ts';
import { redactRuns } from '../harness/redacted.ts';
import { seeHolderEnds } from '../harness/selftest.ts';
import { runsFolder } from '../harness/verification.ts';
import type { Lab } from '../model/lab.ts';
import { dayOf } from '../model/marker.ts';
import { periodMs, phaseOfTrial } from '../model/phase.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { counted } from '../report/words.ts';
import { findScenarios } from '../scenarios/index.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { printPdf } from './chromium.ts';
import { host, interruption, root, say, sayAsIs } from './host.ts';
import { readLab } from './labs.ts';
import { conduct, randomSeed } from './run.ts';
import { isPossible } from './verify.ts';
import { numberOption, oneOperand, timeOption, usageProblem } from './words.ts';

export const certify = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: {
      profile: { type: 'string' }, budget: { type: 'string' }, seed: { type: 'string' }, labs: { type: 'string' }, reports: { type: 'string' }, key: { type: 'string' },
      redact: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
    },
  });
  const lab = await readLab(oneOperand('certify', 'LAB', positionals));
  if (values.profile !== undefined && values.profile !== profileName) throw usageProblem(`--profile ${values.profile}`, 'there is no such profile', profileName);
  const budgetMs = timeOption('--budget', values.budget) ?? Infinity;
  const wantedSeed = numberOption('--seed', values.seed, { least: 0, most: 2 ** 32 - 1 });
  const labs = numberOption('--labs', values.labs, { least: 1, most: 64 });
  const key = readPrivateKey(values.key === undefined ? newPrivateKey() : await keyText(values.key));
  if (key === null) throw usageProblem(`--key ${values.key ?? ''}`, 'no private key of Ed25519 in PEM', 'a file that `bondproof certificate key FILE` made');
  const folder = join(values.reports ?? join(root, 'reports'), `certificate-${lab.name}`);
  const plan = await beginCertification(folder, { seed: wantedSeed, profile: await readFile(join(root, profilePath), 'utf8') }, randomSeed);
  const signal = interruption();
  const order: Run = { lab, plan, folder, labs, json: values.json, signal, untilMs: performance.now() + budgetMs };
  const before = await gatherCertification(folder);
  const isWorth = (): boolean => !signal.aborted && performance.now() < order.untilMs;
  if (before.holderEnds.length === 0 && isWorth()) await runDeadMan(order, before);
  const wanted = wantedIn(lab, before);
  if (wanted.length > 0 && isWorth()) await runWanted(order, before, wanted);
  const certificate = await make(folder, { key, print: printPdf }, { redact: values.redact });
  if (values.json) sayAsIs(certificateJson(certificate).trimEnd());
  else tell(certificate, { folder, named: values.key !== undefined, redacted: values.redact });
  if (signal.aborted) return exitCodes.interrupted;
  const open = wantedIn(lab, await gatherCertification(folder)).length;
  if (open > 0 && !values.json) say(`${open === 1 ? 'one trial is' : `${open} trials are`} still wanted; the same command goes on with ${open === 1 ? 'it' : 'them'}`);
  return open > 0 ? exitCodes.notAllValid : exitCodes.ok;
};

const keyText = async (path: string): Promise<string> => readFile(path, 'utf8').catch((error: unknown) => {
  const found = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
  throw new Problem({ asked: `--key ${path}`, found, right: 'a private key', todo: `bondproof certificate key ${path}`, exitCode: exitCodes.usage });
});

interface Run { readonly lab: Lab; readonly plan: Plan; readonly folder: string; readonly labs: number | null; readonly json: boolean; readonly signal: AbortSignal; readonly untilMs: number }

const wantedIn = (lab: Lab, { evidence }: Certification): readonly WantedTrial[] => wantedFor(evidence).filter(({ scenario }) => isPossible(lab, scenario));

const after = ({ evidence }: Certification): number => Math.max(0, ...evidence.map(({ result }) => result.number));

const common = ({ lab, plan, folder, json, signal }: Run) => ({ lab, name: 'certify', seed: plan.seed, reports: join(folder, runsFolder), json, signal, quiet: true, about: { plan: plan.digest } }) as const;

/** Each repetition in a part of the LACPDUs' period of its own, as the profile says. */
const runWanted = async (run: Run, before: Certification, wanted: readonly WantedTrial[]): Promise<void> => {
  const cellCount = new Set(wanted.map(({ scenario }) => scenario)).size;
  if (!run.json) say(`${counted(wanted.length, 'trial')} of ${counted(cellCount, 'cell')} wanted, ${counted(before.evidence.length, 'trial')} there; phases from seed ${run.plan.seed}`);
  const from = after(before);
  const trials = wanted.map(({ scenario: name, repetition, of }, at): PlannedTrial => {
    const scenario = findScenarios([name])[0]!;
    const number = from + at + 1;
    const period = periodMs('lacpdu', scenario);
    const draw = { seed: run.plan.seed, number, repetition, repeat: of };
    return { number, repetition, scenario, injector: run.lab.injector, phase: period === null ? null : phaseOfTrial({ anchor: 'lacpdu', afterMs: null }, period, draw) };
  });
  await conduct({ ...common(run), labs: run.labs, first: trials[0] ?? null, plan: async () => Promise.resolve(trials), worthwhile: () => performance.now() < run.untilMs });
};

/** C16: a holder whose input ends, and one that hears no beat, on a bond of a calm trial in which nobody can be reset. */
const runDeadMan = async (run: Run, before: Certification): Promise<void> => {
  const scenario: Scenario = { ...findScenarios(['802.3ad/fast-fast'])[0]!, name: 'control/dead-man', summary: 'Holders of a fault that nobody tells to go.', ha: 'idle' };
  const trial: PlannedTrial = { number: after(before) + 1, repetition: 1, scenario, injector: run.lab.injector, phase: null };
  await conduct({
    ...common(run), labs: 1, first: trial, plan: async () => Promise.resolve([trial]),
    after: async (place) => {
      const lifted = await seeHolderEnds({ ...place, disk: realDisk, scenario, injectors: [run.lab.injector], signal: run.signal }).catch((error: unknown) => { throw endOf(error); });
      await keepHolderEnds(place.folder, { digest: run.plan.digest, lifted });
    },
  });
};

/** The bundle that hides nothing, and where asked for another beside it that was redacted from that. */
const make = async (folder: string, sealing: Sealing, { redact }: { readonly redact: boolean }): Promise<Certificate> => {
  const bundle = join(folder, 'bundle');
  const more = { issuedOn: dayOf(new Date()), signer: fingerprintOf(sealing.key), redactionOf: null };
  const certificate = await makeBundle(bundle, async (fresh) => {
    await copyRuns(folder, fresh);
    return certificateFrom(await gatherCertification(fresh), more);
  }, sealing);
  if (!redact) return certificate;
  const redactionOf = sha256Of(await readFile(join(bundle, 'manifest.json')));
  const machine = hostname();
  const names = machine === '' || machine === 'localhost' ? [] : [{ kind: 'host' as const, name: machine }];
  const redaction = { more: names, basis: { ...more, redactionOf } };
  return makeBundle(join(folder, 'redacted'), async (fresh) => redactRuns(bundle, fresh, redaction), sealing);
};

interface Made { readonly folder: string; readonly named: boolean; readonly redacted: boolean }

const tell = ({ grade, because, engineOnly, trials, signer }: Certificate, { folder, named, redacted }: Made): void => {
  const place = relative(process.cwd(), folder) || folder;
  const words = grade === null ? 'no grade' : grade === 'Fail' ? 'failed' : `grade ${grade}`;
  say(`${words}${engineOnly ? ', engine, not product' : ''}; ${trials.valid} of ${trials.all} trials count`);
  for (const reason of because) say(`  ${reason}`);
  say(`signed by ${signer}${named ? '' : ', a key made for it and thrown away: see `bondproof certificate key`'}`);
  for (const name of redacted ? ['bundle', 'redacted'] : ['bundle']) say(join(place, name, 'certificate.html'));
  if (host.terminal && !redacted) say('to give it away without names and addresses: --redact');
};
