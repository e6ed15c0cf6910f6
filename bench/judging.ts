// What it takes to judge a large run and make its reports: a synthetic run is written, `bondproof report` is run on it, and time and memory are
// measured against their goals. `node bench/judging.ts [--trials 200] [--events 25000] [--seed 1] [--folder DIR]`; a folder that is there is used as it is.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { writeRun } from './synthetic-run.ts';

/** On two cores, for 200 trials with five million events in all. */
const goals = { seconds: 45, memoryMb: 600, htmlMb: 3 } as const;
const program = join(import.meta.dirname, '..', 'bin', 'bondproof');

const { values } = parseArgs({ options: { trials: { type: 'string', default: '200' }, events: { type: 'string', default: '25000' }, seed: { type: 'string', default: '1' }, folder: { type: 'string' } } });
const kept = values.folder ?? null;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'bondproof-judging-'));

interface Use { readonly memoryMb: number; readonly cpuSeconds: number }

/** USER_HZ of x86-64 (proc_pid_stat(5), utime and stime). */
const ticksASecond = 100;

/** What the kernel says of the process so far, all of its threads included (proc_pid_status(5), VmHWM); null when it has ended. */
const useOf = (pid: number): Use | null => {
  try {
    const [status, stat] = ['status', 'stat'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
    const [utime, stime] = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(status!)?.[1];
    return peakKb === undefined ? null : { memoryMb: Number(peakKb) / 1024, cpuSeconds: (utime! + stime!) / ticksASecond };
  } catch {
    return null;
  }
};

const measure = async (): Promise<Use & { readonly code: number | null; readonly seconds: number }> => {
  const sinceMs = performance.now();
  const child = spawn(program, ['report', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  let use: Use = { memoryMb: 0, cpuSeconds: 0 };
  const looking = setInterval(() => { use = useOf(child.pid!) ?? use; }, 50);
  const [code] = await once(child, 'exit') as [number | null];
  clearInterval(looking);
  return { code, seconds: (performance.now() - sinceMs) / 1000, ...use };
};

const line = (what: string, measured: number, goal: number, unit: string): string => `${what.padEnd(12)} ${measured.toFixed(1)} ${unit}, goal ${goal} ${unit}: ${(measured / goal).toFixed(2)} of it`;

try {
  if (!existsSync(join(folder, 'trials'))) {
    const { events, bytes } = writeRun(folder, { trials: Number(values.trials), eventsPerTrial: Number(values.events), seed: Number(values.seed) });
    console.log(`${values.trials} trials, ${events} events, ${(bytes / 1e6).toFixed(0)} MB of records; ${availableParallelism()} processors`);
  }
  const { code, seconds, cpuSeconds, memoryMb } = await measure();
  const htmlMb = existsSync(join(folder, 'report.html')) ? statSync(join(folder, 'report.html')).size / 1e6 : Number.NaN;
  console.log([line('time', seconds, goals.seconds, 's'), line('peak memory', memoryMb, goals.memoryMb, 'MB'), line('report.html', htmlMb, goals.htmlMb, 'MB'), `${cpuSeconds.toFixed(1)} s of processor time; load of the machine ${loadavg()[0]!.toFixed(1)}; bondproof report ended with ${code}`].join('\n'));
} finally {
  if (kept === null) rmSync(folder, { recursive: true });
}
