// `bondproof switch plan` and `try`: what puts a managed switch's ports into a form, and whether it does, and is taken back.

import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { endOf } from '../harness/ending.ts';
import { formWords, lackingWords, planForm, requireAllowed, sentLines, type FormPlan } from '../harness/form-plan.ts';
import { portsSeen, ratesHeard, type RateHeard } from '../harness/form-seen.ts';
import { haObstacle } from '../harness/ha.ts';
import type { UndoJournal } from '../harness/journal.ts';
import { preflight } from '../harness/preflight.ts';
import { reserveOurLab } from '../harness/reservations.ts';
import { putInForm, type FormInForce } from '../harness/switch-form.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import { planText, triedText } from '../report/switch-form.ts';
import { host } from './host.ts';
import { besideSwitch, journalOf, readLab, takeLab, worldOf } from './labs.ts';
import { loginMs, managedSwitch, type Terminal } from './managed-switch.ts';
import { timeOption, usageProblem } from './words.ts';

const forms: Readonly<Record<string, PortsConfig>> = { 'plain': { kind: 'plain' }, 'static': { kind: 'static' }, 'lacp slow': { kind: 'lacp', rate: 'slow' }, 'lacp fast': { kind: 'lacp', rate: 'fast' } };

/** LACP that heals may need 30 s for its next slow LACPDU. */
const defaultForMs = 60_000;

const planOf = async (what: 'plan' | 'try', args: readonly string[]): Promise<FormPlan> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ports: { type: 'string' }, for: { type: 'string' } } });
  const right = `bondproof switch ${what} LAB SWITCH --ports "lacp fast"`;
  const [file, name, ...more] = positionals;
  if (file === undefined || name === undefined || more.length > 0) throw usageProblem(`bondproof switch ${what}`, `${positionals.length} operands`, right);
  const wanted = values.ports?.replaceAll('-', ' ');
  const ports = wanted !== undefined && Object.hasOwn(forms, wanted) ? forms[wanted] : undefined;
  if (ports === undefined) throw usageProblem(`--ports ${values.ports ?? ''}`, 'not a form of ports', `one of ${Object.keys(forms).join(', ')}, in quotes: ${right}`);
  const forMs = timeOption('--for', values.for) ?? defaultForMs;
  const lab = await readLab(file);
  return planForm(lab, managedSwitch(what, lab, name), { ports, forS: forMs / 1000 });
};

export const planSwitch = async (args: readonly string[], { say, columns }: Terminal): Promise<ExitCode> => {
  const plan = await planOf('plan', args);
  for (const line of shownPlan(plan, columns)) say(line);
  say('');
  say('nothing was sent');
  return exitCodes.ok;
};

const shownPlan = (plan: FormPlan, columns: number): readonly string[] => {
  const { lab, dialect, groups, forS, afterS, ports } = plan;
  const { deadMan } = dialect;
  const sent = (commands: FormPlan['arm']): readonly string[] => commands.flatMap((command) => sentLines(dialect, command));
  return planText({
    switch: lab.switch.name, dialect: dialect.name, proven: dialect.proven, form: formWords(ports), forS, groups, sent: sent(plan.arm), back: sent(plan.back),
    deadMan: deadMan === null ? null : { summary: deadMan.summary, afterS: afterS!, lateS: deadMan.lateS }, rateChange: dialect.rateChange, lacking: lackingWords(plan),
  }, columns);
};

/** The lab's nodes while its switch is changed: nobody else's, and asked what they hear. */
export interface TakenNodes extends AsyncDisposable { heard(): Promise<readonly RateHeard[]> }

export interface Surroundings {
  readonly takeNodes: (open: OpenLab) => Promise<TakenNodes>;
  readonly journalOf: (lab: Lab) => UndoJournal;
}

export const trySwitch = async (args: readonly string[], { say, complain, signal, columns }: Terminal, { takeNodes, journalOf: journal }: Surroundings = { takeNodes: takeOurNodes, journalOf }): Promise<ExitCode> => {
  const plan = await planOf('try', args);
  for (const line of shownPlan(plan, columns)) say(line);
  say('');
  requireAllowed(plan);
  const { lab } = plan;
  // Not ended by the signal: who is interrupted still takes back.
  await using open = await worldOf(lab).open(lab, { signal: new AbortController().signal, notice: complain });
  await using nodes = await takeNodes(open);
  await using devices = new Devices(open, null);
  try {
    await devices.session(lab.switch.name, { timeoutMs: loginMs, signal }).catch((error: unknown) => {
      throw signal.aborted ? new Problem({ asked: `try a form on ${lab.switch.name}`, found: 'it was interrupted; nothing was changed', exitCode: exitCodes.interrupted }) : error;
    });
    const before = await nodes.heard();
    const run = `switch try ${host.randomBytes(4).toString('hex')}`;
    const inForce = await putInForm(plan, { run, devices, journal: journal(lab), clock: open.clock, wallMs: () => Date.now(), signal, tell: complain });
    const held = await hold(inForce, plan, { say, complain, signal, columns, before, nodes, clock: open.clock }).catch((error: unknown) => endOf(error));
    complain('taking it back');
    await inForce.takeBack();
    say(`taken back: the configuration of ${lab.switch.name} has the same lines as before`);
    if (signal.aborted) return exitCodes.interrupted;
    if (typeof held !== 'boolean') throw held;
    return held ? exitCodes.ok : exitCodes.notAllValid;
  } catch (error) {
    throw endOf(error);
  }
};

interface Watched extends Pick<Terminal, 'say' | 'complain' | 'signal' | 'columns'> {
  readonly before: readonly RateHeard[];
  readonly nodes: TakenNodes;
  readonly clock: OpenLab['clock'];
}

/** Whether the form was seen, by the switch's own word and, where it is LACP, on the wire. */
const hold = async (inForce: FormInForce, plan: FormPlan, { say, complain, signal, columns, before, nodes, clock }: Watched): Promise<boolean> => {
  complain(`in force; looked at in ${plan.forS} s (Ctrl-C takes it back)`);
  await clock.sleep(plan.forS * 1000, signal);
  const { ports } = plan;
  const seen = portsSeen(plan, await inForce.aggregates());
  const now = ports.kind === 'lacp' ? await nodes.heard() : [];
  const heard = now.map(({ link: { node, nic, port }, rate }) => ({
    node, nic, before: before.find(({ link }) => link.port === port)?.rate ?? 'nothing heard', now: rate ?? 'nothing heard', held: ports.kind === 'lacp' && rate === ports.rate,
  }));
  for (const line of triedText({ form: formWords(ports), ports: seen, heard }, columns)) say(line);
  return [...seen, ...heard].every((each) => each.held);
};

/** Before a port is changed the nodes behind it are seen to be the lab's, idle, and no other run's: what cuts them off may else reset them. */
const takeOurNodes = async (open: OpenLab): Promise<TakenNodes> => {
  const beside = besideSwitch(open);
  const { lab } = beside;
  const taken = await takeLab(beside, 'switch try', reserveOurLab);
  const devices = new Devices(beside, taken.reservations);
  const nodes: TakenNodes = {
    heard: async () => ratesHeard(lab, (await preflight(lab, devices)).surveys),
    async [Symbol.asyncDispose]() {
      await devices[Symbol.asyncDispose]();
      await taken[Symbol.asyncDispose]();
    },
  };
  try {
    const obstacle = haObstacle((await preflight(lab, devices)).surveys, 'idle', lab);
    if (obstacle !== null) throw new Problem({ ...obstacle.parts, asked: `try a form on the switch of lab ${lab.name}` });
    return nodes;
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw endOf(error);
  }
};
