// What an earlier run left open is undone and proven gone before anything else happens on a lab.

import { exitCodes, Problem } from '../model/problem.ts';
import type { Action } from '../model/command.ts';
import { cables } from '../model/lab.ts';
import { all } from './bench.ts';
import type { Devices } from './devices.ts';
import { byDevice, disarmUndo } from './guard.ts';
import type { UndoEntry, UndoJournal } from './journal.ts';
import { inForce, tracesOf, type Traces } from './recovery.ts';

/** Undoes every open entry: faults before configurations, newest first within each. Gives what it undid. */
export const reconcile = async (devices: Devices, journal: UndoJournal): Promise<readonly UndoEntry[]> => {
  const { entries, unreadable } = await journal.read();
  if (unreadable.length > 0) {
    throw new Problem({
      asked: 'undo what an earlier run left',
      found: `${unreadable.join(', ')} cannot be understood: what it stands for is unknown`,
      right: 'an undo entry as bondproof writes it',
      todo: 'look at the lab’s nodes (`tc qdisc show`, `nft list tables`, /run/bondproof), then remove the file',
      exitCode: exitCodes.busy,
    });
  }
  const form = entries.find(({ kind }) => kind === 'form');
  if (form !== undefined) {
    // Nobody here can talk to a managed switch, and what is beside one that is in another form is not as it was found.
    throw new Problem({
      asked: 'undo what an earlier run left', found: `${form.what}, and nobody has seen that this was taken back`, right: 'a switch whose configuration is as it was before',
      todo: `\`bondproof recover LAB\`, with a lab file that says \`dialect: ${form.form?.dialect ?? ''}\` for the switch`, exitCode: exitCodes.busy,
    });
  }
  const order = [...entries].reverse().sort((a, b) => Number(a.kind === 'configuration') - Number(b.kind === 'configuration'));
  for (const entry of order) await undoEntry(devices, journal, entry);
  return order;
};

/** Reverts one entry on all of its devices at once, takes back what was armed there, sees that it is gone, and closes it. */
const undoEntry = async (devices: Devices, journal: UndoJournal, entry: UndoEntry): Promise<void> => {
  await all([...byDevice(entry.revert)].map(async ([device, actions]) => {
    await undoOn(devices, actions);
    // What is armed for cables ends with their holder, and no command of a machine is understood there.
    if (device === cables) return;
    await devices.insist({ device, command: disarmUndo(entry.token) });
    requireGone(device, entry, await devices.ask(device, tracesOf));
  }));
  await journal.close(entry.token);
};

/** A kernel may refuse to take a fault back and say so in the words of one that has none. */
const requireGone = (device: string, { token, kind, what, run }: UndoEntry, { tokens, nics, ingress, lease }: Traces): void => {
  const left = inForce({ tokens: tokens.filter((each) => each === token), ...kind === 'fault' ? { nics, ingress, lease } : { nics: [], ingress: [], lease: [] } });
  if (left.length === 0) return;
  throw new Problem({
    asked: `undo ${what}, left by run ${run}`, found: `${device} still has ${left.join(' and ')}`, right: 'nothing of bondproof in force',
    todo: `look at ${device} (\`tc qdisc show\`, \`nft list tables\`, /run/bondproof), then run \`bondproof recover\` again`, exitCode: exitCodes.device,
  });
};

const undoOn = async (devices: Devices, actions: readonly Action[]): Promise<void> => {
  for (const action of actions) await devices.insist(action);
};
