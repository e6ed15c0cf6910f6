// Simulated trials with two accidents each, many of them. Usage: node bench/crash/worlds.ts [--worlds N] [--part K/OF]
// Chunk by chunk, added to bench/results/crash-worlds.ndjson: what was run with these effects before is not run again.

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { accidentText, doubleAccidents, goldenEffects, violationsIn } from '../../test/simulated/enumeration.ts';

const root = dirname(dirname(import.meta.dirname));
const resultsFile = join(root, 'bench/results/crash-worlds.ndjson');
const chunkWorlds = 500;

interface Chunk {
  readonly at: string;
  readonly commit: string;
  /** Of the trial without accidents: how many places there are for one. */
  readonly effects: number;
  readonly seed: number;
  readonly worlds: number;
  readonly violations: readonly string[];
}

const { values } = parseArgs({ options: { worlds: { type: 'string', default: '100000' }, part: { type: 'string', default: '1/1' } } });
const [part = 1, of = 1] = values.part.split('/').map(Number);
const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const effects = await goldenEffects();
const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Chunk) : [];
const done = new Set(before.filter((chunk) => chunk.commit === commit && chunk.effects === effects.length).map(({ seed }) => seed));

for (let seed = part; seed <= Number(values.worlds) / chunkWorlds; seed += of) {
  if (done.has(seed)) continue;
  const violations: string[] = [];
  for (const accidents of doubleAccidents(effects.length, { seed, worlds: chunkWorlds })) {
    for (const violation of await violationsIn(accidents)) violations.push(`${accidentText(accidents, effects)}: ${violation}`);
  }
  const chunk: Chunk = { at: new Date().toISOString(), commit, effects: effects.length, seed, worlds: chunkWorlds, violations };
  appendFileSync(resultsFile, `${JSON.stringify(chunk)}\n`);
  for (const violation of violations) console.log(`seed ${seed}: ${violation}`);
}
