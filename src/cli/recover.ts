// `bondproof recover`: undoes what interrupted runs left on a lab, proves every device free of it, and does nothing else.

import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { undoJournal } from '../harness/journal.ts';
import { lockLab } from '../harness/lock.ts';
import { clearTraces, isClean, traces } from '../harness/recovery.ts';
import { reconcile } from '../harness/reconciliation.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { findUp } from '../worlds/virtual/up.ts';
import { complain, host, interruption, say } from './host.ts';
import { readLab, worldOf } from './labs.ts';
import { oneOperand } from './words.ts';

export const recover = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { scan: { type: 'boolean' } } });
  const lab = await readLab(oneOperand('recover', 'LAB', positionals));
  if (lab.world === 'virtual' && !await findUp(host, lab.name)) {
    say(`lab ${lab.name} is not up: its machines are gone, and with them whatever was done to them`);
    return exitCodes.ok;
  }
  const lock = await lockLab(join(host.stateDir, 'locks'), lab.name, 'recover');
  try {
    await using open = await worldOf(lab).open(lab, { signal: interruption(), notice: complain });
    await using devices = new Devices(open);
    for (const { what, run } of await reconcile(devices, undoJournal(join(host.stateDir, 'undo', lab.name)))) say(`undone: ${what}, left by run ${run}`);
    const before = await traces(open.lab, devices);
    if (values.scan === true) await clearTraces(before, devices);
    const after = values.scan === true ? await traces(open.lab, devices) : before;
    for (const [device, found] of after) {
      const was = before.get(device)!;
      const left = [...found.tokens.map((token) => `undo ${token}`), ...found.nics.map((nic) => `our qdisc on ${nic}`)];
      say(`${isClean(found) ? 'ok   ' : 'WRONG'} ${device.padEnd(8)} ${isClean(found) ? isClean(was) ? 'nothing of bondproof is in force' : `undone: ${[...was.tokens, ...was.nics].join(', ')}` : left.join(', ')}`);
    }
    if ([...after.values()].every(isClean)) return exitCodes.ok;
    complain(values.scan === true
      ? 'what is left would not go: look at the device'
      : 'nobody here wrote that down: another machine may be running trials on this lab. If none is, `bondproof recover --scan` undoes it by what lies on the devices');
    return exitCodes.device;
  } finally {
    await lock[Symbol.asyncDispose]();
  }
};
