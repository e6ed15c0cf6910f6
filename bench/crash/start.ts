// `npm start` is killed at a random moment and started again: does it clear up, say so in one line, and work?
// Usage: node bench/crash/start.ts [--kills N]. Results are added to bench/results/crash-start.ndjson.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const root = dirname(dirname(import.meta.dirname));
const resultsFile = join(root, 'bench/results/crash-start.ndjson');

/** What it says when a part of its work begins, how long at most after that it is killed, and what must be missing for it to do that work. */
const moments = [
  { says: /installing npm packages/, withinMs: 6000, without: 'packages' },
  { says: /lab image: installing Debian/, withinMs: 40_000, without: 'image' },
  { says: /lab image: making the disk/, withinMs: 6000, without: 'image' },
  { says: /lab image: booting it once/, withinMs: 4000, without: 'image' },
  { says: /: reconcile, /, withinMs: 3000, without: null },
  { says: /: configure, /, withinMs: 10_000, without: null },
  { says: /: observe, /, withinMs: 30_000, without: null },
] as const;

interface StartCrash {
  readonly at: string;
  readonly says: string;
  readonly momentMs: number;
  /** Whether all its processes were killed, or the first alone. */
  readonly killed: 'all' | 'the first';
  /** Processes of it that still ran 15 s later; labs go down with their owner. */
  readonly stillRunning: readonly string[];
  /** What the next start said of it; all that it said where it did not come to watch a fault. */
  readonly said: readonly string[];
  /** Whether the next start came to watch a fault. */
  readonly works: boolean;
  readonly left: readonly string[];
}

const home = mkdtempSync(join(tmpdir(), 'bp-start-'));
const clone = join(home, 'p');
execFileSync('git', ['clone', '-q', root, clone]);
const images = join(home, '.cache/bondproof/images');
const labs = join(home, 'r');
mkdirSync(labs, { mode: 0o700 });
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, XDG_RUNTIME_DIR: labs };

const start = (): ChildProcess => spawn('npm', ['start'], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

/** All that it says; `heard` settles with the first line that fits, or with its end. */
const listen = (program: ChildProcess): { readonly said: () => string; heard(pattern: RegExp): Promise<boolean> } => {
  let said = '';
  const waiting = new Set<() => void>();
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    for (const look of waiting) look();
  });
  const closed = once(program, 'close').then(() => false);
  return {
    said: () => said,
    heard: async (pattern) => Promise.race([closed, new Promise<boolean>((resolve) => {
      const look = (): void => { if (pattern.test(said)) resolve(true); };
      waiting.add(look);
      look();
    })]),
  };
};

/** Processes that have to do with the clone or its home. */
const running = (): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return `${words} ${readlinkSync(`/proc/${pid}/cwd`)} ${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(home) ? [`${pid} ${words.slice(0, 80)}`] : [];
  } catch {
    return [];
  }
});

/** Folders of labs, and of images that are being built. */
const left = (): readonly string[] => [
  ...readdirSync(labs, { recursive: true, encoding: 'utf8' }).filter((name) => /virtual\./.test(name)),
  ...existsSync(images) ? readdirSync(images).filter((name) => name.startsWith('building-')) : [],
];

const crash = async (n: number): Promise<StartCrash> => {
  const { says, withinMs, without } = moments[n % moments.length]!;
  const momentMs = Math.round(Math.random() * withinMs);
  const killed = n % 2 === 0 ? 'all' : 'the first';
  if (without === 'packages') rmSync(join(clone, 'node_modules'), { recursive: true, force: true });
  if (without === 'image') rmSync(join(home, '.cache/bondproof'), { recursive: true, force: true });
  const first = start();
  await listen(first).heard(says);
  await sleep(momentMs);
  const at = new Date().toISOString();
  process.kill(killed === 'all' ? -first.pid! : programOf(first.pid!), 'SIGKILL');
  await sleep(15_000);
  const stillRunning = running();
  // What goes on without its parent (npm, apt) comes to its end first, as the next start finds it or waits for it.
  const second = start();
  const voice = listen(second);
  const works = await voice.heard(/: observe, /);
  const said = voice.said().split('\n').filter((line) => !works || /cleared away|finishing what|waiting for the npm/.test(line));
  if (works) {
    process.kill(programOf(second.pid!), 'SIGTERM');
    await once(second, 'close');
  }
  await sleep(3000);
  return { at, says: says.source, momentMs, killed, stillRunning, said, works, left: [...running(), ...left()] };
};

/** The last of npm, its shell, and the program that the shell runs. */
const programOf = (pid: number): number => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  const [child] = children;
  return child !== undefined && /^(?:npm|sh|dash)/.test(name) ? programOf(child) : pid;
};

const { values } = parseArgs({ options: { kills: { type: 'string', default: String(moments.length) } } });
const done = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).length : 0;
try {
  for (let n = done; n < done + Number(values.kills); n += 1) {
    const result = await crash(n);
    appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
    console.log(JSON.stringify(result));
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
