// How long a lab is waited for that does not come to its next turn: by what its kernel was given of the processor, for a busy host is no fault of its own.

import { readFileSync } from 'node:fs';

/** A turn comes every quarter of a second of the lab's time, which takes some milliseconds; a storm of 32 nodes' memberships seconds. A kernel that has had so much more hangs. */
export const spentMs = 60_000;
/** Of this machine's time: no program that may run is left without the processor for so long. */
export const idleMs = 120_000;

export interface Seen {
  readonly nowMs: number;
  readonly turns: number;
  /** The kernel's own time on the processor, in ms. */
  readonly usedMs: number;
}

/** Null as long as there is hope; else what is wrong with the lab. To be asked every few seconds. */
export const createPatience = (): ((seen: Seen) => string | null) => {
  let atTurn: Seen | null = null;
  let last: Seen | null = null;
  return (seen) => {
    if (atTurn === null || seen.turns !== atTurn.turns) atTurn = seen;
    if (last === null || seen.turns !== last.turns || seen.usedMs > last.usedMs) last = seen;
    const spent = seen.usedMs - atTurn.usedMs;
    if (spent > spentMs) return `it has not said that it is our turn though its kernel had ${Math.round(spent / 1000)} s of processor meanwhile`;
    if (seen.nowMs - last.nowMs > idleMs) return `its kernel has not run for ${Math.round((seen.nowMs - last.nowMs) / 1000)} s`;
    return null;
  };
};

/** utime and stime of proc_pid_stat(5), whose ticks are of 10 ms (USER_HZ) on all machines of today; 0 for a process that is gone. */
export const usedMs = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
};
