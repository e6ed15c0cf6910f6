// What all crashes so far say. Usage: node bench/crash/summary.ts

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { graceMs } from './crash.ts';

/** What namespaces and lab have in common; a lab adds its own. */
interface Crash {
  readonly kind: string;
  readonly faultWasLive: boolean;
  readonly liftedAfterMs: number | null;
  readonly leaseMs: number;
  readonly residue: readonly string[];
  readonly step?: string;
  readonly labs?: number;
  readonly load?: number;
}

interface Worlds { readonly commit: string; readonly worlds: number; readonly violations: readonly string[] }
interface Start { readonly says: string; readonly killed: string; readonly works: boolean; readonly stillRunning: readonly string[]; readonly left: readonly string[] }

const read = <T>(name: string): T[] => {
  const file = join(dirname(import.meta.dirname), 'results', name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T) : [];
};

const quantile = (sorted: readonly number[], q: number): string => sorted.length === 0 ? '-' : String(sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]);

/** Clopper and Pearson's 95 % upper bound (one-sided) of a rate that was seen 0 times of n; where it was seen, there is no promise to bound. */
const upperBound = (seen: number, n: number): string => seen > 0 || n === 0 ? '-' : `${((1 - 0.05 ** (1 / n)) * 100).toFixed(2)} %`;

/** Two processors do not keep more machines than one lab's in time: what the node's clock says then is the host's load. */
const isTimed = ({ labs = 1, load = 0 }: Crash): boolean => labs === 1 && load < 3;

const row = (kind: string, crashes: readonly Crash[]): Readonly<Record<string, string | number>> => {
  const live = crashes.filter(({ faultWasLive }) => faultWasLive);
  const lifted = live.filter(isTimed).filter(({ liftedAfterMs }) => liftedAfterMs !== null);
  const times = lifted.map(({ liftedAfterMs }) => liftedAfterMs!).toSorted((a, b) => a - b);
  const left = crashes.filter(({ residue }) => residue.length > 0).length;
  return {
    kind, kills: crashes.length, 'fault live': live.length, residues: left, 'residue rate <': upperBound(left, live.length),
    timed: times.length, late: lifted.filter(({ liftedAfterMs, leaseMs }) => liftedAfterMs! > leaseMs + graceMs).length,
    'p50 ms': quantile(times, 0.5), 'p99 ms': quantile(times, 0.99), 'max ms': quantile(times, 1),
  };
};

const table = (title: string, crashes: readonly Crash[]): void => {
  console.log(`\n${title}`);
  console.table([...[...Map.groupBy(crashes, ({ kind }) => kind)].map(([kind, each]) => row(kind, each)), row('all', crashes)]);
};

table('Namespaces, injector lease, lease 1 s', read<Crash>('crash-namespaces.ndjson'));
const lab = read<Crash>('crash-lab.ndjson');
const struck = lab.filter(({ step }) => step !== 'ended');
table('Real trials on a virtual lab, injector netem, lease 5 s', struck);
console.log(`${lab.length - struck.length} more came after the end of their trial: those are no kills of one.`);
console.log('Times and the bound are of kills with the fault live; timed: with one lab and a load below 3; 95 %, Clopper-Pearson.');

console.log('\n`npm start`, killed and started again');
console.table(read<Start>('crash-start.ndjson').map(({ says, killed, works, stillRunning, left }) => ({ says, killed, works, 'still running': stillRunning.length, left: left.length })));

console.log('\nSimulated worlds with two accidents');
console.table([...Map.groupBy(read<Worlds>('crash-worlds.ndjson'), ({ commit }) => commit)].map(([commit, chunks]) =>
  ({ commit, worlds: chunks.reduce((sum, { worlds }) => sum + worlds, 0), violations: chunks.reduce((sum, { violations }) => sum + violations.length, 0) })));
