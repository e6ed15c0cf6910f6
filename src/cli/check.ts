// `bondproof check`: what preflight sees of a lab, as a table.

import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { preflight } from '../harness/preflight.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { complain, interruption, say } from './host.ts';
import { besideSwitch, readLab, undoIfLeft, worldOf } from './labs.ts';
import { managedChecks } from './managed-switch.ts';
import { injectorOption, oneOperand } from './words.ts';

export const check = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { injector: { type: 'string' } } });
  const injector = injectorOption(values.injector);
  const lab = await readLab(oneOperand('check', 'LAB', positionals));
  const signal = interruption();
  await using whole = await worldOf(lab).open(lab, { signal, notice: complain });
  const open = besideSwitch(whole);
  if (open.lasting) await undoIfLeft(open);
  await using devices = new Devices(open, null);
  const checks = [...await managedChecks(lab, open, signal), ...(await preflight(open.lab, devices, injector ?? lab.injector)).checks];
  for (const { device, what, held, found, right, todo } of checks) {
    say(`${held ? 'ok   ' : 'WRONG'} ${device.padEnd(8)} ${what.padEnd(10)} ${found}${held ? '' : `; right would be: ${right}${todo === undefined ? '' : `; what to do: ${todo}`}`}`);
  }
  return checks.every(({ held }) => held) ? exitCodes.ok : exitCodes.device;
};
