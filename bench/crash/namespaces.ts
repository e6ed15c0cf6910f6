// Kills orchestrators, holders and the way between them at random moments, on real kernels' network namespaces, and writes down what was
// left. Usage: node bench/crash/namespaces.ts --kills N [--pairs 4] [--sshd /usr/sbin/sshd]     as root; a rerun adds to the results

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { crash, graceMs, kinds, leaseMs } from './crash.ts';
import type { Crash } from './crash.ts';
import { openRig } from './rig.ts';

const { kills, pairs, sshd } = parseArgs({ options: { kills: { type: 'string', default: '28' }, pairs: { type: 'string', default: '4' }, sshd: { type: 'string', default: '/usr/sbin/sshd' } } }).values;
const file = join(dirname(import.meta.dirname), 'results/crash-namespaces.ndjson');
/** Long enough for the orchestrator to start, to apply, and to send a few beats. */
const longestMs = 3500;

/** mulberry32 (Tommy Ettinger, public domain): from one number a row of numbers between 0 and 1. */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const keep = (results: number, result: Crash): void => {
  writeSync(results, `${JSON.stringify(result)}\n`);
  fsyncSync(results);
  const late = result.liftedAfterMs === null || result.liftedAfterMs > leaseMs + graceMs;
  if (late || result.residue.length > 0) console.error(`NOT AS PROMISED: ${JSON.stringify(result)}`);
};

setPriority(10);
if (!existsSync(sshd)) throw new Error(`there is no ${sshd}: apt-get install openssh-server, or --sshd`);
mkdirSync(dirname(file), { recursive: true });
const doneBefore = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').length : 0;
const results = openSync(file, 'a');
let next = doneBefore; // The seed of a kill is its number.
let last = doneBefore + Number(kills);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    last = next; // What has begun is brought to its end.
    console.error(`${name}: stops at ${last} kills; a rerun goes on`);
  });
}

const rigs = await Promise.allSettled(Array.from({ length: Number(pairs) }, async () => {
  await using rig = await openRig(sshd);
  while (next < last) {
    const seed = next++;
    const draw = random(seed);
    keep(results, await crash(rig, { seed, kind: kinds[Math.floor(draw() * kinds.length)]!, momentMs: Math.floor(draw() * longestMs) }));
  }
}));
closeSync(results);
for (const rig of rigs) if (rig.status === 'rejected') throw rig.reason;
