// Fuzzes every parser of what devices say (test/fuzz). Usage: node bench/fuzz.ts --minutes N [--parser NAME]
// Each parser goes on with the seed after its last one in the results; a case is its parser and its seed, and can be run again:
// node bench/fuzz.ts --parser NAME --seed N

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { hostile } from '../test/fuzz/mutate.ts';
import { parsers, violation, type Parser } from '../test/fuzz/parsers.ts';

/** What one parser bore in one turn. */
interface Turn { readonly parser: string; readonly from: number; readonly cases: number; readonly found: readonly string[]; readonly cpuMs: number; readonly rssMb: number; readonly commit: string }

const { minutes, parser: only, seed } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, parser: { type: 'string' }, seed: { type: 'string' } } }).values;
const file = join(import.meta.dirname, 'results/fuzz.ndjson');
const turnMs = 15_000;
const longestFound = 20;

const one = async (parser: Parser, at: number): Promise<string | null> => violation(parser, hostile(parser.good, at));

/** As many cases as fit into the time; the seed of a case is its number. */
const turn = async (parser: Parser, from: number, commit: string): Promise<Turn> => {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  const found: string[] = [];
  let cases = 0;
  while (performance.now() - startMs < turnMs * Math.sqrt(parser.share < 1 ? 1 : parser.share) && found.length < longestFound) {
    const wrong = await one(parser, from + cases);
    if (wrong !== null) found.push(`seed ${from + cases}: ${wrong}`);
    cases += 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { parser: parser.name, from, cases, found, cpuMs: Math.round((user + system) / 1000), rssMb: Math.round(process.memoryUsage().rss / 2 ** 20), commit };
};

setPriority(19);
const chosen = parsers.filter(({ name }) => only === undefined || name === only);
if (chosen.length === 0) throw new Error(`no parser "${only ?? ''}"; there are ${parsers.map(({ name }) => name).join(', ')}`);
if (seed !== undefined) {
  for (const parser of chosen) console.log(JSON.stringify({ parser: parser.name, wrong: await one(parser, Number(seed)), text: hostile(parser.good, Number(seed)).toString('latin1').slice(0, 2000) }));
} else {
  mkdirSync(dirname(file), { recursive: true });
  const turns = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Turn) : [];
  const next = new Map(chosen.map(({ name }) => [name, Math.max(0, ...turns.filter(({ parser }) => parser === name).map(({ from, cases }) => from + cases))]));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  const untilMs = performance.now() + Number(minutes) * 60_000;
  for (let n = 0; performance.now() < untilMs; n += 1) {
    const parser = chosen[n % chosen.length]!;
    const done = await turn(parser, next.get(parser.name)!, commit);
    next.set(parser.name, done.from + done.cases);
    appendFileSync(file, `${JSON.stringify(done)}\n`);
    if (done.found.length > 0) console.error(`NOT AS PROMISED: ${parser.name}: ${done.found.slice(0, 3).join('; ')}`);
  }
}
