// What stopped a run, as a person can mend it.

import { exitCodes, Problem } from '../model/problem.ts';
import { SessionError } from '../model/session.ts';
import { TrialBroken } from './bench.ts';
import { ActionFailed } from './devices.ts';

/** Devices and disks fail; a Problem says so. Everything else is a defect, and given as it is. */
export const endOf = (error: unknown): unknown => {
  // `await using` ends with the last failure and keeps the one that led to it.
  if (error instanceof SuppressedError) return [error.suppressed, error.error].map(endOf).find((each) => each instanceof Problem) ?? error;
  if (error instanceof SessionError || error instanceof ActionFailed || error instanceof TrialBroken) return stopped(error.message, exitCodes.device);
  const failed = [error, (error as { readonly cause?: unknown } | null)?.cause].find((each) => diskCodes.includes(codeOf(each)));
  return failed instanceof Error ? stopped(`a file could not be written: ${failed.message}`, exitCodes.resources) : error;
};

/** errno(3): what a full, broken or read-only disk answers. */
const diskCodes: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

const codeOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

const stopped = (found: string, exitCode: Problem['parts']['exitCode']): Problem => new Problem({
  asked: 'run trials on this lab',
  found,
  right: 'devices that answer, and a disk with room',
  todo: 'mend it; a fault ends by itself in seconds, and what else was changed is written down: `bondproof recover LAB` undoes it',
  exitCode,
});
