// What this host has for labs: which processors, and how many labs fit on it at once.

import { exitCodes, Problem } from '../../model/problem.ts';

export interface Room {
  /** MemAvailable of /proc/meminfo. */
  readonly memFreeMb: number;
  readonly cores: number;
  readonly machinesPerLab: number;
  /** Memory of one machine as it sees it; what a lab takes from the host stays below that. */
  readonly memPerMachineMb: number;
  readonly wanted: number;
}

/** Left for everything else: the host, the orchestrator, the holders. */
export const reservedMb = 512;

/**
 * Machines for each core. During a trial a lab of four took a third of a core (of an EPYC without KVM), and several times that while its
 * machines boot or are set up; with eight machines for each core agents were silent for seconds. A corosync that is not scheduled in time
 * takes its ring down.
 */
export const machinesPerCore = 6;

/** Machines for each core where the processors were seen to be idle half of the time: there a lab in a trial took an eighth of a core. */
export const machinesPerIdleCore = 10;

/** From one to `wanted`; throws a Problem when not even one fits. */
export const labsAtOnce = ({ memFreeMb, cores, machinesPerLab, memPerMachineMb, wanted }: Room, perCore = machinesPerCore): number => {
  const labMb = machinesPerLab * memPerMachineMb;
  const byMemory = Math.floor((memFreeMb - reservedMb) / labMb);
  if (byMemory < 1) {
    throw new Problem({
      asked: `a lab of ${machinesPerLab} machines with ${memPerMachineMb} MB each`,
      found: `${Math.floor(memFreeMb)} MB of memory are free`,
      right: `at least ${labMb + reservedMb} MB: ${labMb} MB for the lab and ${reservedMb} MB for the host`,
      todo: 'free memory, or lower memoryMb in the lab file',
      exitCode: exitCodes.resources,
    });
  }
  // One lab may always run: it is slow on a small host, and the record shows when corosync was starved.
  const byCores = Math.max(1, Math.floor((cores * perCore) / machinesPerLab));
  return Math.max(1, Math.min(wanted, byMemory, byCores));
};

/** What processors did between two looks (`os.cpus()`, milliseconds by kind): the part of their time that they were idle, from 0 to 1. Time that a hypervisor took is not idle. */
export const idleShare = (before: readonly CpuTimes[], after: readonly CpuTimes[], elapsedMs: number): number => {
  const idleMs = after.reduce((sum, { times }, n) => sum + times.idle - (before[n]?.times.idle ?? times.idle), 0);
  return Math.min(1, idleMs / (elapsedMs * Math.max(1, after.length)));
};

interface CpuTimes { readonly times: { readonly idle: number } }

/** Cpus_allowed_list of /proc/PID/status (proc_pid_status(5)): `0-3,8`. */
export const coresOf = (status: string): readonly number[] => {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
};
