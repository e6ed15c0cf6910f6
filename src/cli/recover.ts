// `bondproof recover`: undoes what interrupted runs left on a lab, proves every device free of it, and does nothing else.

import { parseArgs } from 'node:util';

import { Devices } from '../harness/devices.ts';
import { endOf } from '../harness/ending.ts';
import { recoverForms } from '../harness/form-recovery.ts';
import type { UndoJournal } from '../harness/journal.ts';
import { clearTraces, inForce, isClean, traces } from '../harness/recovery.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import type { OpenLab } from '../model/session.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { findUp } from '../worlds/virtual/up.ts';
import { openLab } from '../worlds/virtual/world.ts';
import { complain, host, interruption, say } from './host.ts';
import { besideSwitch, findManaged, journalOf, lockOf, readLab, takeLab, undoLeft, worldOf } from './labs.ts';
import { oneOperand } from './words.ts';

export const recover = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { scan: { type: 'boolean' } } });
  const file = oneOperand('recover', 'LAB', positionals);
  const lab = await readLab(file);
  const managed = findManaged(lab);
  const up = lab.world === 'ssh' ? null : await findUp(host, lab.name);
  if (lab.world !== 'ssh' && !up) {
    say(`lab ${lab.name} is not up: its machines are gone, and with them whatever was done to them`);
    return exitCodes.ok;
  }
  // The lab that is up, whatever its file has become since: on one of our own nothing would be found.
  await using whole = up ? openLab(up) : await worldOf(lab).open(lab, { signal: interruption(), notice: complain });
  // The switch first: it may be what keeps the nodes out of reach.
  if (managed !== null) await recoverSwitch(whole, managed, { say, complain, journal: journalOf(lab) });
  const open = besideSwitch(whole);
  await using taken = await takeLab(open, 'recover');
  await undoLeft(open, taken.reservations);
  await using devices = new Devices(open, taken.reservations);
  let found = await traces(open.lab, devices);
  if (values.scan === true) {
    await clearTraces(found, devices);
    for (const [device, each] of found) if (!isClean(each)) say(`undone: ${inForce(each).join(', ')} on ${device}`);
    found = await traces(open.lab, devices);
  }
  for (const [device, each] of found) say(`${isClean(each) ? 'ok   ' : 'WRONG'} ${device.padEnd(8)} ${isClean(each) ? 'nothing of bondproof is in force' : inForce(each).join(', ')}`);
  if ([...found.values()].every(isClean)) return exitCodes.ok;
  throw new Problem({
    asked: `recover lab ${lab.name}`,
    found: values.scan === true ? 'what is left on a device would not go' : 'something of bondproof on a device that nobody here wrote down',
    right: 'every device free of it',
    todo: values.scan === true ? 'look at the device' : `if that machine is gone: bondproof recover ${file} --scan`,
    exitCode: exitCodes.device,
  });
};

/** What `bondproof switch try` or a trial left on a managed switch: taken back, or seen to be. */
export const recoverSwitch = async (
  open: OpenLab, dialect: ManagedDialect, { say: tell, complain: warn, journal }: { readonly say: (text: string) => void; readonly complain: (text: string) => void; readonly journal: UndoJournal },
): Promise<void> => {
  const { lab, clock } = open;
  const lock = await lockOf(lab, 'recover');
  await using devices = new Devices(open, null);
  try {
    const undone = await recoverForms(lab, dialect, { devices, journal, clock, wallMs: () => Date.now(), tell: warn });
    for (const { what, run } of undone) tell(`undone: ${what}, by run ${run}; its configuration has the same lines as before`);
    if (undone.length === 0) tell(`ok    ${lab.switch.name.padEnd(8)} nothing of bondproof is written down for it`);
  } catch (error) {
    throw endOf(error);
  } finally {
    await lock[Symbol.asyncDispose]();
  }
};
