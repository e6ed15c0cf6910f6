// What an interrupted program left of a managed switch's form: taken back by what was written down before, or seen to be.

import { exitCodes, Problem } from '../model/problem.ts';
import type { Lab } from '../model/lab.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { keptOf, takeBack, type FormEntry } from './form-undo.ts';
import type { FormOrder } from './switch-form.ts';
import type { UndoEntry } from './journal.ts';

const isForm = (entry: UndoEntry): entry is FormEntry => entry.kind === 'form';

/** Gives what it undid. Entries of other kinds are left for whoever can reach the nodes. */
export const recoverForms = async (lab: Lab, dialect: ManagedDialect, order: Omit<FormOrder, 'run' | 'signal'>): Promise<readonly UndoEntry[]> => {
  const { clock, wallMs } = order;
  const forms = (await order.journal.read()).entries.filter(isForm);
  for (const entry of forms) {
    const { device, dialect: wasDialect, before, backBy } = entry.form;
    if (device !== lab.switch.name || wasDialect !== dialect.name) {
      throw new Problem({
        asked: `undo what run ${entry.run} left: ${entry.what}`, found: `the lab file has switch ${lab.switch.name} of dialect ${dialect.name}`, right: `${device} of dialect ${wasDialect}, as it was then`,
        todo: 'name the lab file with that switch', exitCode: exitCodes.usage,
      });
    }
    const startUs = clock.nowUs();
    // A clock that was set back must not make it wait longer than the switch does.
    const mostMs = backBy === null ? 0 : Math.min(Date.parse(backBy) - wallMs(), Date.parse(backBy) - Date.parse(entry.openedAt));
    await takeBack({ ...order, dialect, entry, before, reduced: (configuration) => keptOf(dialect, configuration), leftMs: () => mostMs - (clock.nowUs() - startUs) / 1000 });
  }
  return forms;
};
