// What a trial costs by the number of nodes: 802.3ad/slow-slow with HA armed on one timewarp lab, for each number given. Results are added to
// bench/results/nodes.ndjson, and docs/timewarp-nodes.svg is drawn anew from all of them.
// Usage: node bench/nodes/costs.ts [--minutes M] N...   (root, for a control group; without N only draws)

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { picture } from './picture.ts';

/** Times in seconds. `processorS` is that of program, lab kernel and all its processes; `virtualS` the lab's own, from the trial's first step to its end. */
export interface NodeCost {
  readonly at: string;
  readonly nodes: number;
  readonly clockS: number;
  readonly processorS: number;
  readonly virtualS: number | null;
  readonly outcome: string;
  readonly valid: boolean;
  readonly kernel: string;
  /** Of this machine, before. */
  readonly load: number;
}

const root = dirname(dirname(import.meta.dirname));
const resultsFile = join(root, 'bench/results/nodes.ndjson');
const scenario = '802.3ad/slow-slow';

/** A control group of version 2, wherever it is mounted (cgroups(7)): the kernel accounts its processor time without any controller. */
const groups = (): string => {
  const mount = readFileSync('/proc/mounts', 'utf8').split('\n').map((line) => line.split(' ')).find(([, , kind]) => kind === 'cgroup2');
  if (mount === undefined) throw new Error('no cgroup2 is mounted here: processor time cannot be told');
  return mount[1]!;
};

const measure = async (nodes: number, minutes: number): Promise<NodeCost> => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-nodes-'));
  const group = join(groups(), `bondproof-nodes-${process.pid}`);
  mkdirSync(group);
  try {
    const lab = join(folder, 'lab.yaml');
    writeFileSync(lab, readFileSync(join(root, 'labs/timewarp.yaml'), 'utf8').replace(/^nodes: .*$/m, `nodes: ${nodes}`));
    const [load] = loadavg();
    const sinceMs = performance.now();
    const child = spawn('sh', ['-c', 'echo $$ > "$0/cgroup.procs"; exec "$@"', group, 'timeout', `${minutes}m`, join(root, 'bin/bondproof'), 'run', lab, '--scenario', scenario, '--seed', '3', '--labs', '1', '--reports', join(folder, 'reports')], { stdio: ['ignore', 'ignore', 'inherit'] });
    await once(child, 'close');
    const clockS = (performance.now() - sinceMs) / 1000;
    const processorS = Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))![1]) / 1e6;
    const [name] = existsSync(join(folder, 'reports')) ? readdirSync(join(folder, 'reports')) : [];
    const run = name === undefined || !existsSync(join(folder, 'reports', name, 'run.json')) ? null
      : JSON.parse(readFileSync(join(folder, 'reports', name, 'run.json'), 'utf8')) as { readonly about: Readonly<Record<string, string>>; readonly trials: readonly { readonly outcome: string; readonly valid: boolean }[] };
    const [trial] = run?.trials ?? [];
    return { at: new Date().toISOString(), nodes, clockS, processorS, virtualS: name === undefined ? null : virtualSOf(join(folder, 'reports', name)), outcome: trial?.outcome ?? 'not ended', valid: trial?.valid ?? false, kernel: run?.about['kernel'] ?? '', load: load! };
  } finally {
    rmdirSync(group);
    rmSync(folder, { recursive: true });
  }
};

/** The time of the last event of the run's one trial. */
const virtualSOf = (run: string): number | null => {
  const [trial] = existsSync(join(run, 'trials')) ? readdirSync(join(run, 'trials')) : [];
  if (trial === undefined) return null;
  const last = readFileSync(join(run, 'trials', trial, 'events.ndjson'), 'utf8').trimEnd().split('\n').at(-1)!;
  return (JSON.parse(last) as { readonly at: readonly [number, number] }).at[1] / 1e6;
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string', default: '20' } } });
for (const nodes of positionals.map(Number)) {
  const cost = await measure(nodes, Number(values.minutes));
  appendFileSync(resultsFile, `${JSON.stringify(cost)}\n`);
  process.stdout.write(`${nodes} nodes: ${cost.clockS.toFixed(0)} s on the clock, ${cost.processorS.toFixed(0)} s of processor, ${cost.virtualS?.toFixed(0) ?? '?'} s of the lab's; ${cost.outcome}\n`);
}
const costs = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as NodeCost) : [];
writeFileSync(join(root, 'docs/timewarp-nodes.svg'), picture(costs.filter(({ valid }) => valid)));
