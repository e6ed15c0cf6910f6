// `bondproof switch`, and of it `probe`: asks a switch all that its dialect, or SNMP, can ask, shows what was understood, and keeps what it printed.

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { withoutItsSecrets, writeCaptures } from '../harness/captures.ts';
import { probeSwitch, readingOnly } from '../harness/probe.ts';
import type { Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { Session } from '../model/session.ts';
import { isWhole } from '../model/switch-probe.ts';
import { probeJson, probeText, questionWords } from '../report/switch-probe.ts';
import { wrap } from '../report/text.ts';
import type { Asked, ManagedDialect } from '../switches/dialect.ts';
import { managedDialects, snmp } from '../switches/index.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { openAgent } from '../worlds/ssh/snmp.ts';
import { sshWorld } from '../worlds/ssh/world.ts';
import { complain, host, interruption, say, sayAsIs } from './host.ts';
import { readLab } from './labs.ts';
import { loginMs, managedSwitch, type Terminal } from './managed-switch.ts';
import { version } from './run.ts';
import { planSwitch, trySwitch } from './switch-form.ts';
import { usageProblem } from './words.ts';

export const switchCommand = async ([what, ...args]: readonly string[]): Promise<ExitCode> => {
  const run = new Map([['probe', probe], ['plan', planSwitch], ['try', trySwitch]]).get(what ?? '');
  if (run === undefined) throw usageProblem(`bondproof switch ${what ?? ''}`, 'there is no such thing to do', 'bondproof switch probe|plan|try LAB SWITCH');
  return run(args, { say, complain, sayAsIs, signal: interruption(), columns: host.columns });
};

export const probe = async (args: readonly string[], { signal, columns, ...terminal }: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { by: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean', default: false } } });
  const [file, name, ...more] = positionals;
  if (file === undefined || name === undefined || more.length > 0) throw usageProblem('bondproof switch probe', `${positionals.length} operands`, 'bondproof switch probe LAB SWITCH');
  const lab = await readLab(file);
  const way = wayTo(lab, name, values.by);
  const at = new Date().toISOString();
  const folder = values.out ?? join('captures', `${way.name}-${at.slice(0, 19).replaceAll(':', '-')}`);
  await requireAbsent(folder);

  await using reached = await way.reach({ signal, notice: terminal.complain }).catch((error: unknown) => {
    throw signal.aborted ? new Problem({ asked: `probe ${name}`, found: 'it was interrupted', exitCode: exitCodes.interrupted }) : error;
  });
  const { session, dialect } = reached;
  const probed = await probeSwitch(session, { lab, dialect, at, bondproof: version(), signal, asking: (what) => { terminal.complain(`asking ${name}: ${questionWords[what]}`); } });

  // Kept before it is shown: who reads may have gone.
  if (probed.shown.length > 0) await writeCaptures(folder, probed, { dialect, disk: realDisk });
  const known = withoutItsSecrets(probed, dialect);
  if (values.json) terminal.sayAsIs(probeJson(known));
  else for (const line of probeText(known, columns)) terminal.say(line);
  if (!values.json && probed.shown.length > 0) {
    terminal.say('');
    for (const line of wrap(`${folder}: what it printed, a file for each command; README.md there says what was taken out. Read them before you give them away.`, { columns })) terminal.say(line);
  }
  if (probed.broke === null) return isWhole(probed) ? exitCodes.ok : exitCodes.notAllValid;
  throw new Problem({
    asked: `probe ${name}, ${dialect.name === snmp.name ? 'by SNMP' : `a switch of dialect ${dialect.name}`}`, found: known.broke!,
    right: 'answers to all questions',
    todo: probed.shown.length > 0 ? `see in ${folder} what was read until then, and try again; nothing was changed on ${name}` : `try again; nothing was changed on ${name}`,
    exitCode: signal.aborted ? exitCodes.interrupted : exitCodes.device,
  });
};

/** A session to a switch, and what it is asked. */
interface Reached extends AsyncDisposable { readonly session: Session; readonly dialect: Asked }

interface Way {
  /** The dialect's. */
  readonly name: string;
  reach(how: { readonly signal: AbortSignal; readonly notice: (text: string) => void }): Promise<Reached>;
}

/** Throws a Problem for a lab without such a switch, or whose switch cannot be asked in the way that is wanted, or in any. */
const wayTo = (lab: Lab, name: string, by: string | undefined): Way => {
  if (by !== undefined && by !== 'ssh' && by !== 'snmp') throw usageProblem(`bondproof switch probe --by ${by}`, 'there is no such way to ask', '--by ssh, or --by snmp');
  const managed = managedDialects.some((each) => each.name === lab.switch.dialect);
  // The command line tells more.
  const wanted = by ?? (managed || (lab.switch.snmp ?? null) === null ? 'ssh' : 'snmp');
  return wanted === 'ssh' || name !== lab.switch.name || lab.world !== 'ssh' ? bySsh(lab, managedSwitch('probe', lab, name)) : bySnmp(lab);
};

const bySsh = (lab: Lab, dialect: ManagedDialect): Way => ({
  name: dialect.name,
  async reach({ signal, notice }) {
    const world = sshWorld({ ...host, gateOf: () => { throw new Error('a probe needs no gate'); }, conversation: readingOnly(dialect.conversation) });
    // Nobody logs in to the nodes, and their keys need not be here.
    const open = await world.open({ ...lab, nodes: [] }, { signal, notice });
    const dispose = (): PromiseLike<void> => open[Symbol.asyncDispose]();
    try {
      return { dialect, session: await open.session(lab.switch.name, { timeoutMs: loginMs, signal }), [Symbol.asyncDispose]: dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  },
});

const bySnmp = (lab: Lab): Way => {
  const { name, snmp: login } = lab.switch;
  if (login === undefined || login === null) {
    throw new Problem({ asked: `probe switch ${name} of lab ${lab.name} by SNMP`, found: 'the lab file does not say how to ask it by SNMP', right: '`snmp:` of the switch, as labs/example-hardware.yaml shows it', exitCode: exitCodes.usage });
  }
  return {
    name: snmp.name,
    async reach({ signal }) {
      const { session, secrets } = await openAgent(lab, login, signal);
      return { dialect: { ...snmp, ourSecrets: secrets }, session, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
    },
  };
};

const requireAbsent = async (folder: string): Promise<void> => {
  const there = await lstat(folder).then(() => true, (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Problem({ asked: `keep captures in ${folder}`, found: (error as Error).message, right: 'a folder that can be made', exitCode: exitCodes.usage });
  });
  if (there) throw new Problem({ asked: `keep captures in ${folder}`, found: 'something is there', right: 'a folder that is not there yet', todo: 'name another with --out', exitCode: exitCodes.usage });
};
