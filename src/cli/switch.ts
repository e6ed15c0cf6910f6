// `bondproof switch`, and of it `probe`: asks a managed switch all that its dialect can ask, shows what was understood, and keeps what it printed.

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { withoutItsSecrets, writeCaptures } from '../harness/captures.ts';
import { probeSwitch, readingOnly } from '../harness/probe.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { isWhole } from '../model/switch-probe.ts';
import { probeJson, probeText, questionWords } from '../report/switch-probe.ts';
import { wrap } from '../report/text.ts';
import { realDisk } from '../worlds/real-disk.ts';
import { sshWorld } from '../worlds/ssh/world.ts';
import { complain, host, interruption, say, sayAsIs } from './host.ts';
import { readLab } from './labs.ts';
import { loginMs, managedSwitch, type Terminal } from './managed-switch.ts';
import { version } from './run.ts';
import { planSwitch, trySwitch } from './switch-form.ts';
import { usageProblem } from './words.ts';

export const switchCommand = async ([what, ...args]: readonly string[]): Promise<ExitCode> => {
  const run = { probe, plan: planSwitch, try: trySwitch }[what ?? ''];
  if (run === undefined) throw usageProblem(`bondproof switch ${what ?? ''}`, 'there is no such thing to do', 'bondproof switch probe|plan|try LAB SWITCH');
  return run(args, { say, complain, sayAsIs, signal: interruption(), columns: host.columns });
};

export const probe = async (args: readonly string[], { signal, columns, ...terminal }: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { out: { type: 'string' }, json: { type: 'boolean', default: false } } });
  const [file, name, ...more] = positionals;
  if (file === undefined || name === undefined || more.length > 0) throw usageProblem('bondproof switch probe', `${positionals.length} operands`, 'bondproof switch probe LAB SWITCH');
  const lab = await readLab(file, { mayBeManaged: true });
  const dialect = managedSwitch('probe', lab, name);
  const at = new Date().toISOString();
  const folder = values.out ?? join('captures', `${dialect.name}-${at.slice(0, 19).replaceAll(':', '-')}`);
  await requireAbsent(folder);

  const world = sshWorld({ ...host, gateOf: () => { throw new Error('a probe needs no gate'); }, conversation: readingOnly(dialect.conversation) });
  // Nobody logs in to the nodes, and their keys need not be here.
  await using open = await world.open({ ...lab, nodes: [] }, { signal, notice: terminal.complain });
  const session = await open.session(name, { timeoutMs: loginMs, signal }).catch((error: unknown) => {
    throw signal.aborted ? new Problem({ asked: `probe ${name}`, found: 'it was interrupted', exitCode: exitCodes.interrupted }) : error;
  });
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
    asked: `probe ${name}, a switch of dialect ${dialect.name}`, found: known.broke!,
    right: 'answers to all questions',
    todo: probed.shown.length > 0 ? `see in ${folder} what was read until then, and try again; nothing was changed on ${name}` : `try again; nothing was changed on ${name}`,
    exitCode: signal.aborted ? exitCodes.interrupted : exitCodes.device,
  });
};

const requireAbsent = async (folder: string): Promise<void> => {
  const there = await lstat(folder).then(() => true, (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Problem({ asked: `keep captures in ${folder}`, found: (error as Error).message, right: 'a folder that can be made', exitCode: exitCodes.usage });
  });
  if (there) throw new Problem({ asked: `keep captures in ${folder}`, found: 'something is there', right: 'a folder that is not there yet', todo: 'name another with --out', exitCode: exitCodes.usage });
};
