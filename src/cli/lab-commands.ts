// `bondproof up`, `down`, `status` and `ssh`: virtual labs that stay up.

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { preflight } from '../harness/preflight.ts';
import { deviceIds, type Lab } from '../model/lab.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { sshArgv } from '../worlds/virtual/ssh-argv.ts';
import { allUp, bringUpToStay, findUp, statusOf, takeDown } from '../worlds/virtual/up.ts';
import { imageOf, openLab } from '../worlds/virtual/world.ts';
import { complain, host, interruption, say } from './host.ts';
import { labName, lockOf, readLab } from './labs.ts';
import { oneOperand, usageProblem } from './words.ts';

/** Four machines take about ten seconds; a loaded host takes its time. */
const readyMs = 120_000;

export const up = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const file = oneOperand('up', 'LAB', positionals);
  const lab = await readLab(file);
  if (lab.world !== 'virtual') throw usageProblem(`bondproof up ${file}`, `a lab of the ${lab.world} world`, 'a virtual lab; real ones are up by themselves, and one whose time jumps lives as long as its run');
  const lock = await lockOf(lab, `up ${file}`);
  try {
    await bringUpReady(lab);
  } finally {
    await lock[Symbol.asyncDispose]();
  }
  say(`lab ${lab.name} is up: ${deviceIds(lab).join(', ')}`);
  say(`  bondproof ssh ${lab.name} ${lab.victim}    log in\n  bondproof run ${file}    run trials on it\n  bondproof down ${lab.name}    take it down`);
  return exitCodes.ok;
};

const bringUpReady = async (lab: Lab): Promise<void> => {
  const signal = interruption();
  const running = await bringUpToStay({ lab, image: await imageOf(lab, host), signal, notice: complain }, host);
  try {
    complain('the machines are booting');
    await using open = openLab(running);
    await using devices = new Devices(open, null);
    const untilMs = performance.now() + readyMs;
    for (;;) {
      const { checks } = await preflight(lab, devices);
      const wrong = checks.find(({ held }) => !held);
      if (!wrong) break;
      if (performance.now() > untilMs) throw new Problem({ asked: `bring up lab ${lab.name}`, found: `${wrong.device} ${wrong.what}: ${wrong.found}`, right: wrong.right, exitCode: exitCodes.device });
      await open.clock.sleep(500, signal);
    }
  } catch (error) {
    await takeDown(host, lab.name);
    throw error;
  }
};

export const down = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const name = await labName(oneOperand('down', 'LAB', positionals));
  await takeDown(host, name);
  say(`lab ${name} is down`);
  return exitCodes.ok;
};

export const status = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  if (positionals.length > 0) throw usageProblem('bondproof status', positionals.join(' '), 'no operand');
  const labs = await allUp(host);
  if (labs.length === 0) say('no lab is up');
  for (const running of labs) {
    say(`${running.record.lab.name}: ${running.record.lab.nodes.length} nodes and a switch, in ${running.folder}`);
    for (const machine of await statusOf(running)) say(`  ${Object.entries(machine).map(([key, value]) => key === 'name' ? String(value).padEnd(6) : `${key} ${String(value)}`).join('  ')}`);
  }
  return exitCodes.ok;
};

export const ssh = async ([lab, node, ...command]: readonly string[]): Promise<ExitCode> => {
  if (lab === undefined || node === undefined) throw usageProblem('bondproof ssh', 'too few operands', 'bondproof ssh LAB NODE [COMMAND...]');
  const name = await labName(lab);
  const running = await findUp(host, name);
  if (!running) throw new Problem({ asked: `bondproof ssh ${lab} ${node}`, found: `lab ${name} is not up`, todo: 'bring it up with `bondproof up`', exitCode: exitCodes.usage });
  const devices = deviceIds(running.record.lab);
  if (!devices.includes(node)) throw usageProblem(`bondproof ssh ${lab} ${node}`, `lab ${name} has no machine "${node}"`, devices.join(', '));
  const [program, ...args] = sshArgv({ folder: running.folder, device: node, nodeBinary: host.nodeBinary });
  const child = spawn(program!, [...args, ...command], { stdio: 'inherit' });
  // Its exit status is the command's, as with ssh(1).
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve((code ?? 255) as ExitCode));
  });
};
