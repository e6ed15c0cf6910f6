// What was built is used when it was seen to run on this host's processor: a machine is started once, and its console read.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { killGroup, lastLines } from './programs.ts';

/** A boot to its last word takes about two seconds; a loaded host may take its time. */
const limitMs = 120_000;

/**
 * Starts a machine and gives what its console said, up to a line with `bondproof: proof passed`; then the machine is ended.
 * @throws Error with what the console said last, where `bondproof: proof failed` came or nothing of the kind, or the signal's reason
 */
export const bootOnce = async (argv: readonly string[], { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal }): Promise<readonly string[]> => {
  signal.throwIfAborted();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const kill = (): void => killGroup(child.pid);
  stop.addEventListener('abort', kill, { once: true });
  const said: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (line.includes('bondproof: proof passed')) return said;
      if (line.includes('bondproof: proof failed')) break;
    }
    signal.throwIfAborted();
    throw new Error(`it does not run here; its console's last words:\n${lastLines(said.join('\n'), 8)}`);
  } finally {
    stop.removeEventListener('abort', kill);
    kill();
    await ended;
  }
};
