// The managed switch that a command of `bondproof switch` is about.

import { isPassive, type Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { managedDialects } from '../switches/index.ts';

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
export const managedSwitch = (what: 'probe' | 'plan' | 'try', lab: Lab, name: string): ManagedDialect => {
  const { dialect, login } = lab.switch;
  const refuse = (found: string, right: string, todo: string): never => {
    throw new Problem({ asked: `${what} switch ${name} of lab ${lab.name}`, found, right, todo, exitCode: exitCodes.usage });
  };
  const names = managedDialects.map((each) => each.name).join(', ');
  if (lab.world !== 'ssh') return refuse(`its switch is a machine that bondproof makes itself (${dialect})`, 'a switch of hardware, reached over ssh, of which it has to be seen whether bondproof understands a maker’s command line', 'see `labs/example-hardware.yaml`; trials on this lab change its ports as they need');
  if (name !== lab.switch.name) return refuse('the lab file has no such switch', lab.switch.name, `bondproof switch ${what} LAB ${lab.switch.name}`);
  const copied = `copy the lab file, and say \`dialect:\` (one of ${names}), \`host:\` and \`hostKey:\` there in place of \`ports:\``;
  if (isPassive(lab)) return what === 'probe' ? refuse('it is passive: nobody logs in to it', 'the dialect that it speaks, or `snmp:`', `say how to ask it by \`snmp:\`, which labs/example-hardware.yaml shows; or ${copied}`) : refuse('it is passive: nobody logs in to it', 'the dialect that it speaks', copied);
  const found = managedDialects.find((each) => each.name === dialect);
  if (found === undefined) return refuse(`dialect ${dialect} is one that trials use as it is`, `one of ${names}`, 'look at this lab with `bondproof check`');
  if (login?.sudo === true) return refuse(`its login says \`sudo: true\`, and no gate lets through what dialect ${dialect} asks`, 'a user who may ask himself', 'say `sudo: false` and such a `user:` for the switch');
  return found;
};
