// `bondproof check`: what preflight sees of a lab, as a table.

import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { undoJournal } from '../harness/journal.ts';
import { preflight } from '../harness/preflight.ts';
import { reconcile } from '../harness/reconciliation.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { printable } from '../report/text.ts';
import { complain, host, interruption, say } from './host.ts';
import { readLab, worldOf } from './labs.ts';
import { oneOperand } from './words.ts';

export const check = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const lab = await readLab(oneOperand('check', 'LAB', positionals));
  await using open = await worldOf(lab).open(lab, { signal: interruption(), notice: complain });
  await using devices = new Devices(open);
  const undone = open.lasting || lab.world !== 'virtual' ? await reconcile(devices, undoJournal(join(host.stateDir, 'undo', lab.name))) : [];
  for (const { what, run } of undone) say(`undone: ${what}, left by run ${run}`);
  const { checks } = await preflight(open.lab, devices);
  for (const { device, what, held, found, right } of checks) {
    say(`${held ? 'ok   ' : 'WRONG'} ${device.padEnd(8)} ${what.padEnd(10)} ${printable(found)}${held ? '' : `; right would be: ${right}`}`);
  }
  return checks.every(({ held }) => held) ? exitCodes.ok : exitCodes.device;
};
