// The command line as a person runs it, in a home of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseRecord } from '../../src/harness/record-text.ts';
import type { Event } from '../../src/model/event.ts';
import type { RunResult } from '../../src/model/result.ts';

export const clone = join(import.meta.dirname, '..', '..');

export interface Home {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `bondproof` to its end. */
  run(...args: readonly string[]): Promise<Ran>;
  start(...args: readonly string[]): ChildProcess;
  /** The same by the program of another folder. */
  of(program: string, ...args: readonly string[]): Promise<Ran>;
}

export interface Ran { readonly code: number | null; readonly output: string }

/** Labs, undo journals, locks and runs of this test are nobody else's; the image is the machine's. */
export const withHome = async (use: (home: Home) => Promise<void>): Promise<void> => {
  // Short: the path of a UNIX socket has 107 characters at most.
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  for (const name of ['run', 'state']) mkdirSync(join(folder, name), { mode: 0o700 });
  const env = { ...process.env, XDG_RUNTIME_DIR: join(folder, 'run'), XDG_STATE_HOME: join(folder, 'state') };
  const started: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(join(program, 'bin', 'bondproof'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    return child;
  };
  const home: Home = { folder, env, start: (...args) => start(clone, args), run: async (...args) => finished(start(clone, args)), of: async (program, ...args) => finished(start(program, args)) };
  try {
    await use(home);
  } finally {
    // What a test that failed left at work would keep it from ending.
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await home.run('down', 'virtual');
    rmSync(folder, { recursive: true, force: true });
  }
};

export const finished = async (child: ChildProcess): Promise<Ran> => {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  return { code, output };
};

/** Waits for a line of a running command that matches, and gives all that was said from now until then. */
export const untilSaid = async (child: ChildProcess, pattern: RegExp): Promise<string> => new Promise((resolve, reject) => {
  let said = '';
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
    if (pattern.test(said)) resolve(said);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.on('close', () => { reject(new Error(`it ended before it said ${String(pattern)}:\n${said}`)); });
});

/** The only run in a folder of runs. */
export const onlyRun = (reports: string): string => {
  const [run, ...more] = readdirSync(reports);
  if (run === undefined || more.length > 0) throw new Error(`not one run in ${reports}: ${[run, ...more].join(', ')}`);
  return join(reports, run);
};

export const resultOf = (run: string): RunResult => JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunResult;

export const eventsOf = (run: string, folder: string): readonly Event[] => parseRecord(readFileSync(join(run, folder, 'events.ndjson'), 'utf8')).events;

/** Every file of a run with its bytes, but for the records and what is not made from them. */
export const reportsOf = (run: string): Readonly<Record<string, string>> => Object.fromEntries(
  readdirSync(run, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.endsWith('.ndjson') && !name.endsWith('.console.txt') && /\.[a-z]+$/.test(name) && existsSync(join(run, name)))
    .map((name) => [name, readFileSync(join(run, name)).toString('base64')]),
);

/** The lab file with other words in it. */
export const labFile = (home: Home, change: (text: string) => string = (text) => text): string => {
  const path = join(home.folder, 'lab.yaml');
  writeFileSync(path, change(readFileSync(join(clone, 'labs', 'virtual.yaml'), 'utf8')));
  return path;
};
