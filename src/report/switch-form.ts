// What putting a switch's ports into a form would send, and what came of it, for a terminal. Nothing here knows a dialect.

import type { Aggregate } from '../model/switch-facts.ts';
import { aggregateWords } from './switch-probe.ts';
import { wrap } from './text.ts';

export interface FormPlanShown {
  readonly switch: string;
  readonly dialect: string;
  readonly proven: boolean;
  /** `lacp fast`. */
  readonly form: string;
  readonly forS: number;
  readonly groups: readonly { readonly name: string; readonly ports: readonly string[]; readonly aggregate?: string; readonly vlan?: number }[];
  /** Lines as they are sent. */
  readonly sent: readonly string[];
  /** Lines that take it back; empty: there are none. */
  readonly back: readonly string[];
  readonly deadMan: { readonly summary: string; readonly afterS: number; readonly lateS: number } | null;
  readonly rateChange: 'live' | 'flap' | 'recreate' | null;
  /** Why it would be refused. */
  readonly lacking: readonly string[];
}

const costs: Readonly<Record<NonNullable<FormPlanShown['rateChange']>, string>> = {
  live: 'nothing, as its maker has it', flap: 'the links for a moment', recreate: 'the aggregate, which is made anew',
};

/** Lines that are sent stay as they are, however long. */
export const planText = (plan: FormPlanShown, columns: number): readonly string[] => {
  const said = (text: string): readonly string[] => wrap(text, { columns, first: '  ', rest: '    ' });
  return [
    ...wrap(`${plan.switch}: form ${plan.form} for ${plan.forS} s, dialect ${plan.dialect}${plan.proven ? '' : ', unproven: these lines are from manuals and have met no real device'}`, { columns, rest: '  ' }),
    '',
    'ports',
    ...plan.groups.flatMap(({ name, ports, aggregate, vlan }) => said(`${name}: ${ports.join(' ')}${aggregate === undefined ? '' : `, aggregate ${aggregate}`}${vlan === undefined ? '' : `, VLAN ${vlan}`}`)),
    ...plan.rateChange === null ? [] : said(`a change of LACP rate alone costs ${costs[plan.rateChange]}`),
    '',
    'sent, in this order',
    ...plan.sent.map((line) => `  ${line}`),
    '',
    'what takes it back',
    ...deadManText(plan).flatMap(said),
    ...plan.back.length === 0 ? [] : [...said(`bondproof, after ${plan.forS} s, and at once when it is interrupted, by`), ...plan.back.map((line) => `    ${line}`)],
    ...said('proof: its configuration, read before and after, has the same lines'),
    ...said('never sent: what would make it stay, or save it for the next start'),
    ...plan.lacking.length === 0 ? [] : ['', 'refused, for the lab file does not allow it', ...plan.lacking.flatMap(said)],
  ];
};

const deadManText = ({ switch: name, deadMan, back }: FormPlanShown): readonly string[] => {
  if (deadMan === null) return [`nothing on ${name} itself: if bondproof is killed or cut off, it stays until \`bondproof recover\``];
  const { summary, afterS, lateS } = deadMan;
  return [`${name} itself, whatever becomes of bondproof: ${summary}; ${afterS} s after it was armed, at most ${lateS} s late${back.length === 0 ? `. It cannot be told to hurry: the form stays for all of that time` : ''}`];
};

export interface TrialOfForm {
  readonly form: string;
  readonly ports: readonly { readonly node: string; readonly port: string; readonly aggregate: Aggregate | null; readonly inUse: boolean | null; readonly held: boolean }[];
  /** Of LACP alone: what NICs heard before, and with the form in force. */
  readonly heard: readonly { readonly node: string; readonly nic: string; readonly before: string; readonly now: string; readonly held: boolean }[];
}

const mark = (held: boolean): string => (held ? 'ok   ' : 'WRONG');

export const triedText = ({ form, ports, heard }: TrialOfForm, columns: number): readonly string[] => {
  const row = (held: boolean, text: string): readonly string[] => wrap(text, { columns, first: `  ${mark(held)} `, rest: '        ' });
  return [
    `with form ${form} in force, the switch says`,
    ...ports.flatMap(({ node, port, aggregate, inUse, held }) => row(held, `${node} ${port}: ${aggregate === null ? 'in no aggregate' : `${aggregateWords(aggregate)}, ${inUse === null ? 'not said whether in use' : inUse ? 'in use' : 'not in use'}`}`)),
    ...heard.length === 0 ? [] : ['on the wire, its LACPDUs ask for', ...heard.flatMap(({ node, nic, before, now, held }) => row(held, `${node} ${nic}: ${now} (before: ${before})`))],
  ];
};
