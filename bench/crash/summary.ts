// What the crashes say, by kind. Usage: node bench/crash/summary.ts

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { graceMs, kinds } from './crash.ts';
import type { Crash } from './crash.ts';

const file = join(dirname(import.meta.dirname), 'results/crash-namespaces.ndjson');
const all = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Crash);

const quantile = (sorted: readonly number[], q: number): string => sorted.length === 0 ? '-' : String(sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]);

/** Clopper and Pearson's 95 % upper bound (one-sided) of a rate that was seen 0 times of n; where it was seen, there is no promise to bound. */
const upperBound = (seen: number, n: number): string => seen > 0 || n === 0 ? '-' : `${((1 - 0.05 ** (1 / n)) * 100).toFixed(2)} %`;

const row = (kind: string, crashes: readonly Crash[]): Readonly<Record<string, string | number>> => {
  const live = crashes.filter(({ faultWasLive }) => faultWasLive);
  const lifted = live.flatMap(({ liftedAfterMs }) => liftedAfterMs ?? []).toSorted((a, b) => a - b);
  const late = crashes.filter((each) => each.liftedAfterMs === null || each.liftedAfterMs > each.leaseMs + graceMs).length;
  const left = crashes.filter(({ residue }) => residue.length > 0).length;
  return {
    kind, kills: crashes.length, 'fault live': live.length, late, residues: left, 'residue rate <': upperBound(left, live.length),
    'p50 ms': quantile(lifted, 0.5), 'p99 ms': quantile(lifted, 0.99), 'max ms': quantile(lifted, 1),
  };
};

console.table([...kinds.map((kind) => row(kind, all.filter((each) => each.kind === kind))), row('all', all)]);
console.log('Times and the rate\'s bound are of the kills with the fault live; 95 %, Clopper-Pearson.');
