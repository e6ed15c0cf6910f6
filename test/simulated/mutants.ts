// The guards of the safety net, each with the text that would be missing if somebody deleted it.

import type { Misfortune } from './effects.ts';

export interface Mutant {
  /** The guard that is gone. */
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  /** Whose worlds are tried first, where few others would notice. */
  readonly soonest?: Misfortune;
}

export const mutants: readonly Mutant[] = [
  { name: 'the undo is written down here first', file: 'harness/injection.ts', original: 'await bench.journal.open(entry);', mutated: '' },
  { name: 'what is written down is on the disk', file: 'harness/journal.ts', original: 'await file.sync();', mutated: '' },
  { name: 'its name is on the disk', file: 'harness/journal.ts', original: 'await disk.rename(draft, path);\n    await disk.syncFolder(folder);', mutated: 'await disk.rename(draft, path);' },
  { name: 'a device undoes by itself', file: 'agent/holder.ts', original: '-p "ExecStopPost=/bin/sh $way.undo"', mutated: '' },
  { name: 'a device waits for beats', file: 'agent/holder.ts', original: '-p WatchdogSec="$3ms"', mutated: '' },
  { name: 'the end of a trial reverts', file: 'harness/trial.ts', original: 'inTurn(async () => injection?.revert(), ', mutated: 'inTurn(' },
  { name: 'the lab is brought back at the end of a run', file: 'harness/keeping.ts', original: 'await reconcile(last, journal);', mutated: '' },
  { name: 'what an earlier run left is undone', file: 'harness/reconciliation.ts', original: 'for (const entry of order) await undoEntry(devices, journal, entry);', mutated: 'for (const entry of order) await journal.close(entry.token);' },
  { name: 'what was undone is seen to be gone', file: 'harness/reconciliation.ts', original: 'if (left.length === 0) return;', mutated: 'return;' },
  { name: 'an armed undo is taken back', file: 'harness/reconciliation.ts', original: 'await devices.insist({ device, command: disarmUndo(entry.token) });', mutated: '' },
  { name: 'an undo is tried again', file: 'harness/devices.ts', original: 'if (!(error instanceof SessionError) || clock.nowUs() > untilUs) throw error;', mutated: 'throw error;', soonest: 'node-resets' },
  { name: 'what was touched is compared', file: 'harness/injection.ts', original: 'if (same) return;', mutated: 'return;' },
  { name: 'an agent that says nothing is given up', file: 'harness/observer.ts', original: 'started: () => Promise.race([first, ', mutated: 'started: () => Promise.race([first].length > 0 ? [first] : [' },
];
