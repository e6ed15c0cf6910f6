// What stopped a command, as a person can mend it.

import { exitCodes, Problem } from '../model/problem.ts';
import { SessionError } from '../model/session.ts';
import { TrialBroken } from './bench.ts';
import { ActionFailed, AnswerUnclear } from './devices.ts';

/** Devices and disks fail; a Problem says so. Everything else is a defect, and given as it is. */
export const endOf = (error: unknown): unknown => {
  if (error instanceof SessionError || error instanceof ActionFailed || error instanceof AnswerUnclear || error instanceof TrialBroken) return stopped(error.message, exitCodes.device);
  return error;
};

const stopped = (found: string, exitCode: Problem['parts']['exitCode']): Problem => new Problem({
  asked: 'work with this lab',
  found,
  right: 'devices that answer, and a disk with room',
  todo: 'mend it; a fault ends by itself in seconds, and what else was changed is written down: `bondproof recover LAB` undoes it',
  exitCode,
});
