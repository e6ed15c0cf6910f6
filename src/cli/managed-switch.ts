// The managed switch that a command of `bondproof switch` is about.

import { Devices } from '../harness/devices.ts';
import { endOf } from '../harness/ending.ts';
import { answerTo } from '../harness/form-undo.ts';
import type { Check } from '../harness/preflight.ts';
import { planTrialForm, type ManagedSwitch } from '../harness/trial-form.ts';
import { isPassive, type Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { managedDialects } from '../switches/index.ts';
import { findManaged } from './labs.ts';

/** Where what it says goes, and what ends it. */
export interface Terminal {
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly sayAsIs: (text: string) => void;
  readonly signal: AbortSignal;
  readonly columns: number;
}

/** One login, and its retries. */
export const loginMs = 30_000;

/** Throws a Problem for a lab without such a switch, or whose switch is not a managed one. */
export const managedSwitch = (what: 'probe' | 'plan' | 'try' | 'run trials on', lab: Lab, name: string): ManagedDialect => {
  const { dialect, login } = lab.switch;
  const refuse = (found: string, right: string, todo: string): never => {
    throw new Problem({ asked: `${what} switch ${name} of lab ${lab.name}`, found, right, todo, exitCode: exitCodes.usage });
  };
  const names = managedDialects.map((each) => each.name).join(', ');
  if (lab.world !== 'ssh') return refuse(`its switch is a machine that bondproof makes itself (${dialect})`, 'a switch of hardware, reached over ssh, of which it has to be seen whether bondproof understands a maker’s command line', 'see `labs/example-hardware.yaml`; trials on this lab change its ports as they need');
  if (name !== lab.switch.name) return refuse('the lab file has no such switch', lab.switch.name, `bondproof switch ${what} LAB ${lab.switch.name}`);
  const copied = `say \`dialect:\` (one of ${names}), \`host:\` and \`hostKey:\` there in place of \`ports:\``;
  if (isPassive(lab)) return what === 'probe' ? refuse('it is passive: nobody logs in to it', 'the dialect that it speaks, or `snmp:`', `say how to ask it by \`snmp:\`, which labs/example-hardware.yaml shows; or ${copied}`) : refuse('it is passive: nobody logs in to it', 'the dialect that it speaks', copied);
  const found = managedDialects.find((each) => each.name === dialect);
  if (found === undefined) return refuse(`dialect ${dialect} is of switches that run programs, as nodes do`, `one of ${names}`, 'look at this lab with `bondproof check`');
  if (login?.sudo === true) return refuse(`its login says \`sudo: true\`, and no gate lets through what dialect ${dialect} asks`, 'a user who may ask himself', 'say `sudo: false` and such a `user:` for the switch');
  return found;
};

/** Whose command line trials use. */
export interface TrialSwitch extends ManagedSwitch, AsyncDisposable { readonly about: string }

/**
 * Logged in to before the first trial, and asked who it is. Null where the lab's switch is not a managed one. Throws a Problem where it does not answer, or where a form that
 * one of the scenarios wants cannot be had.
 */
export const switchForTrials = async (lab: Lab, open: OpenLab, scenarios: readonly Scenario[], signal: AbortSignal): Promise<TrialSwitch | null> => {
  if (findManaged(lab) === null) return null;
  const { name } = lab.switch;
  const dialect = managedSwitch('run trials on', lab, name);
  for (const { ports } of scenarios) planTrialForm({ lab, dialect }, ports);
  const devices = new Devices(open, null);
  try {
    await devices.session(name, { timeoutMs: loginMs, signal });
    const { vendor, model, version } = await answerTo({ devices, dialect, entry: { form: { device: name } } }, dialect.facts.identity);
    return {
      lab, dialect, devices, wallMs: () => Date.now(), about: `${[vendor, model, version].filter((each) => each !== null).join(' ') || 'it does not say what it is'} (${dialect.name}${dialect.proven ? '' : ', unproven'})`,
      [Symbol.asyncDispose]: async () => devices[Symbol.asyncDispose](),
    };
  } catch (error) {
    await devices[Symbol.asyncDispose]();
    throw endOf(error);
  }
};

/** What trials need of a managed switch, and nothing where the lab has none. Rejects with a Problem where it does not answer. */
export const managedChecks = async (lab: Lab, open: OpenLab, signal: AbortSignal): Promise<readonly Check[]> => {
  await using managed = await switchForTrials(lab, open, [], signal);
  if (managed === null) return [];
  const { name } = lab.switch;
  const { dialect, about } = managed;
  return [
    { device: name, what: 'answers', held: true, found: about, right: '' },
    formCheck(lab, dialect),
  ];
};

const formCheck = (lab: Lab, dialect: ManagedDialect): Check => {
  const check = { device: lab.switch.name, what: 'form' };
  try {
    planTrialForm({ lab, dialect }, { kind: 'lacp', rate: 'fast' });
    return { ...check, held: true, found: `its ports are put into the form of each trial; ${dialect.deadMan === null ? 'nothing there takes that back by itself' : `dead man: ${dialect.deadMan.summary}`}`, right: '' };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { found, right = '', todo } = error.parts;
    return { ...check, held: false, found, right, ...todo !== undefined && { todo } };
  }
};
