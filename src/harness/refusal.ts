// A disk here that takes nothing more ends the run: what it refused, and how that left the lab.

import { isRefusal } from '../model/disk.ts';
import type { Event } from '../model/event.ts';
import { exitCodes, Problem } from '../model/problem.ts';

/** `done` says how the lab is left. */
export const refused = (asked: string, error: Error, done: string): Problem => new Problem({
  asked, found: `${error.message}; ${done}`, right: 'a disk that takes all of it', todo: 'make room or mend the disk, then run it again', exitCode: exitCodes.resources,
}, { cause: error });

/** Whatever a disk refused, as a Problem; everything else as it is. */
export const asProblem = (error: unknown, asked: string, done: string): unknown => isRefusal(error) ? refused(asked, error, done) : error;

/** As the events say it that the harness has in memory: those on the disk may end too early to know. */
export const faultWords = (events: readonly Event[]): string => {
  const last = (type: Event['type']): number => events.findLastIndex((event) => event.type === type);
  if (last('fault-reverted') > last('fault-applied')) return 'the fault was reverted';
  // Armed before it is applied, and disarmed only after it was reverted.
  if (last('undo-disarmed') >= last('undo-armed')) return 'no fault was made';
  return 'the fault may still be there: `bondproof recover` takes it away';
};

/** Of errors that came while another was on its way (`await using`), the first. */
export const firstError = (error: unknown): unknown => error instanceof SuppressedError ? firstError(error.suppressed) : error;
