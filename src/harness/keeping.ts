// A lab that outlives the run is left as it was found: how its bonds and ports were set up is written down before they are changed.

import type { Action } from '../model/command.ts';
import type { Scenario } from '../model/scenario.ts';
import type { OpenLab } from '../model/session.ts';
import { all } from './bench.ts';
import type { Reservations } from './reservations.ts';
import { configurationUndo, portsAsTheyAre } from './configuration.ts';
import { Devices } from './devices.ts';
import { armUndo, byDevice } from './guard.ts';
import { haUndo } from './ha.ts';
import type { UndoEntry, UndoJournal } from './journal.ts';
import { preflight, requireAll } from './preflight.ts';
import { reconcile } from './reconciliation.ts';
import { requireClean, traces } from './recovery.ts';
import { requireShapes } from './shape.ts';

export interface Keeping extends AsyncDisposable {
  /** Arms the undo on the devices anew, so that it cannot fire in the middle of the trial that follows. */
  beforeTrial(devices: Devices): Promise<void>;
  /** Sets up the nodes' bonds as they were, for a switch whose ports are as they were again. */
  bondsAsFound(devices: Devices): Promise<void>;
}

/** Longer than any trial with its repairs: after that a device that nobody came back for takes its old configuration back. */
export const undoCapMs = 20 * 60_000;

interface Keep {
  readonly journal: UndoJournal;
  readonly run: string;
  /** What the lab is to be for: nothing is begun on one that is not of their shape. */
  readonly scenarios: readonly Scenario[];
}

export const keepAsFound = async (open: OpenLab, reservations: Reservations | null, { journal, run, scenarios }: Keep): Promise<Keeping> => {
  if (!open.lasting) return { beforeTrial: async () => Promise.resolve(), bondsAsFound: async () => Promise.resolve(), [Symbol.asyncDispose]: async () => Promise.resolve() };
  await using devices = new Devices(open, reservations);
  await reconcile(devices, journal);
  requireClean(open.lab, await traces(open.lab, devices));
  const { checks, surveys } = await preflight(open.lab, devices);
  // What is written down here is done at the end, whatever the trials come to: nothing may be of a lab that is not ours.
  requireAll(open.lab, checks.filter(({ what }) => what !== 'quorum' && what !== 'ports'));
  requireShapes(open.lab, new Map([...surveys].map(([name, { node }]) => [name, node])), scenarios);
  const revert: readonly Action[] = [...haUndo(surveys), ...configurationUndo(open.lab, surveys, await portsAsTheyAre({ devices, lab: open.lab }))];
  const entry: UndoEntry = { format: 1, token: `${run.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-configuration`, lab: open.lab.name, kind: 'configuration', what: 'bonds, switch ports and HA as they were', run, openedAt: new Date().toISOString(), revert };
  await journal.open(entry);
  return {
    async beforeTrial(trialDevices) {
      await all([...byDevice(revert)].map(async ([device, actions]) => {
        await trialDevices.act({ device, command: armUndo(entry.token, actions, undoCapMs) });
      }));
    },
    async bondsAsFound(trialDevices) {
      await all(configurationUndo(open.lab, surveys, []).map(async (action) => trialDevices.insist(action)));
    },
    async [Symbol.asyncDispose]() {
      await using last = new Devices(open, reservations);
      // A trial's fault that would not go is among what is open.
      await reconcile(last, journal);
    },
  };
};
