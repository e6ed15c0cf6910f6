// What it takes to judge a large run and make its reports: a synthetic run is written, `bondproof report` is run on it, and time and memory are
// measured against their goals. `node bench/judging.ts [--trials 200] [--events 25000] [--seed 1] [--folder DIR]`; a folder that is there is used as it is.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { writeRun } from './synthetic-run.ts';

/** On two cores, for 200 trials with five million events in all. */
const goals = { seconds: 45, memoryMb: 600, htmlMb: 3 } as const;
const program = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');

const { values } = parseArgs({ options: { trials: { type: 'string', default: '200' }, events: { type: 'string', default: '25000' }, seed: { type: 'string', default: '1' }, folder: { type: 'string' } } });
const kept = values.folder ?? null;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'bondproof-judging-'));

/** The process and those that it started, by what the kernel says of them (proc_pid_status(5), VmHWM; proc_pid_stat(5) ppid). */
const peakMb = (pid: number): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It ended while we looked.
  }
};

const measure = async (): Promise<{ readonly code: number | null; readonly seconds: number; readonly memoryMb: number }> => {
  const sinceMs = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'report', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  let memoryMb = 0;
  const looking = setInterval(() => { memoryMb = Math.max(memoryMb, peakMb(child.pid!)); }, 50);
  const [code] = await once(child, 'exit') as [number | null];
  clearInterval(looking);
  return { code, seconds: (performance.now() - sinceMs) / 1000, memoryMb };
};

const line = (what: string, measured: number, goal: number, unit: string): string => `${what.padEnd(12)} ${measured.toFixed(1)} ${unit}, goal ${goal} ${unit}: ${(measured / goal).toFixed(2)} of it`;

try {
  if (!existsSync(join(folder, 'trials'))) {
    const { events, bytes } = writeRun(folder, { trials: Number(values.trials), eventsPerTrial: Number(values.events), seed: Number(values.seed) });
    console.log(`${values.trials} trials, ${events} events, ${(bytes / 1e6).toFixed(0)} MB of records; ${availableParallelism()} processors`);
  }
  const { code, seconds, memoryMb } = await measure();
  const htmlMb = existsSync(join(folder, 'report.html')) ? statSync(join(folder, 'report.html')).size / 1e6 : Number.NaN;
  console.log([line('time', seconds, goals.seconds, 's'), line('peak memory', memoryMb, goals.memoryMb, 'MB'), line('report.html', htmlMb, goals.htmlMb, 'MB'), `bondproof report ended with ${code}`].join('\n'));
} finally {
  if (kept === null) rmSync(folder, { recursive: true });
}
