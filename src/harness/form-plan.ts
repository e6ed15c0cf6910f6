// What puts the ports of a managed switch into a form, and what takes that back: all of it known before anything is sent.

import type { Command } from '../model/command.ts';
import { linesOf } from '../model/conversation.ts';
import type { Allowance, Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { ManagedDialect, PortGroup } from '../switches/dialect.ts';
import { shellText } from '../transport/quote.ts';
import { portGroups } from './configuration.ts';

export interface FormPlan {
  readonly lab: Lab;
  readonly dialect: ManagedDialect;
  readonly groups: readonly PortGroup[];
  readonly ports: PortsConfig;
  /** How long the form is to stay, in seconds. */
  readonly forS: number;
  /** What is sent, in order: where there is a dead man, what arms it is among it. */
  readonly arm: readonly Command[];
  /** What takes it back. Empty: nothing but the switch itself does. */
  readonly back: readonly Command[];
  /** After so many seconds the switch takes it back by itself; null: it has no dead man. */
  readonly afterS: number | null;
  /** What the lab file would have to allow by name, and does not. */
  readonly lacking: readonly Allowance[];
}

/**
 * So much longer than the form is to stay the dead man waits. In the last minute (IOS-XE) or two (AOS-CX, `checkpoint auto`) switches write a warning into whatever
 * they are showing; a minute more is for our own lines.
 */
export const spareS = 180;

/** `lacp fast`, `lacp slow`, `static`, `plain`. */
export const formWords = (ports: PortsConfig): string => (ports.kind === 'lacp' ? `lacp ${ports.rate}` : ports.kind);

/** Throws a Problem for a form that cannot be had, or not for so long. */
export const planForm = (lab: Lab, dialect: ManagedDialect, { ports, forS }: { readonly ports: PortsConfig; readonly forS: number }): FormPlan => {
  const { deadMan } = dialect;
  const groups = groupsOf(lab);
  const changes = formLines(lab, dialect, { groups, ports });
  const afterS = deadMan === null ? null : Math.max(deadMan.leastS, Math.ceil((forS + spareS) / deadMan.stepS) * deadMan.stepS);
  if (deadMan !== null && afterS! > deadMan.mostS) {
    throw new Problem({
      asked: `form ${formWords(ports)} on ${lab.switch.name} for ${forS} s`, found: `its dead man (${deadMan.summary}) can be set to ${deadMan.mostS} s at most, and has to wait ${spareS} s longer than the form stays`,
      right: `${deadMan.mostS - spareS} s or less`, todo: 'ask for less with --for', exitCode: exitCodes.usage,
    });
  }
  const { allow = [], ports: wereThere } = lab.switch;
  const { begin, end } = dialect.writing ?? { begin: [], end: [] };
  const written = (lines: readonly Command[]): readonly Command[] => [...begin, ...lines, ...end];
  return {
    lab, dialect, groups, ports, forS, afterS,
    arm: deadMan === null ? written(changes) : deadMan.arm(changes, afterS!),
    back: deadMan !== null ? deadMan.revert ?? [] : wereThere === undefined ? [] : written(formLines(lab, dialect, { groups, ports: wereThere })),
    lacking: [...dialect.proven ? [] : ['unproven' as const], ...deadMan === null ? ['no-dead-man' as const] : []].filter((need) => !allow.includes(need)),
  };
};

const groupsOf = (lab: Lab): readonly PortGroup[] => portGroups(lab).map((group, at) => {
  const { aggregate, vlan } = lab.nodes[at]!;
  return { ...group, ...aggregate !== undefined && { aggregate }, ...vlan !== undefined && { vlan } };
});

const formLines = (lab: Lab, dialect: ManagedDialect, { groups, ports }: { readonly groups: readonly PortGroup[]; readonly ports: PortsConfig }): readonly Command[] => {
  try {
    return dialect.form(groups, ports);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({
      asked: `form ${formWords(ports)} on ${lab.switch.name}, a switch of dialect ${dialect.name}`, found: (error as Error).message,
      right: 'names of ports and aggregates as the switch has them', todo: 'mend them in the lab file', exitCode: exitCodes.usage,
    }, { cause: error });
  }
};

const whyLacking: Readonly<Record<Allowance, string>> = {
  'unproven': 'its dialect has met no real device: whether these lines do what its manuals say, nobody has seen',
  'no-dead-man': 'it has no way to take a change back by itself: what bondproof cannot take back, as when it is killed, stays until somebody does',
};

export const lackingWords = ({ lacking }: FormPlan): readonly string[] => lacking.map((need) => whyLacking[need]);

/** Throws a Problem unless the lab file allows by name what this switch needs. */
export const requireAllowed = (plan: FormPlan): void => {
  const { lab: { name, switch: { name: device, allow = [] } }, dialect, ports, lacking } = plan;
  if (lacking.length === 0) return;
  const ask = `allow: [${[...allow, ...lacking].join(', ')}]`;
  throw new Problem({
    asked: `form ${formWords(ports)} on ${device} of lab ${name}`, found: lackingWords(plan).join('; '), right: `a dialect that is proven, with a dead man; or \`${ask}\` with the switch in the lab file`,
    todo: `look at \`bondproof switch plan\`, and say \`${ask}\`${lacking.includes('no-dead-man') ? ', and as `ports:` what they are now,' : ''} if you answer for it; dialect ${dialect.name} only reads until then`, exitCode: exitCodes.usage,
  });
};

/** A command as it is sent: lines of a command line, or a shell's. */
export const sentLines = ({ conversation }: ManagedDialect, command: Command): readonly string[] => (conversation === null ? shellText(command.argv).split('\n') : linesOf(command));
