// Runs the programs that build something. None outlives this process, nor an interruption.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program ended with a failure; what it said last is in the message. */
export class ProgramFailed extends Error {
  readonly output: string;

  constructor(argv: readonly string[], ending: string, output: string) {
    super(`${argv.join(' ')}: ${ending}\n${lastLines(output, 12)}`);
    this.name = 'ProgramFailed';
    this.output = output;
  }
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  /** Called with each line of either output. */
  readonly line?: (text: string) => void;
}

/**
 * Standard output of a program that succeeded. It gets a process group of its own, and is killed with all of it when the
 * signal is aborted; the kernel kills it when this process ends otherwise (PR_SET_PDEATHSIG, by setpriv).
 * @throws ProgramFailed, or the signal's reason
 */
export const run = (argv: readonly string[], { signal, cwd, line }: RunOptions): Promise<string> => new Promise((resolve, reject) => {
  signal.throwIfAborted();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'env', 'LC_ALL=C', ...argv], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  let out = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; all += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { all += text; });
  if (line) for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', line);
  child.on('error', reject);
  child.on('close', (code, killedBy) => {
    signal.removeEventListener('abort', kill);
    if (signal.aborted) reject(signal.reason as Error);
    else if (code === 0) resolve(out);
    else reject(new ProgramFailed(argv, killedBy ? `killed by ${killedBy}` : `exit code ${code}`, all));
  });
});

export const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

export const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).map((line) => `    ${line}`).join('\n');
